"""The HTTP API of the WeChat mini-program: one module a resource, listed here."""

from app.web.api import Api
from miniprogram_api import bindings, households, me, regions, role_grants, rosters, session


def register(api: Api) -> None:
    """Mount every resource; this is the URL map."""
    api.register_blueprint(session.bp, url_prefix="/api/v1/session")
    api.register_blueprint(me.bp, url_prefix="/api/v1/me")
    api.register_blueprint(bindings.bp, url_prefix="/api/v1/bindings")
    api.register_blueprint(regions.bp, url_prefix="/api/v1/regions")
    api.register_blueprint(households.bp, url_prefix="/api/v1/households")
    api.register_blueprint(role_grants.bp, url_prefix="/api/v1/role-grants")
    api.register_blueprint(rosters.bp, url_prefix="/api/v1")
