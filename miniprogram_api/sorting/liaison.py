"""Whom a liaison looks after."""

from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.sorting.care import visits
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import page
from miniprogram_api.sorting.liaison_bodies import AssignedHouseholdPage, AssignedHouseholdsArgs

bp = Blueprint("liaison", __name__, description="联系党员")


@bp.get("/households")
@requires(Role.LIAISON)
@bp.arguments(AssignedHouseholdsArgs, location="query")
@bp.response(200, AssignedHouseholdPage)
@bp.alt_response(422, schema=ErrorOut, description="The list changed: begin again")
def assigned_households(args: dict[str, Any]) -> dict[str, Any]:
    """The households assigned to the caller, those that need a visit most first."""
    rows = visits.assigned_households(
        county_id=caller().county_id, member_id=caller().member(), at=clock.now(), **args
    )
    return page(rows, args["limit"])
