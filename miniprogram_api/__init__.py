"""The HTTP API of the WeChat mini-program: one folder a wing, whose ``__init__`` is its URL map."""

from app.web.api import Api
from miniprogram_api import (
    agreements,
    mall,
    messages,
    photos,
    points,
    recycling,
    register,
    sorting,
    standing,
    upkeep,
    waste,
)

WINGS = (
    register,
    photos,
    sorting,
    waste,
    standing,
    points,
    recycling,
    agreements,
    messages,
    mall,
    upkeep,
)


def register_resources(api: Api) -> None:
    """Mount every resource below /api/v1, and pages for anybody where labels say."""
    for wing in WINGS:
        for path, resource in wing.RESOURCES:
            api.register_blueprint(resource, url_prefix=f"/api/v1{path}")
    for path, resource in register.PAGES:
        api.register_blueprint(resource, url_prefix=path)
