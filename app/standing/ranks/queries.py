"""Which regions are to be ranked, and what their households earned."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select

from app.kernel.db import db
from app.points.awards.models import Award
from app.points.awards.rules import Source
from app.register.households.models import Binding, Household, HouseholdState
from app.register.identity.models import RoleGrant
from app.register.identity.roles import OFFICIALS
from app.register.regions.models import Region, RegionKind
from app.standing.ranks.models import Ranking, Span


@dataclass(frozen=True)
class Runner:
    """A household and what it earned in a span."""

    household_id: UUID
    village_id: UUID
    points: int
    active_days: int


def open_regions(county_id: int, span: Span, last_day: date, *, limit: int) -> list[UUID]:
    """The groups, or for longer spans the villages, that have no ranking of the span yet."""
    kind = RegionKind.GROUP if span is Span.MONTH else RegionKind.VILLAGE
    closed = exists().where(
        Ranking.county_id == county_id,
        Ranking.span == span,
        Ranking.last_day == last_day,
        Ranking.region_id == Region.id,
    )
    query = (
        select(Region.id)
        .where(Region.county_id == county_id, Region.kind == kind, ~closed)
        .order_by(Region.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def households_in(region_id: UUID) -> int:
    """How many households the region has, those of officials left out."""
    query = select(func.count()).select_from(Household).where(*_ranked(region_id))
    return db.session.scalar(query) or 0


def runners(
    county_id: int, region_id: UUID, *, first: date, last: date, active_days_min: int
) -> list[Runner]:
    """Those of the region with enough active days, whoever earned most first.

    What was reversed does not count, nor prizes for places themselves.
    """
    earned, days = func.sum(Award.points), func.count(Award.day.distinct())
    rows = db.session.execute(
        select(Household.id, Household.village_id, earned, days)
        .join(
            Award,
            and_(
                Award.county_id == county_id,
                Award.household_id == Household.id,
                Award.points > 0,
                Award.reversed_at.is_(None),
                Award.source != Source.RANK,
                Award.day.between(first, last),
            ),
        )
        .where(*_ranked(region_id))
        .group_by(Household.id)
        .having(days >= active_days_min)
        .order_by(earned.desc(), Household.id)
    )
    return [Runner(row[0], row[1], int(row[2]), row[3]) for row in rows]


def _ranked(region_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Households that live in a group or village but those for which an official acts."""
    official = exists().where(
        Binding.household_id == Household.id,
        Binding.ended_at.is_(None),
        RoleGrant.user_id == Binding.user_id,
        RoleGrant.revoked_at.is_(None),
        RoleGrant.role.in_(OFFICIALS),
    )
    return (
        (Household.group_id == region_id) | (Household.village_id == region_id),
        Household.state == HouseholdState.LIVING,
        ~official,
    )
