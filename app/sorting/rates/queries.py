"""Rates of households and places in a period, and the bands of villages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text

from app.kernel import clock
from app.kernel.db import db
from app.kernel.secrets import masked_name
from app.register.households.models import Household, Member
from app.register.regions.models import Region, RegionKind
from app.register.regions.queries import inside
from app.sorting.rates.arithmetic import Bounds, Counts
from app.sorting.rates.models import COUNTERS, HouseholdDay, RateWatermark
from app.sorting.rates.settings import settings_of

_SUMS = ", ".join(f"sum({counter})::bigint AS {counter}" for counter in COUNTERS)
_LIST = ", ".join(f"coalesce({counter}, 0) AS {counter}" for counter in COUNTERS)
# Days count where they were lived: from the one on which the household was entered, or came there,
# until it went elsewhere or ended; in the whole and in the part.
_RATES = """
    WITH members AS ({members}),
    known AS (
        SELECT key, household_id, greatest(entered_on, CAST(:from_on AS date)) AS from_on,
               least(left_on, CAST(:until AS date)) AS until
          FROM members WHERE left_on IS NULL OR left_on > CAST(:from_on AS date)),
    wholes AS (
        SELECT key, count(DISTINCT household_id) AS households,
               sum(greatest(until - from_on, 0))::bigint AS days
          FROM known GROUP BY key),
    parts AS (
        SELECT k.key, {sums}
          FROM known k JOIN household_days d ON d.county_id = :county_id
           AND d.household_id = k.household_id
           AND d.on_day >= k.from_on AND d.on_day < k.until
         GROUP BY k.key)
    SELECT w.key, w.households, w.days, {list} FROM wholes w LEFT JOIN parts p USING (key)
"""
_ENTERED = "(h.created_at AT TIME ZONE 'Asia/Shanghai')::date AS entered_on"
_OF_HOUSEHOLDS = f"""
    SELECT h.id AS key, h.id AS household_id, {_ENTERED}, h.closed_on AS left_on
      FROM households h WHERE h.county_id = :county_id AND h.id = ANY(:ids)
"""  # noqa: S608
_OF_PLACES = """
    SELECT g.path[:level] AS key, h.id AS household_id, p.from_on AS entered_on,
           least(h.closed_on,
                 (SELECT min(n.from_on) FROM household_places n
                   WHERE n.household_id = p.household_id AND n.from_on > p.from_on)) AS left_on
      FROM regions g JOIN household_places p ON p.group_id = g.id
      JOIN households h ON h.id = p.household_id
     WHERE h.county_id = :county_id AND g.path[:level] = ANY(:ids)
