"""Whom a liaison looks after."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask_smorest import Blueprint

from app.identity.roles import Role
from app.inspections import queries
from app.kernel import clock
from app.sorting.queries import days_with_self_check
from app.web.auth import actor, requires
from app.web.paging import PageArgs, page
from miniprogram_api.schemas.liaison import AssignedHouseholdPage

bp = Blueprint("liaison", __name__, description="联系党员")
SELF_CHECK_DAYS = 30


@bp.get("/households")
@requires(Role.LIAISON)
@bp.arguments(PageArgs, location="query")
@bp.response(200, AssignedHouseholdPage)
def assigned_households(args: dict[str, Any]) -> dict[str, Any]:
    """The households assigned to the caller: the last check, and how often they self-check."""
    who, at = actor(), clock.now()
    rows = queries.assigned_households(
        county_id=who.county_id,
        member_id=who.member(),
        household_id=who.household(),
        at=at,
        **args,
    )
    first_day = clock.day_of(at) - timedelta(days=SELF_CHECK_DAYS - 1)
    days = days_with_self_check(
        county_id=who.county_id,
        household_ids=[row.id for row in rows],
        since=clock.day_start(first_day),
    )
    listed = page(rows, args["limit"])
    items = [asdict(row) | {"self_check_days": days.get(row.id, 0)} for row in rows]
    return listed | {"items": items}
