"""What a household sent before, for who judges its photo now and asks for it.

It may help or bias, so it is behind a key, each look is in the trace, and a second opinion has
none: who gives one is not told that it is, and finds an empty list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db
from app.register.identity.caller import Caller
from app.register.looks import service as looks
from app.register.looks.models import Looked
from app.sorting.self_checks.errors import ReviewNotFound
from app.sorting.self_checks.leasing import Stages, joined_self_check, within_reach
from app.sorting.self_checks.models import Review, SelfCheck, SelfCheckState, Stage

SHOWN_MAX = 3


@dataclass(frozen=True)
class Earlier:
    """A photo of the household, without a name."""

    photo_id: UUID
    submitted_at: datetime
    state: SelfCheckState


def earlier_photos(
    *, review_id: UUID, stages: Stages, by: Caller, at: datetime
) -> Sequence[Earlier]:
    """The household's three photos before the one that the caller holds, the newest first.

    Raises:
        ReviewNotFound: the caller does not hold it to judge.
    """
    row = db.session.execute(
        select(Review.stage, SelfCheck.id, SelfCheck.household_id)
        .join(SelfCheck, joined_self_check())
        .where(
            *within_reach(stages, by),
            Review.id == review_id,
            Review.leased_by == by.user_id,
            Review.judged_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise ReviewNotFound()
    stage, self_check_id, household_id = row
    looks.note(Looked.EARLIER_PHOTOS, [household_id], by=by, at=at)
    if stage is Stage.SECOND:
        return []
    shown = (SelfCheckState.APPROVED, SelfCheckState.REJECTED)
    found = db.session.execute(
        select(SelfCheck.photo_id, SelfCheck.submitted_at, SelfCheck.state)
        .where(
            SelfCheck.county_id == by.county_id,
            SelfCheck.household_id == household_id,
            SelfCheck.id < self_check_id,
            SelfCheck.state.in_(shown),
        )
        .order_by(SelfCheck.id.desc())
        .limit(SHOWN_MAX)
    )
    return [Earlier(*each) for each in found]
