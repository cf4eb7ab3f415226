"""From a resident's upload to a verdict and its points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select

from app import audit, awards
from app.households.models import Household
from app.identity.roles import Role
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.kernel.jobs import defer
from app.photos import service as photos
from app.photos.uploads import taken
from app.regions.queries import inside
from app.sorting import jobs
from app.sorting.errors import AlreadyJudged, NotScreenedYet, OwnHousehold, SelfCheckNotFound
from app.sorting.models import RejectReason, SelfCheck, SelfCheckState


@dataclass(frozen=True)
class Reviewer:
    """Who judges: where they may, and the household whose photos they may not judge."""

    user_id: UUID
    places: Sequence[UUID]  # regions, each with all that lies in it
    household_id: UUID | None


def submit(
    *, county_id: int, household_id: UUID, user_id: UUID, content: BinaryIO | UUID, at: datetime
) -> SelfCheck:
    """Take a resident's photo; a job screens it, then it waits for a reviewer.

    ``content`` is the file itself, or the id of an upload that the phone made.

    Raises:
        PhotoEmpty, PhotoTooLarge, NotAPhoto: what can be seen to be no photo at once.
        UploadNotFound, UploadUsed, UploadExpired: there is no such upload to use.
        StoreFull, StoreAway: the photo could not be kept.
    """
    upload = taken(content, county_id=county_id, user_id=user_id, at=at)
    household = db.session.scalars(
        select(Household).where(Household.id == household_id, Household.county_id == county_id)
    ).one()
    photo = photos.receive(
        upload,
        county_id=county_id,
        household_id=household_id,
        group_id=household.group_id,
        uploaded_by=user_id,
        at=at,
    )
    self_check = SelfCheck(
        county_id=county_id,
        id=uuid7(at),
        household_id=household_id,
        village_id=household.village_id,
        group_id=household.group_id,
        user_id=user_id,
        photo=photo,
        state=SelfCheckState.SCREENING,
        submitted_at=at,
        findings=[],
    )
    db.session.add(self_check)
    defer(jobs.screen, str(county_id), str(self_check.id))
    return self_check


def review(
    *,
    county_id: int,
    self_check_id: UUID,
    reviewer: Reviewer,
    reject_reason: RejectReason | None,
    at: datetime,
) -> SelfCheck:
    """Reject a self-check for a reason that teaches; without one, approve it.

    Approval awards the household what the policy says for the day of the photo.

    Raises:
        SelfCheckNotFound: there is none, or not in the reviewer's area.
        NotScreenedYet, AlreadyJudged, OwnHousehold: it is not theirs to judge now.
        NoPolicy: the county has no points policy; the self-check keeps waiting.
    """
    self_check = _to_judge(county_id, self_check_id, reviewer)
    is_approved = reject_reason is None
    self_check.move_to(SelfCheckState.APPROVED if is_approved else SelfCheckState.REJECTED)
    self_check.reject_reason = reject_reason
    self_check.reviewed_by, self_check.reviewed_at = reviewer.user_id, at
    audit.record(
        "self_checks.approve" if is_approved else "self_checks.reject",
        county_id=county_id,
        actor_id=reviewer.user_id,
        subject=("self_check", self_check.id),
        at=at,
    )
    if is_approved:
        _award(self_check, reviewer, at)
    return self_check


def _to_judge(county_id: int, self_check_id: UUID, reviewer: Reviewer) -> SelfCheck:
    # The row lock makes two reviewers take turns: the second finds a verdict.
    self_check = db.session.scalar(
        locked(
            select(SelfCheck).where(
                SelfCheck.county_id == county_id,
                SelfCheck.id == self_check_id,
                SelfCheck.group_id.in_(inside(reviewer.places)),
            )
        )
    )
    if self_check is None:
        raise SelfCheckNotFound()
    if self_check.household_id == reviewer.household_id:
        raise OwnHousehold()
    if self_check.state is SelfCheckState.SCREENING:
        raise NotScreenedYet()
    if self_check.state is not SelfCheckState.WAITING:
        raise AlreadyJudged()
    return self_check


def _award(self_check: SelfCheck, reviewer: Reviewer, at: datetime) -> None:
    event = awards.Event(
        household_id=self_check.household_id,
        village_id=self_check.village_id,
        rule=awards.Rule.SELF_CHECK,
        evidence_kind=awards.Evidence.SELF_CHECK,
        evidence_id=self_check.id,
        happened_at=self_check.submitted_at,
    )
    awards.decide(
        county_id=self_check.county_id,
        events=[event],
        decided_by=reviewer.user_id,
        decided_as=Role.REVIEWER,
        at=at,
    )
