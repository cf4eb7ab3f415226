"""A household asks for another look at a rejected photo."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.sorting.self_checks import queries
from app.sorting.self_checks.errors import (
    AppealedAlready,
    AppealTooLate,
    JudgedByThree,
    NothingToAppeal,
    SelfCheckNotFound,
)
from app.sorting.self_checks.models import (
    Appeal,
    AppealState,
    Review,
    SelfCheck,
    SelfCheckState,
    Stage,
)
from app.sorting.self_checks.queueing import want
from app.sorting.self_checks.settings import settings_of


def appeal(
    *,
    county_id: int,
    household_id: UUID,
    self_check_id: UUID,
    user_id: UUID,
    sentence: str,
    at: datetime,
) -> Appeal:
    """Ask for another look at a rejected self-check; somebody who has not judged it decides.

    A third judge who was to decide between two reviewers decides the appeal instead.

    Raises:
        SelfCheckNotFound: there is none, or it is another household's.
        NothingToAppeal: it is not rejected.
        AppealedAlready: one appeal for each photo.
        JudgedByThree: two of three people rejected it.
        AppealTooLate: the days for it are over.
    """
    self_check = _own_locked(county_id, household_id, self_check_id)
    _check_appealable(self_check, at)
    made = Appeal(
        county_id=county_id,
        id=uuid7(at),
        self_check_id=self_check.id,
        household_id=household_id,
        user_id=user_id,
        sentence=sentence,
        made_at=at,
        state=AppealState.WAITING,
    )
    db.session.add(made)
    _queue(self_check, at)
    audit.record(
        "appeals.make",
        county_id=county_id,
        actor_id=user_id,
        subject=("self_check", self_check.id),
        at=at,
        household_id=self_check.household_id,
    )
    return made


def _queue(self_check: SelfCheck, at: datetime) -> None:
    """Have somebody decide it: a third judge who was to decide, or a new one."""
    turned = db.session.scalar(
        update(Review)
        .where(
            Review.county_id == self_check.county_id,
            Review.self_check_id == self_check.id,
            Review.stage == Stage.THIRD,
            Review.judged_at.is_(None),
        )
        .values(
            stage=Stage.APPEAL,
            waiting_since=at,
            leased_by=None,
            leased_at=None,
            leased_until=None,
        )
        .returning(Review.id)
    )
    if turned is None:
        want(self_check, Stage.APPEAL, since=at)


def _check_appealable(self_check: SelfCheck, at: datetime) -> None:
    if self_check.state is not SelfCheckState.REJECTED:
        raise AppealedAlready() if queries.appeal_of(self_check) else NothingToAppeal()
    if queries.appeal_of(self_check) is not None:
        raise AppealedAlready()
    if queries.is_judged_by_three(self_check):
        raise JudgedByThree()
    days = settings_of(self_check.county_id).appeal_days
    if at >= queries.appeal_until(self_check, days):
        raise AppealTooLate(days=days)


def _own_locked(county_id: int, household_id: UUID, self_check_id: UUID) -> SelfCheck:
    """The household's self-check, locked: of two who appeal the second sees the first."""
    self_check = db.session.scalar(
        locked(
            select(SelfCheck).where(
                SelfCheck.county_id == county_id,
                SelfCheck.id == self_check_id,
                SelfCheck.household_id == household_id,
            )
        )
    )
    if self_check is None:
        raise SelfCheckNotFound()
    return self_check
