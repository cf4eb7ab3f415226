"""A place's day, and what the programme asks of those who work there."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from miniprogram_api.register.place_days_bodies import BurdenArgs, BurdenListOut, PlaceTodayOut
from overviews.places import burden as burdens
from overviews.places import today as days

bp = Blueprint("place_days", __name__, description="今天、负担")
OVERSEERS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN, Role.AUDITOR)
READERS = (Role.GROUP_LEADER, *OVERSEERS)


@bp.get("/regions/<uuid:region_id>/today")
@requires(*READERS)
@bp.response(200, PlaceTodayOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
def today(region_id: UUID) -> days.PlaceToday:
    """What happened in a group, village, town or the county today, and what waits there."""
    who = caller()
    return days.today(who.county_id, region_id, places=who.places(*READERS), at=clock.now())


@bp.get("/burden")
@requires(*OVERSEERS)
@bp.arguments(BurdenArgs, location="query")
@bp.response(200, BurdenListOut)
def burden(args: dict[str, Any]) -> dict[str, Any]:
    """Records, photos and reckoned minutes of each worker of the caller's area in a week."""
    who, day = caller(), args["day"] or clock.day_of(clock.now())
    week_on = day - timedelta(days=day.weekday())
    found = burdens.burden(who.county_id, places=who.places(*OVERSEERS), week_on=week_on)
    return {"week_on": week_on, "items": found}
