"""Self-checks as their household and their reviewers see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from app.kernel import clock
from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.photos import queries as photos
from app.photos.models import Photo, PhotoFault, PhotoState
from app.points.awards import explanations
from app.points.awards import queries as awards
from app.points.awards.models import Award
from app.register.regions.models import Region
from app.sorting.self_checks import advice, findings, mistakes
from app.sorting.self_checks.errors import SelfCheckNotFound
from app.sorting.self_checks.findings import ShownFinding
from app.sorting.self_checks.models import (
    Appeal,
    AppealState,
    RejectReason,
    Review,
    SelfCheck,
    SelfCheckState,
    Stage,
    Verdict,
)
from app.sorting.self_checks.settings import settings_of


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
    can_appeal_until: datetime | None  # exclusive; none when it cannot be appealed against
    appeal: AppealState | None
    mistake: mistakes.Shown | None  # what the judge pointed out


@dataclass(frozen=True)
class Leased:
    """A photo as the person who judges it sees it: where it is from, not whose it is.

    The stage, notes, the sentence of an appeal and the reason it is against are for those who
    decide what is disputed; a reviewer is not told which verdict is a second one.
    """

    id: UUID
    photo_id: UUID
    village: str
    group: str
    submitted_at: datetime
    findings: list[ShownFinding]
    leased_until: datetime
    stage: Stage
    note: str | None  # of the reviewer who was not sure
    sentence: str | None  # of the household that appeals
    reject_reason: RejectReason | None  # that it appeals against


@dataclass(frozen=True)
class Waiting:
    """What waits in one stage."""

    stage: Stage
    waiting: int
    leased: int
    oldest_since: datetime


def with_awards(self_checks: Sequence[SelfCheck]) -> list[SelfCheckAndAward]:
    """The same self-checks with what they earned and until when one may appeal, in few queries."""
    if not self_checks:
        return []
    county_id, ids = self_checks[0].county_id, [row.id for row in self_checks]
    found = awards.awards_for(county_id, ids)
    appealed = _appealed(county_id, ids)
    rejected = [row.id for row in self_checks if row.state is SelfCheckState.REJECTED]
    final = appealed.keys() | (_judged_by_three(county_id, rejected) if rejected else set())
    pointed_out = mistakes.of(county_id, rejected) if rejected else {}
    days = settings_of(county_id).appeal_days
    unreadable = [row.photo_id for row in self_checks if row.state is SelfCheckState.UNREADABLE]
    faults = photos.faults(county_id, unreadable) if unreadable else {}
    return [
        SelfCheckAndAward(
            id=row.id,
            photo_id=row.photo_id,
            state=row.state,
            submitted_at=row.submitted_at,
            reviewed_at=row.reviewed_at,
            reject_reason=row.reject_reason,
            points=_earned(row, found.get(row.id)),
            message=_message(row, found.get(row.id), faults.get(row.photo_id)),
            can_appeal_until=appeal_until(row, days)
            if row.state is SelfCheckState.REJECTED and row.id not in final
            else None,
            appeal=appealed.get(row.id),
            mistake=pointed_out.get((row.id, row.reviewed_at)),
        )
        for row in self_checks
    ]


def with_award(self_check: SelfCheck) -> SelfCheckAndAward:
    """One self-check with what it earned."""
    return with_awards([self_check])[0]


def own_self_checks(county_id: int, household_id: UUID, wanted: Wanted) -> Listed[SelfCheck]:
    """A household's self-checks, newest first."""
    query = select(SelfCheck).where(
        SelfCheck.county_id == county_id, SelfCheck.household_id == household_id
    )
    return listed(query, SelfCheck, wanted, day=SelfCheck.submitted_at)


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


def days_with_self_check(
    *,
    county_id: int,
    household_ids: Sequence[UUID],
    since: datetime,
    until: datetime | None = None,
) -> dict[UUID, int]:
    """On how many days of the period each household sent a photo that was not refused."""
    day = func.date(func.timezone("Asia/Shanghai", SelfCheck.submitted_at))
    rows = db.session.execute(
        select(SelfCheck.household_id, func.count(day.distinct()))
        .where(
            SelfCheck.county_id == county_id,
            SelfCheck.household_id.in_(household_ids),
            SelfCheck.submitted_at >= since,
            *([SelfCheck.submitted_at < until] if until is not None else []),
            SelfCheck.state.in_(
                [SelfCheckState.WAITING, SelfCheckState.ESCALATED, SelfCheckState.APPROVED]
            ),
        )
        .group_by(SelfCheck.household_id)
    )
    return dict(rows.all())


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


