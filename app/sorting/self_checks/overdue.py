"""Ringing for photos that have waited for their first answer too long."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from app.kernel.clock import CALENDAR
from app.kernel.db import db
from app.messages import notices
from app.register.identity.roles import Role
from app.sorting.self_checks.leasing import joined_self_check
from app.sorting.self_checks.models import Review, SelfCheck, SelfCheckState, Stage
from app.sorting.self_checks.notices import REVIEWS_OVERDUE
from app.sorting.self_checks.settings import overdue_after

# Who can do something about it, beside the village's administrators.
_WHOM = {Stage.FIRST: Role.REVIEWER, Stage.THIRD: Role.COUNTY_ADMIN}


@dataclass(frozen=True)
class Late:
    """What waits too long in one village."""

    county_id: int
    village_id: UUID
    stage: Stage
    waiting: int
    oldest_minutes: int


def ring(*, at: datetime) -> list[Late]:
    """Write a notice for each village with photos that are overdue, at most one an hour.

    Overdue are those that have had no answer for longer than the county allows: first reviews and
    escalated ones. What was approved or rejected already is not.
    """
    late = _late(at)
    by_county: defaultdict[int, list[notices.ToHousehold | notices.ToOfficials]]
    by_county = defaultdict(list)
    topic = at.astimezone(CALENDAR).strftime("%Y-%m-%dT%H")
    for each in late:
        by_county[each.county_id] += [
            notices.ToOfficials(
                role=role,
                region_id=each.village_id,
                topic=f"{each.stage}:{topic}",
                details={"waiting": each.waiting, "oldest_minutes": each.oldest_minutes},
            )
            for role in (_WHOM[each.stage], Role.VILLAGE_ADMIN)
        ]
    for county_id, written in by_county.items():
        notices.tell(REVIEWS_OVERDUE, written, county_id=county_id, at=at)
    return late


def _late(at: datetime) -> list[Late]:
    allowed = overdue_after(Review.county_id)
    oldest = func.min(Review.waiting_since)
    rows = db.session.execute(
        select(Review.county_id, SelfCheck.village_id, Review.stage, func.count(), oldest)
        .join(SelfCheck, joined_self_check())
        .where(
            Review.judged_at.is_(None),
            or_(
                Review.stage == Stage.FIRST,
                (Review.stage == Stage.THIRD) & (SelfCheck.state == SelfCheckState.ESCALATED),
            ),
            Review.waiting_since < at - allowed,
        )
        .group_by(Review.county_id, SelfCheck.village_id, Review.stage)
        .order_by(Review.county_id, SelfCheck.village_id, Review.stage)
    )
    return [
        Late(county_id, village_id, stage, waiting, int((at - since).total_seconds() // 60))
        for county_id, village_id, stage, waiting, since in rows
    ]