"""


@dataclass(frozen=True)
class Period:
    """Days from ``from_on`` until before ``until``."""

    from_on: date
    until: date


@dataclass(frozen=True)
class HouseholdRates:
    """A household and how well it did, as a list shows it."""

    id: UUID
    head: str  # masked
    door_number: str
    group: str
    counts: Counts


@dataclass(frozen=True)
class PlaceRates:
    """A place, how well it did and, for a village, its band."""

    id: UUID
    name: str
    kind: RegionKind
    counts: Counts
    band: int | None


def month_of(day: date, *, at: datetime) -> Period:
    """The whole days of the month that are over: of the current one, those before today."""
    first = day.replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Period(first, max(first, min(following, clock.day_of(at))))


def last_days(count: int, *, at: datetime) -> Period:
    """The last whole days before today."""
    today = clock.day_of(at)
    return Period(today - timedelta(days=count), today)


def counts_of_households(
    county_id: int, household_ids: Collection[UUID], period: Period
) -> dict[UUID, Counts]:
    """The counts of each household, in one query; all have a row."""
    return _counts(_OF_HOUSEHOLDS, county_id, household_ids, period, {})


def counts_of_places(
    county_id: int, kind: RegionKind, region_ids: Collection[UUID], period: Period
) -> dict[UUID, Counts]:
    """The counts of places of one kind, in one query; a place without households has no row."""
    level = {"level": list(RegionKind).index(kind) + 1}
    return _counts(_OF_PLACES, county_id, region_ids, period, level)


@dataclass(frozen=True)
class Day:
    """What happened at a household on one day, as its calendar shows it."""

    on: date
    put_out: bool
    self_checked: bool
    grade: str | None  # the lowest that was given


_DAYS = (
    select(HouseholdDay)
    .where(
        HouseholdDay.county_id == bindparam("county"),
        HouseholdDay.household_id == bindparam("household"),
        HouseholdDay.on_day >= bindparam("first"),
        HouseholdDay.on_day < bindparam("until"),
    )
    .order_by(HouseholdDay.on_day)
)


def days_of(county_id: int, household_id: UUID, period: Period) -> list[Day]:
    """Each day of the period on which anything happened, as far as it was counted."""
    asked = {
        "county": county_id,
        "household": household_id,
        "first": period.from_on,
        "until": period.until,
    }
    return [_day(row) for row in db.session.scalars(_DAYS, asked)]


def _day(row: HouseholdDay) -> Day:
    lower = "b" if row.checks_b else "a" if row.checks_a else None
    grade = "c" if row.checks > row.checks_a + row.checks_b else lower
    return Day(row.on_day, bool(row.put_outs), bool(row.self_checks), grade)


def household_rates(
    *,
    county_id: int,
    places: Collection[UUID] = (),
    liaison_id: UUID | None = None,
    period: Period,
    before: UUID | None,
    limit: int,
) -> list[HouseholdRates]:
    """Households in the places, or of a liaison, newest on the roster first, in two queries."""
    query = (
        select(Household.id, Member.name, Household.door_number, Region.name)
        .join(Member, (Member.household_id == Household.id) & Member.is_head)
        .join(Region, Region.id == Household.group_id)
        .where(Household.county_id == county_id)
    )
    if liaison_id is not None:
        query = query.where(Household.liaison_id == liaison_id)
    else:
        query = query.where(Household.group_id.in_(inside(places)))
    if before is not None:
        query = query.where(Household.id < before)
    rows = db.session.execute(query.order_by(Household.id.desc()).limit(limit)).all()
    counts = counts_of_households(county_id, [row[0] for row in rows], period)
    return [
        HouseholdRates(id_, masked_name(head), door, group, counts[id_])
        for id_, head, door, group in rows
    ]


def place_rates(
    *,
    county_id: int,
    kind: RegionKind,
    places: Collection[UUID],
    period: Period,
    before: UUID | None,
    limit: int,
) -> list[PlaceRates]:
    """The places of a kind inside the given ones, newest first, in three queries."""
    query = select(Region).where(
        Region.county_id == county_id, Region.kind == kind, Region.id.in_(inside(places))
    )
    if before is not None:
        query = query.where(Region.id < before)
    found = db.session.scalars(query.order_by(Region.id.desc()).limit(limit)).all()
    return _with_counts(county_id, kind, found, period)


def rates_of_place(
    *, county_id: int, region_id: UUID, kind: RegionKind, period: Period
) -> PlaceRates:
    """One place of the kind."""
    found = db.session.get_one(Region, region_id)
    return _with_counts(county_id, kind, [found], period)[0]


def counted_at(county_id: int) -> datetime | None:
    """Everything marked before this moment is in the counters; none: nothing was counted yet."""
    return db.session.scalar(
        select(RateWatermark.counted_at).where(RateWatermark.county_id == county_id)
    )


def _with_counts(
    county_id: int, kind: RegionKind, found: Sequence[Region], period: Period
) -> list[PlaceRates]:
    counts = counts_of_places(county_id, kind, [place.id for place in found], period)
    limits = settings_of(county_id)
    return [_place(place, counts.get(place.id, Counts()), limits) for place in found]


def _place(place: Region, counts: Counts, limits: Bounds) -> PlaceRates:
    mean_rate = counts.mean_rate
    is_banded = place.kind is RegionKind.VILLAGE and mean_rate is not None
    band = limits.band(mean_rate) if is_banded and mean_rate is not None else None
    return PlaceRates(place.id, place.name, place.kind, counts, band)


def _counts(
    members: str,
    county_id: int,
    ids: Collection[UUID],
    period: Period,
    more: Mapping[str, Any],
) -> dict[UUID, Counts]:
    query = text(_RATES.format(members=members, sums=_SUMS, list=_LIST))
    values = {"county_id": county_id, "ids": list(ids), **vars(period), **more}
    return {
        row.pop("key"): Counts(**{name: int(count) for name, count in row.items()})
        for row in (dict(found) for found in db.session.execute(query, values).mappings())
    }
