"""Whom a liaison looks after."""

from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.register.looks import service as looks
from app.register.looks.models import Looked
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
    """The households assigned to the caller, those that need a visit most first.

    Heads are named in full, which leaves a trace: one a household and day.
    """
    who, at = caller(), clock.now()
    with transaction():
        found = visits.assigned_households(
            county_id=who.county_id, member_id=who.member(), at=at, **args
        )
        looks.note(Looked.NAMES, [row.id for row in found.rows], by=who, at=at)
    return page(found.rows, args["limit"]) | {"counts": found.counts}
