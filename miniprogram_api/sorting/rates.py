"""How well households and places sort: one's own, one's liaison households, one's area."""

from datetime import date, datetime
from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.households.queries import household
from app.register.identity.roles import Role
from app.register.regions.models import RegionKind
from app.sorting.rates import queries
from app.web.auth import caller, requires
from app.web.paging import page
from miniprogram_api.sorting.rates_bodies import (
    HouseholdRatesArgs,
    HouseholdRatesPage,
    MonthArgs,
    OwnDaysOut,
    OwnRatesOut,
    PlaceRatesArgs,
    PlaceRatesPage,
)

bp = Blueprint("rates", __name__, description="投放率、自查率、准确率")
READERS = (
    Role.GROUP_LEADER,
    Role.VILLAGE_ADMIN,
    Role.TOWN_ADMIN,
    Role.COUNTY_ADMIN,
    Role.AUDITOR,
)


@bp.get("/own")
@requires(Role.RESIDENT)
@bp.arguments(MonthArgs, location="query")
@bp.response(200, OwnRatesOut)
def own_rates(args: dict[str, Any]) -> dict[str, Any]:
    """The rates of the caller's household in a month, beside those of its group and village."""
    who = caller()
    home = household(who.household())
    assert home is not None, "a binding names a household"
    period = _period(args["month"], clock.now())
    counts = queries.counts_of_households(who.county_id, [home.id], period)
    place: dict[str, Any] = {"county_id": who.county_id, "period": period}
    return {
        **vars(period),
        "counted_at": queries.counted_at(who.county_id),
        "household": counts[home.id],
        "group": queries.rates_of_place(**place, region_id=home.group_id, kind=RegionKind.GROUP),
        "village": queries.rates_of_place(
            **place, region_id=home.village_id, kind=RegionKind.VILLAGE
        ),
    }


@bp.get("/own/days")
@requires(Role.RESIDENT)
@bp.arguments(MonthArgs, location="query")
@bp.response(200, OwnDaysOut)
def own_days(args: dict[str, Any]) -> dict[str, Any]:
    """Each day of a month on which something happened at the caller's household, today too."""
    who, today = caller(), clock.day_of(clock.now())
    first = (args["month"] or today).replace(day=1)
    period = queries.Period(first, date(first.year + first.month // 12, first.month % 12 + 1, 1))
    return {
        **vars(period),
        "counted_at": queries.counted_at(who.county_id),
        "days": queries.days_of(who.county_id, who.household(), period),
    }


@bp.get("/assigned")
@requires(Role.LIAISON)
@bp.arguments(HouseholdRatesArgs, location="query")
@bp.response(200, HouseholdRatesPage)
def assigned_rates(args: dict[str, Any]) -> dict[str, Any]:
    """The rates of the households whose liaison the caller is."""
    who, period = caller(), _period(args.pop("month"), clock.now())
    rows = queries.household_rates(
        county_id=who.county_id, liaison_id=who.member(), period=period, **args
    )
    return page(rows, args["limit"])


@bp.get("/households")
@requires(*READERS)
@bp.arguments(HouseholdRatesArgs, location="query")
@bp.response(200, HouseholdRatesPage)
def household_rates(args: dict[str, Any]) -> dict[str, Any]:
    """The rates of the households in the caller's area, newest on the roster first."""
    who, period = caller(), _period(args.pop("month"), clock.now())
    rows = queries.household_rates(
        county_id=who.county_id, places=who.places(*READERS), period=period, **args
    )
    return page(rows, args["limit"])


@bp.get("/places")
@requires(*READERS)
@bp.arguments(PlaceRatesArgs, location="query")
@bp.response(200, PlaceRatesPage)
def place_rates(args: dict[str, Any]) -> dict[str, Any]:
    """The rates of the groups, villages or towns in the caller's area; villages have a band."""
    who, period = caller(), _period(args.pop("month"), clock.now())
    rows = queries.place_rates(
        county_id=who.county_id, places=who.places(*READERS), period=period, **args
    )
    return page(rows, args["limit"])


def _period(month: date | None, at: datetime) -> queries.Period:
    return queries.month_of(month or clock.day_of(at), at=at)
