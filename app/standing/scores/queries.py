"""What was found at households in a period, and how it was closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, literal, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.waste import WasteKind
from app.register.households.models import Household
from app.sorting.inspections.models import Check
from app.standing.scores.models import Score
from app.standing.scores.reckoning import Period


@dataclass(frozen=True)
class Checked:
    """What the checks of a period found at a household."""

    household_id: UUID
    village_id: UUID
    checks: int
    findings: dict[str, int]  # by kind of waste


def unscored(county_id: int, period: Period, *, checks_min: int, limit: int) -> list[Checked]:
    """Households that were checked often enough in a period that is not closed for them."""
    closed = exists().where(
        Score.county_id == county_id,
        Score.household_id == Check.household_id,
        Score.last_day == period.last_day,
    )
    rows = db.session.execute(
        select(Check.household_id, Household.village_id, func.count(), *_findings())
        .join(Household, Household.id == Check.household_id)
        .where(*_in(county_id, period), ~closed)
        .group_by(Check.household_id, Household.village_id)
        .having(func.count() >= checks_min)
        .order_by(Check.household_id)
        .limit(limit)
    )
    return [_checked(tuple(row)) for row in rows]


def so_far(county_id: int, household_id: UUID, period: Period) -> tuple[int, dict[str, int]]:
    """The household's checks and findings of a period."""
    row = db.session.execute(
        select(func.count(), *_findings()).where(
            *_in(county_id, period), Check.household_id == household_id
        )
    ).one()
    return row[0], dict(zip(_KINDS, row[1:], strict=True))


def scores_of(
    county_id: int, household_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Score]:
    """The household's closed periods, newest first."""
    query = select(Score).where(Score.county_id == county_id, Score.household_id == household_id)
    if before is not None:
        query = query.where(Score.id < before)
    return db.session.scalars(query.order_by(Score.id.desc()).limit(limit)).all()


_KINDS = [kind.value for kind in WasteKind]


def _findings() -> list[ColumnElement[int]]:
    return [func.count().filter(literal(kind) == Check.wrong_kinds.any_()) for kind in _KINDS]


def _in(county_id: int, period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        Check.county_id == county_id,
        Check.at >= clock.day_start(period.first_day),
        Check.at < clock.day_end(period.last_day),
    )


def _checked(row: Sequence[Any]) -> Checked:
    household_id, village_id, checks, *findings = row
    return Checked(household_id, village_id, checks, dict(zip(_KINDS, findings, strict=True)))