def leased(county_id: int, review_ids: Sequence[UUID], places: Collection[UUID]) -> list[Leased]:
    """The leased reviews with their photos, the oldest first, as people of the places see them."""
    village, group, escalated = aliased(Region), aliased(Region), aliased(Review)
    rows = db.session.execute(
        select(
            Review.id,
            SelfCheck.photo_id,
            village.name.label("village"),
            group.name.label("group"),
            SelfCheck.submitted_at,
            SelfCheck.findings,
            Review.leased_until,
            Review.stage,
            escalated.note,
            Appeal.sentence,
            SelfCheck.reject_reason,
        )
        .join(
            SelfCheck,
            (SelfCheck.county_id == Review.county_id) & (SelfCheck.id == Review.self_check_id),
        )
        .join(village, village.id == SelfCheck.village_id)
        .join(group, group.id == SelfCheck.group_id)
        .outerjoin(
            Appeal,
            (Appeal.county_id == Review.county_id) & (Appeal.self_check_id == Review.self_check_id),
        )
        .outerjoin(
            escalated,
            (escalated.county_id == Review.county_id)
            & (escalated.self_check_id == Review.self_check_id)
            & (escalated.stage == Stage.FIRST)
            & (escalated.verdict == Verdict.ESCALATE),
        )
        .where(Review.county_id == county_id, Review.id.in_(review_ids))
        .order_by(Review.waiting_since, Review.id)
    )
    found = [dict(row._mapping) for row in rows]
    shown = findings.shown([row["findings"] for row in found], county_id=county_id, places=places)
    return [Leased(**row | {"findings": said}) for row, said in zip(found, shown, strict=True)]


def waiting(county_id: int, counted: ColumnElement[bool]) -> list[Waiting]:
    """What waits for a verdict, of what is counted, by stage; second opinions are not told of."""
    rows = db.session.execute(
        select(
            Review.stage,
            func.count(),
            func.count(Review.leased_by),
            func.min(Review.waiting_since),
        )
        .join(
            SelfCheck,
            (SelfCheck.county_id == Review.county_id) & (SelfCheck.id == Review.self_check_id),
        )
        .where(
            Review.county_id == county_id,
            Review.judged_at.is_(None),
            Review.stage != Stage.SECOND,
            counted,
        )
        .group_by(Review.stage)
        .order_by(Review.stage)
    )
    return [Waiting(*row) for row in rows]


def review_of(self_check: SelfCheck, stage: Stage) -> Review | None:
    """The review of a self-check in one stage."""
    return db.session.scalar(
        select(Review).where(
            Review.county_id == self_check.county_id,
            Review.self_check_id == self_check.id,
            Review.stage == stage,
        )
    )


def appeal_of(self_check: SelfCheck) -> Appeal | None:
    """The appeal against a self-check's rejection."""
    return db.session.scalar(
        select(Appeal).where(
            Appeal.county_id == self_check.county_id, Appeal.self_check_id == self_check.id
        )
    )


def appeals_of(county_id: int, household_id: UUID, wanted: Wanted) -> Listed[Appeal]:
    """A household's appeals, newest first."""
    query = select(Appeal).where(Appeal.county_id == county_id, Appeal.household_id == household_id)
    return listed(query, Appeal, wanted)


def is_judged_by_three(self_check: SelfCheck) -> bool:
    """Whether three people have given a verdict on it."""
    return bool(_judged_by_three(self_check.county_id, [self_check.id]))


def appeal_until(self_check: SelfCheck, days: int) -> datetime:
    """The instant at which it is too late to appeal: the end of the last of ``days`` days."""
    rejected_at = self_check.reviewed_at or self_check.screened_at
    assert rejected_at is not None, "a rejection has its time"
    return clock.day_end(clock.day_of(rejected_at) + timedelta(days=days))


def _appealed(county_id: int, self_check_ids: Sequence[UUID]) -> dict[UUID, AppealState]:
    rows = db.session.execute(
        select(Appeal.self_check_id, Appeal.state).where(
            Appeal.county_id == county_id, Appeal.self_check_id.in_(self_check_ids)
        )
    )
    return dict(rows.all())


def _judged_by_three(county_id: int, self_check_ids: Sequence[UUID]) -> set[UUID]:
    rows = db.session.scalars(
        select(Review.self_check_id)
        .where(
            Review.county_id == county_id,
            Review.self_check_id.in_(self_check_ids),
            Review.judged_at.is_not(None),
        )
        .group_by(Review.self_check_id)
        .having(func.count() >= 3)
    )
    return set(rows)


def _earned(self_check: SelfCheck, award: Award | None) -> int:
    """Points; none of a self-check whose approval was overturned."""
    return award.points if award and self_check.state is SelfCheckState.APPROVED else 0


def _message(self_check: SelfCheck, award: Award | None, fault: PhotoFault | None) -> str:
    if award and self_check.state is SelfCheckState.APPROVED:
        return explanations.sentence(award)
    return advice.sentence(self_check, fault)
