"""Who judges which photo now: reviews are lent for minutes, the oldest first.

A person who asks gets what they hold already, filled up to a few, so that the next photo is on its
way while they look at this one. A lease that lapses leaves its place in the queue as it was.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select, update
from sqlalchemy.orm import aliased

from app.kernel.db import db, locked
from app.register.households import queries as households
from app.register.identity.roles import Role
from app.register.regions.queries import inside
from app.sorting.self_checks import queries
from app.sorting.self_checks.models import Review, SelfCheck, Stage
from app.sorting.self_checks.settings import settings_of

BATCH = 3  # one on the screen, two on their way
RECHECKERS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)  # stand above reviewers


@dataclass(frozen=True)
class Judge:
    """Who judges, as what, and in which regions with all that lies in them."""

    user_id: UUID
    role: Role
    places: Collection[UUID]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Reviewers give first and second opinions; those above them decide what is disputed."""
        if self.role is Role.REVIEWER:
            return (Stage.FIRST, Stage.SECOND)
        return (Stage.THIRD, Stage.APPEAL)


def lease(*, county_id: int, judge: Judge, at: datetime) -> list[queries.Leased]:
    """The photos that this person judges now, at most ``BATCH``, the oldest first.

    What they hold is renewed; the rest are the oldest that nobody holds. Never their own
    household's, a relative's, or one that they judged before. Empty when nothing waits.
    """
    closed = households.closed_to(judge.user_id)
    until = at + timedelta(minutes=settings_of(county_id).lease_minutes)
    held = Review.leased_by == judge.user_id, Review.leased_until > at
    free = or_(Review.leased_by.is_(None), Review.leased_until <= at)
    reviews = _taken(_open(county_id, judge, closed).where(*held), BATCH)
    fresh = _taken(_open(county_id, judge, closed).where(free), BATCH - len(reviews))
    for review in fresh:
        review.leased_by, review.leased_at = judge.user_id, at
    for review in (*reviews, *fresh):
        review.leased_until = until
    db.session.flush()
    return queries.leased(county_id, [review.id for review in (*reviews, *fresh)], judge.places)


def release(*, county_id: int, judge: Judge) -> int:
    """Give back what the person holds and has not judged; returns how many those were."""
    given_back = db.session.scalars(
        update(Review)
        .where(
            Review.county_id == county_id,
            Review.leased_by == judge.user_id,
            Review.judged_at.is_(None),
            Review.stage.in_(judge.stages),
        )
        .values(leased_by=None, leased_at=None, leased_until=None)
        .returning(Review.id)
    )
    return len(given_back.all())


def within_reach(county_id: int, judge: Judge) -> tuple[ColumnElement[bool], ...]:
    """What makes a review one that the person may know of; for a query that joins self-checks."""
    return (
        Review.county_id == county_id,
        Review.stage.in_(judge.stages),
        SelfCheck.group_id.in_(inside(judge.places)),
    )


def joined_self_check() -> ColumnElement[bool]:
    """Which self-check a review is of."""
    return (SelfCheck.county_id == Review.county_id) & (SelfCheck.id == Review.self_check_id)


def _open(county_id: int, judge: Judge, closed: Collection[UUID]) -> Select[Review]:
    """The reviews that the person may be lent, the oldest first."""
    earlier = aliased(Review)
    has_judged = exists().where(
        earlier.county_id == Review.county_id,
        earlier.self_check_id == Review.self_check_id,
        earlier.judged_by == judge.user_id,
    )
    return (
        select(Review)
        .join(SelfCheck, joined_self_check())
        .where(
            *within_reach(county_id, judge),
            Review.judged_at.is_(None),
            SelfCheck.household_id.not_in(closed),
            SelfCheck.user_id != judge.user_id,
            ~has_judged,
        )
        .order_by(Review.waiting_since, Review.id)
    )


def _taken(query: Select[Review], limit: int) -> list[Review]:
    """The first rows that nobody else is taking at this moment, locked."""
    if limit <= 0:
        return []
    return list(db.session.scalars(locked(query.limit(limit), of=Review, skip_taken=True)))
