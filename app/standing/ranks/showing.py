"""Boards as neighbours read them, and where a household stands among them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.kernel.secrets import masked_name
from app.points.awards import queries as awards
from app.points.awards.rules import read_rules
from app.register.households.models import Household, Member
from app.register.regions.models import Region
from app.standing.ranks import queries
from app.standing.ranks.models import Place, Ranking, Span


@dataclass(frozen=True)
class Running:
    """How a household stands among its group in the month that runs."""

    first_day: date
    last_day: date
    points: int
    active_days: int
    active_days_min: int
    place: int | None  # none: too few days with points so far, or not ranked
    of: int  # households that are ranked so far


@dataclass(frozen=True)
class Winner:
    """A household on a board: its place and its name, not what it earned."""

    place: int
    household: str  # the head's name, masked
    is_own: bool


@dataclass(frozen=True)
class Board:
    """Those who won in a region's span."""

    id: UUID
    span: Span
    first_day: date
    last_day: date
    region: str
    households: int
    winners: Sequence[Winner] = ()


@dataclass(frozen=True)
class Won:
    """A place that a household won."""

    id: UUID
    span: Span
    first_day: date
    last_day: date
    region: str
    place: int
    points: int
    households: int


def running(county_id: int, household_id: UUID, *, at: datetime) -> Running | None:
    """Where the household stands in the month that runs; none where the county ranks nobody."""
    today = clock.day_of(at)
    rules = read_rules(awards.policy_of(county_id, today).rules)
    if not rules.rank_in_groups:
        return None
    first = today.replace(day=1)
    group_id = db.session.scalars(_GROUP, {"household": household_id}).one()
    found = queries.runners(county_id, group_id, first=first, last=today, active_days_min=1)
    ranked = [one for one in found if one.active_days >= rules.rank_active_days]
    own = next((one for one in found if one.household_id == household_id), None)
    place = None
    if own is not None and own in ranked:
        place = 1 + sum(one.points > own.points for one in ranked)
    return Running(
        first_day=first,
        last_day=clock.month_ends(_next_month(first), 1)[0],
        points=own.points if own else 0,
        active_days=own.active_days if own else 0,
        active_days_min=rules.rank_active_days,
        place=place,
        of=len(ranked),
    )


_GROUP = select(Household.group_id).where(Household.id == bindparam("household"))


def won(county_id: int, household_id: UUID, wanted: Wanted) -> Listed[Won]:
    """The places that the household won, newest first."""
    query = (
        select(
            Place.id,
            Ranking.span,
            Ranking.first_day,
            Ranking.last_day,
            Region.name,
            Place.place,
            Place.points,
            Ranking.households,
        )
        .join(Ranking, (Ranking.county_id == Place.county_id) & (Ranking.id == Place.board_id))
        .join(Region, Region.id == Ranking.region_id)
        .where(Place.county_id == county_id, Place.household_id == household_id)
    )
    return listed(query, Place, wanted).each(lambda row: Won(*row))


def boards(county_id: int, household_id: UUID, wanted: Wanted) -> Listed[Board]:
    """The boards of the household's group and village on which somebody won, newest first."""
    home = select(Household.group_id, Household.village_id).where(Household.id == household_id)
    group_id, village_id = db.session.execute(home).one()
    query = (
        select(
            Ranking.id,
            Ranking.span,
            Ranking.first_day,
            Ranking.last_day,
            Region.name,
            Ranking.households,
        )
        .join(Region, Region.id == Ranking.region_id)
        .where(
            Ranking.county_id == county_id,
            or_(Ranking.region_id == group_id, Ranking.region_id == village_id),
            select(Place.id)
            .where(Place.county_id == Ranking.county_id, Place.board_id == Ranking.id)
            .exists(),
        )
    )
    found = listed(query, Ranking, wanted).each(lambda row: Board(*row))
    winners = _winners(county_id, [board.id for board in found], household_id)
    return found.each(lambda board: replace(board, winners=winners.get(board.id, [])))


def _winners(
    county_id: int, board_ids: Sequence[UUID], household_id: UUID
) -> dict[UUID, list[Winner]]:
    found: dict[UUID, list[Winner]] = {}
    asked: dict[str, Any] = {"county": county_id, "boards": list(board_ids)}
    for board_id, place, home_id, head in db.session.execute(_WINNERS, asked):
        winner = Winner(place, masked_name(head or ""), home_id == household_id)
        found.setdefault(board_id, []).append(winner)
    return found


_WINNERS = (
    select(Place.board_id, Place.place, Place.household_id, Member.name)
    .outerjoin(Member, (Member.household_id == Place.household_id) & Member.is_head)
    .where(
        Place.county_id == bindparam("county"),
        Place.board_id.in_(bindparam("boards", expanding=True)),
    )
    .order_by(Place.board_id, Place.place, Place.household_id)
)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
