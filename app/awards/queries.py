"""The policy of a day, what a household has earned, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from app.awards.errors import NoPolicy
from app.awards.models import Award, Policy
from app.awards.rules import Source
from app.kernel.db import db


@dataclass(frozen=True)
class Earned:
    """What a household was paid for one source, on a day and in its month."""

    times_on_day: int
    points_on_day: int
    times_in_month: int


def newest_version(county_id: int) -> int:
    """The number of the county's newest policy, 0 when it has none."""
    return (
        db.session.scalar(select(func.max(Policy.version)).where(Policy.county_id == county_id))
        or 0
    )


def policy_of(county_id: int, day: date) -> Policy:
    """The policy in force on a day.

    Raises:
        NoPolicy: none had begun by then.
    """
    found = db.session.scalar(
        select(Policy)
        .where(Policy.county_id == county_id, Policy.in_force_from <= day)
        .order_by(Policy.in_force_from.desc(), Policy.version.desc())
        .limit(1)
    )
    if found is None:
        raise NoPolicy()
    return found


def earned(county_id: int, household_id: UUID, source: Source, day: date) -> Earned:
    """What the household earned so far, whether the budget has paid it yet or not."""
    on_day = Award.day == day
    row = db.session.execute(
        select(
            func.count().filter(on_day),
            func.coalesce(func.sum(Award.points).filter(on_day), 0),
            func.count(),
        ).where(
            Award.county_id == county_id,
            Award.household_id == household_id,
            Award.source == source,
            Award.points > 0,
            Award.day >= day.replace(day=1),
            Award.day < _next_month(day),
        )
    ).one()
    return Earned(int(row[0]), int(row[1]), int(row[2]))


def awards_of(
    county_id: int, household_id: UUID, *, before: UUID | None, limit: int
) -> list[Award]:
    """A household's awards, newest first, those of 0 points among them."""
    query = select(Award).where(Award.county_id == county_id, Award.household_id == household_id)
    if before is not None:
        query = query.where(Award.id < before)
    return list(db.session.scalars(query.order_by(Award.id.desc()).limit(limit)))


def awards_for(county_id: int, evidence_ids: Sequence[UUID]) -> dict[UUID, Award]:
    """The awards that self-checks or checks earned the household they are about, by evidence."""
    rows = db.session.scalars(
        select(Award).where(
            Award.county_id == county_id,
            Award.evidence_id.in_(evidence_ids),
            Award.source != Source.INSPECTION,
        )
    )
    return {award.evidence_id: award for award in rows}


def villages_waiting() -> list[tuple[int, UUID]]:
    """County and id of the villages with awards that wait for their budget."""
    rows = db.session.execute(select(Award.county_id, Award.village_id).where(*_UNPAID).distinct())
    return [(county_id, village_id) for county_id, village_id in rows]


def waiting_in(county_id: int, village_id: UUID, *, limit: int) -> list[UUID]:
    """The village's unpaid awards, oldest first."""
    return list(
        db.session.scalars(
            select(Award.id)
            .where(Award.county_id == county_id, Award.village_id == village_id, *_UNPAID)
            .order_by(Award.id)
            .limit(limit)
        )
    )


_UNPAID = (Award.points > 0, Award.transfer_id.is_(None))


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
