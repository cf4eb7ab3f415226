"""Draws and visits as inspectors, administrators and auditors read them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.secrets import masked_name
from app.kernel.waste import WasteKind
from app.register.households.models import Household, Member
from app.register.identity.models import User
from app.register.regions.models import Region
from app.register.regions.queries import inside
from app.sorting.rounds.drawing import Candidate, Taker
from app.sorting.rounds.errors import DrawNotFound, VisitNotFound
from app.sorting.rounds.models import (
    Draw,
    DrawCandidates,
    DrawInspector,
    Outcome,
    Visit,
    VisitPhoto,
    VisitResult,
    Way,
)


@dataclass(frozen=True)
class VisitRow:
    """A planned visit as a list shows it, with what came of it."""

    id: UUID
    week_on: date
    from_on: date
    household_id: UUID
    town: str
    village: str
    group: str
    door_number: str
    head: str  # masked
    way: Way
    ordinal: int
    why: dict[str, int]
    inspector_id: UUID
    inspector: str | None  # the name of staff
    reassigned_because: str | None
    done_at: datetime | None
    outcome: Outcome | None
    score: int | None
    is_passed: bool | None


@dataclass(frozen=True)
class VisitWithFindings:
    """A visit and what was found on it; empty while it is not done."""

    visit: VisitRow
    wrong_kinds: Sequence[WasteKind]
    findings: Mapping[str, int]
    deductions: Sequence[Mapping[str, Any]]
    photo_ids: Sequence[UUID]


@dataclass(frozen=True)
class Progress:
    """How far a week's visits are."""

    planned: int
    done: int

    @property
    def left(self) -> int:
        return self.planned - self.done


def draw_of(county_id: int, week_on: date) -> Draw | None:
    return db.session.get(Draw, (county_id, week_on))


def draw(county_id: int, week_on: date) -> Draw:
    """Raises DrawNotFound."""
    found = draw_of(county_id, week_on)
    if found is None:
        raise DrawNotFound()
    return found


def kept_candidates(draw: Draw) -> list[Candidate]:
    """The households that a week was drawn from, by id."""
    rows = db.session.execute(
        select(DrawCandidates.group_id, Region.parent_id, DrawCandidates.household_ids)
        .join(Region, Region.id == DrawCandidates.group_id)
        .where(DrawCandidates.county_id == draw.county_id, DrawCandidates.week_on == draw.week_on)
    )
    found = [
        Candidate(household_id, group_id, village_id)
        for group_id, village_id, household_ids in rows
        if village_id is not None  # a group lies in a village
        for household_id in household_ids
    ]
    return sorted(found, key=lambda each: each.household_id)


def kept_takers(draw: Draw) -> tuple[list[Taker], dict[UUID, int]]:
    """The inspectors that a week was drawn for, and how many by lot for each."""
    groups = {
        group_id: frozenset(path)
        for group_id, path in db.session.execute(
            select(Region.id, Region.path)
            .join(DrawCandidates, DrawCandidates.group_id == Region.id)
            .where(
                DrawCandidates.county_id == draw.county_id, DrawCandidates.week_on == draw.week_on
            )
        )
    }
    rows = db.session.scalars(
        select(DrawInspector).where(
            DrawInspector.county_id == draw.county_id, DrawInspector.week_on == draw.week_on
        )
    ).all()
    takers = [
        Taker(
            row.user_id,
            frozenset(id_ for id_, path in groups.items() if not path.isdisjoint(row.place_ids)),
            row.not_village_id,
            frozenset(row.not_household_ids),
        )
        for row in rows
    ]
    return takers, {row.user_id: row.random_quota for row in rows}


def drawn_by_lot(draw: Draw) -> dict[tuple[UUID, int], UUID]:
    """The households that were drawn by lot, by inspector and place in their list."""
    rows = db.session.execute(
        select(Visit.drawn_for, Visit.ordinal, Visit.household_id).where(
            Visit.county_id == draw.county_id,
            Visit.week_on == draw.week_on,
            Visit.way == Way.RANDOM,
        )
    )
    return {(user_id, ordinal): household_id for user_id, ordinal, household_id in rows}


def visits_of_inspector(
    *, county_id: int, inspector_id: UUID, week_on: date, before: UUID | None, limit: int
) -> list[VisitRow]:
    """An inspector's visits of a week, in one query."""
    query = _rows(county_id, week_on).where(Visit.inspector_id == inspector_id)
    return _page(query, before, limit)


