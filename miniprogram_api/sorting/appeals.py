"""What became of a household's appeals."""

from typing import Any

from flask_smorest import Blueprint

from app.register.identity.roles import Role
from app.sorting.self_checks import queries
from app.web.auth import caller, requires
from app.web.paging import page, wanted
from miniprogram_api.sorting.appeals_bodies import AppealPage, AppealsArgs

bp = Blueprint("appeals", __name__, description="申诉")


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(AppealsArgs, location="query")
@bp.response(200, AppealPage)
def appeals(args: dict[str, Any]) -> dict[str, Any]:
    """The appeals of the caller's household, newest first."""
    who = caller()
    return page(queries.appeals_of(who.county_id, who.household(), wanted(args)), args["limit"])
