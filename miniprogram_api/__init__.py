"""The HTTP API of the WeChat mini-program: one module a resource, listed here."""

from app.web.api import Api
from miniprogram_api import (
    awards,
    bindings,
    checks,
    households,
    liaison,
    me,
    photos,
    points,
    regions,
    role_grants,
    self_checks,
    session,
)


def register(api: Api) -> None:
    """Mount every resource; this is the URL map."""
    api.register_blueprint(session.bp, url_prefix="/api/v1/session")
    api.register_blueprint(me.bp, url_prefix="/api/v1/me")
    api.register_blueprint(bindings.bp, url_prefix="/api/v1/bindings")
    api.register_blueprint(regions.bp, url_prefix="/api/v1/regions")
    api.register_blueprint(households.bp, url_prefix="/api/v1/households")
    api.register_blueprint(role_grants.bp, url_prefix="/api/v1/role-grants")
    api.register_blueprint(self_checks.bp, url_prefix="/api/v1/self-checks")
    api.register_blueprint(photos.bp, url_prefix="/api/v1/photos")
    api.register_blueprint(liaison.bp, url_prefix="/api/v1/liaison")
    api.register_blueprint(checks.bp, url_prefix="/api/v1/checks")
    api.register_blueprint(awards.bp, url_prefix="/api/v1/awards")
    api.register_blueprint(points.bp, url_prefix="/api/v1/points")
