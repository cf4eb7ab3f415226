"""Self-checks as their household and their reviewers see them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.kernel.db import db
from app.regions.queries import inside
from app.sorting.errors import SelfCheckNotFound
from app.sorting.models import SelfCheck, SelfCheckState


def own_self_checks(
    *, county_id: int, household_id: UUID, before: UUID | None, limit: int
) -> list[SelfCheck]:
    """A household's self-checks, newest first."""
    query = select(SelfCheck).where(
        SelfCheck.county_id == county_id, SelfCheck.household_id == household_id
    )
    if before is not None:
        query = query.where(SelfCheck.id < before)
    return list(db.session.scalars(query.order_by(SelfCheck.id.desc()).limit(limit)))


def own_self_check(*, county_id: int, household_id: UUID, self_check_id: UUID) -> SelfCheck:
    """One self-check of a household.

    Raises:
        SelfCheckNotFound: there is none, or it is another household's.
    """
    found = db.session.scalar(
        select(SelfCheck).where(
            SelfCheck.county_id == county_id,
            SelfCheck.id == self_check_id,
            SelfCheck.household_id == household_id,
        )
    )
    if found is None:
        raise SelfCheckNotFound()
    return found


def review_queue(
    *,
    county_id: int,
    places: Sequence[UUID],
    not_household_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[SelfCheck]:
    """What waits for a verdict in the places, oldest first, but not of one's own household."""
    query = select(SelfCheck).where(
        SelfCheck.county_id == county_id,
        SelfCheck.state == SelfCheckState.WAITING,
        SelfCheck.village_id.in_(inside(places)),
    )
    if not_household_id is not None:
        query = query.where(SelfCheck.household_id != not_household_id)
    if after is not None:
        query = query.where(SelfCheck.id > after)
    return list(db.session.scalars(query.order_by(SelfCheck.id).limit(limit)))


def days_with_self_check(
    *, county_id: int, household_ids: Sequence[UUID], since: datetime
) -> dict[UUID, int]:
    """On how many days since the instant each household sent a photo that was not refused."""
    day = func.date(func.timezone("Asia/Shanghai", SelfCheck.submitted_at))
    rows = db.session.execute(
        select(SelfCheck.household_id, func.count(day.distinct()))
        .where(
            SelfCheck.county_id == county_id,
            SelfCheck.household_id.in_(household_ids),
            SelfCheck.submitted_at >= since,
            SelfCheck.state.in_([SelfCheckState.WAITING, SelfCheckState.APPROVED]),
        )
        .group_by(SelfCheck.household_id)
    )
    return dict(rows.tuples().all())


def photo_to_screen(county_id: int, self_check_id: UUID) -> UUID | None:
    """The photo of a self-check that is still to be screened; none when it has moved on."""
    return db.session.scalar(
        select(SelfCheck.photo_id).where(
            SelfCheck.county_id == county_id,
            SelfCheck.id == self_check_id,
            SelfCheck.state == SelfCheckState.SCREENING,
        )
    )


def left_screening(before: datetime, limit: int) -> list[tuple[int, UUID]]:
    """County and id of self-checks submitted before the instant and not screened yet."""
    rows = db.session.execute(
        select(SelfCheck.county_id, SelfCheck.id)
        .where(SelfCheck.state == SelfCheckState.SCREENING, SelfCheck.submitted_at < before)
        .order_by(SelfCheck.submitted_at)
        .limit(limit)
    )
    return [(county_id, self_check_id) for county_id, self_check_id in rows]
