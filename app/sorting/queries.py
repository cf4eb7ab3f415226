"""Self-checks as their household and their reviewers see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.awards import queries as awards
from app.awards import why
from app.awards.models import Award
from app.kernel.db import db
from app.photos.models import Photo, PhotoState
from app.regions.queries import inside
from app.sorting import advice
from app.sorting.errors import SelfCheckNotFound
from app.sorting.models import RejectReason, SelfCheck, SelfCheckState


@dataclass(frozen=True)
class SelfCheckAndAward:
    """A self-check as people read it: how it stands, what it earned, and what to do better."""

    id: UUID
    photo_id: UUID
    state: SelfCheckState
    submitted_at: datetime
    reviewed_at: datetime | None
    reject_reason: RejectReason | None
    points: int
    message: str


def with_awards(self_checks: Sequence[SelfCheck]) -> list[SelfCheckAndAward]:
    """The same self-checks with what they earned, in one query."""
    found = awards.awards_for(
        self_checks[0].county_id if self_checks else 0, [row.id for row in self_checks]
    )
    return [_with_award(row, found.get(row.id)) for row in self_checks]


def with_award(self_check: SelfCheck) -> SelfCheckAndAward:
    """One self-check with what it earned."""
    return with_awards([self_check])[0]


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
        SelfCheck.group_id.in_(inside(places)),
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
    return dict(rows.all())


def _with_award(self_check: SelfCheck, award: Award | None) -> SelfCheckAndAward:
    return SelfCheckAndAward(
        id=self_check.id,
        photo_id=self_check.photo_id,
        state=self_check.state,
        submitted_at=self_check.submitted_at,
        reviewed_at=self_check.reviewed_at,
        reject_reason=self_check.reject_reason,
        points=award.points if award else 0,
        message=why.sentence(award) if award else advice.sentence(self_check),
    )


def photo_to_screen(county_id: int, self_check_id: UUID) -> UUID | None:
    """The photo of a self-check that is still to be screened; none when it has moved on."""
    return db.session.scalar(
        select(SelfCheck.photo_id).where(
            SelfCheck.county_id == county_id,
            SelfCheck.id == self_check_id,
            SelfCheck.state == SelfCheckState.SCREENING,
        )
    )


def screened_by(county_id: int, photo_id: UUID) -> UUID | None:
    """The self-check of a photo, while it is being screened."""
    return db.session.scalar(
        select(SelfCheck.id).where(
            SelfCheck.county_id == county_id,
            SelfCheck.photo_id == photo_id,
            SelfCheck.state == SelfCheckState.SCREENING,
        )
    )


def left_screening(before: datetime, limit: int) -> list[tuple[int, UUID]]:
    """County and id of self-checks submitted before the instant and not screened yet.

    Without those whose photo waits for the check of its content: that has a sweep of its own.
    """
    rows = db.session.execute(
        select(SelfCheck.county_id, SelfCheck.id)
        .join(SelfCheck.photo)
        .where(
            SelfCheck.state == SelfCheckState.SCREENING,
            SelfCheck.submitted_at < before,
            Photo.state != PhotoState.CHECKING,
        )
        .order_by(SelfCheck.submitted_at)
        .limit(limit)
    )
    return [(county_id, self_check_id) for county_id, self_check_id in rows]
