"""What a household earned, and why."""

from typing import Any

from flask_smorest import Blueprint

from app.awards import queries
from app.identity.roles import Role
from app.web.auth import actor, requires
from app.web.paging import PageArgs, page
from miniprogram_api.schemas.awards import AwardPage

bp = Blueprint("awards", __name__, description="积分奖励")


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, AwardPage)
def awards(args: dict[str, Any]) -> dict[str, Any]:
    """The awards of the caller's household, newest first, also those of 0 points."""
    rows = queries.awards_of(actor().county_id, actor().household(), **args)
    return page(rows, args["limit"])