def visits_inside(
    *,
    county_id: int,
    places: Collection[UUID],
    week_on: date,
    before: UUID | None,
    limit: int,
) -> list[VisitRow]:
    """The visits of a week in the places, in one query."""
    return _page(_rows(county_id, week_on).where(Visit.group_id.in_(inside(places))), before, limit)


def progress(
    *,
    county_id: int,
    week_on: date,
    inspector_id: UUID | None = None,
    places: Collection[UUID] = (),
) -> Progress:
    """How far the week is: an inspector's, or that of the places."""
    query = (
        select(func.count(), func.count(VisitResult.id))
        .select_from(Visit)
        .outerjoin(VisitResult, _RESULT)
        .where(Visit.county_id == county_id, Visit.week_on == week_on)
    )
    if inspector_id is not None:
        query = query.where(Visit.inspector_id == inspector_id)
    else:
        query = query.where(Visit.group_id.in_(inside(places)))
    return Progress(*db.session.execute(query).one())


def visit_row(county_id: int, visit_id: UUID) -> VisitRow:
    """One visit, as the lists show it.

    Raises:
        VisitNotFound: there is none.
    """
    found = _page(_rows(county_id, None).where(Visit.id == visit_id), None, 1)
    if not found:
        raise VisitNotFound()
    return found[0]


def visible_visit(
    *, county_id: int, visit_id: UUID, inspector_id: UUID, places: Collection[UUID]
) -> VisitWithFindings:
    """A visit of the inspector's, or one in the places, with what was found.

    Raises:
        VisitNotFound: there is none, or it is another inspector's and elsewhere.
    """
    found = _page(
        _rows(county_id, None).where(
            Visit.id == visit_id,
            or_(Visit.inspector_id == inspector_id, Visit.group_id.in_(inside(places))),
        ),
        None,
        1,
    )
    if not found:
        raise VisitNotFound()
    result = db.session.scalar(
        select(VisitResult).where(
            VisitResult.county_id == county_id, VisitResult.visit_id == visit_id
        )
    )
    if result is None:
        return VisitWithFindings(found[0], (), {}, (), ())
    return VisitWithFindings(
        found[0],
        [WasteKind(kind) for kind in result.wrong_kinds],
        result.findings,
        result.deductions,
        _photos_of(result),
    )


def _photos_of(result: VisitResult) -> Sequence[UUID]:
    return db.session.scalars(
        select(VisitPhoto.photo_id)
        .where(VisitPhoto.county_id == result.county_id, VisitPhoto.result_id == result.id)
        .order_by(VisitPhoto.photo_id)
    ).all()


_RESULT = and_(VisitResult.county_id == Visit.county_id, VisitResult.visit_id == Visit.id)


def _rows(county_id: int, week_on: date | None) -> Select[*tuple[Any, ...]]:
    town, village, group = aliased(Region), aliased(Region), aliased(Region)
    query = (
        select(
            Visit.id,
            Visit.week_on,
            Visit.from_on,
            Visit.household_id,
            town.name.label("town"),
            village.name.label("village"),
            group.name.label("group"),
            Household.door_number,
            Member.name.label("head"),
            Visit.way,
            Visit.ordinal,
            Visit.why,
            Visit.inspector_id,
            User.name.label("inspector"),
            Visit.reassigned_because,
            VisitResult.at.label("done_at"),
            VisitResult.outcome,
            VisitResult.score,
            VisitResult.is_passed,
        )
        .join(Household, Household.id == Visit.household_id)
        .join(Member, and_(Member.household_id == Household.id, Member.is_head))
        .join(village, village.id == Visit.village_id)
        .join(town, town.id == village.parent_id)
        .join(group, group.id == Visit.group_id)
        .join(User, User.id == Visit.inspector_id)
        .outerjoin(VisitResult, _RESULT)
        .where(Visit.county_id == county_id)
    )
    return query if week_on is None else query.where(Visit.week_on == week_on)


def _page(query: Select[*tuple[Any, ...]], before: UUID | None, limit: int) -> list[VisitRow]:
    if before is not None:
        query = query.where(Visit.id < before)
    rows = db.session.execute(query.order_by(Visit.id.desc()).limit(limit))
    return [VisitRow(**{**row._mapping, "head": masked_name(row._mapping["head"])}) for row in rows]
