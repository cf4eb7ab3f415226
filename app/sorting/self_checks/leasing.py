"""Who judges which photo now: reviews are lent for minutes, the oldest first.

A person who asks gets what they hold already, filled up to a few, so that the next photo is on its
way while they look at this one. A lease that lapses leaves its place in the queue as it was.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from app.kernel.db import db, locked
from app.register.households import queries as households
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions.queries import inside
from app.register.trust import phones_of
from app.sorting.self_checks import queries
from app.sorting.self_checks.models import Review, SelfCheck, Stage
from app.sorting.self_checks.settings import settings_of

BATCH = 3  # one on the screen, two on their way
RECHECKERS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)  # stand above reviewers

Stages = tuple[Stage, ...]
OPINIONS: Stages = (Stage.FIRST, Stage.SECOND)  # reviewers give them
DISPUTES: Stages = (Stage.THIRD, Stage.APPEAL)  # those above them decide


def lease(*, stages: Stages, by: Caller, at: datetime) -> list[queries.Leased]:
    """The photos of these stages that the caller judges now, at most ``BATCH``, the oldest first.

    What they hold is renewed; the rest are the oldest that nobody holds. Never their own
    household's, a relative's, or one that they judged before. Empty when nothing waits.
    """
    closed, phones = households.closed_to(by.user_id, at), phones_of(by.user_id)
    until = at + timedelta(minutes=settings_of(by.county_id).lease_minutes)
    held = Review.leased_by == by.user_id, Review.leased_until > at
    free = or_(Review.leased_by.is_(None), Review.leased_until <= at)
    reviews = _taken(_open(stages, by, closed, phones).where(*held), BATCH)
    fresh = _taken(_open(stages, by, closed, phones).where(free), BATCH - len(reviews))
    for review in fresh:
        review.leased_by, review.leased_at = by.user_id, at
    for review in (*reviews, *fresh):
        review.leased_until = until
    db.session.flush()
    review_ids = [review.id for review in (*reviews, *fresh)]
    return queries.leased(by.county_id, review_ids, by.places(*roles_for(stages)))


def waiting(*, by: Caller, at: datetime) -> list[queries.Waiting]:
    """How much waits for the caller, by stage: what ``lease`` may lend them, now or later.

    Auditors, who judge nothing, are told of all in their area. Second opinions are never told of.
    """
    closed, phones = households.closed_to(by.user_id, at), phones_of(by.user_id)
    theirs = [
        and_(*_open_to(stages, by, closed, phones))
        for stages in (OPINIONS, DISPUTES)
        if by.may(roles_for(stages))
    ]
    if by.may((Role.AUDITOR,)):
        theirs.append(SelfCheck.group_id.in_(inside(by.places(Role.AUDITOR))))
    return queries.waiting(by.county_id, or_(*theirs))


def release(*, stages: Stages, by: Caller) -> int:
    """Give back what the caller holds and has not judged; returns how many those were."""
    given_back = db.session.scalars(
        update(Review)
        .where(
            Review.county_id == by.county_id,
            Review.leased_by == by.user_id,
            Review.judged_at.is_(None),
            Review.stage.in_(stages),
        )
        .values(leased_by=None, leased_at=None, leased_until=None)
        .returning(Review.id)
    )
    return len(given_back.all())


def roles_for(stages: Stages) -> tuple[Role, ...]:
    """As what somebody judges in these stages."""
    return (Role.REVIEWER,) if stages == OPINIONS else RECHECKERS


def within_reach(stages: Stages, by: Caller) -> tuple[ColumnElement[bool], ...]:
    """What makes a review one that the caller may know of; for a query that joins self-checks."""
    return (
        Review.county_id == by.county_id,
        Review.stage.in_(stages),
        SelfCheck.group_id.in_(inside(by.places(*roles_for(stages)))),
    )


def joined_self_check() -> ColumnElement[bool]:
    """Which self-check a review is of."""
    return (SelfCheck.county_id == Review.county_id) & (SelfCheck.id == Review.self_check_id)


def _open(
    stages: Stages, by: Caller, closed: Collection[UUID], phones: Collection[UUID]
) -> Select[Review]:
    """The reviews that the caller may be lent, the oldest first."""
    return (
        select(Review)
        .join(SelfCheck, joined_self_check())
        .where(*_open_to(stages, by, closed, phones), Review.judged_at.is_(None))
        .order_by(Review.waiting_since, Review.id)
    )


def _open_to(
    stages: Stages, by: Caller, closed: Collection[UUID], phones: Collection[UUID]
) -> tuple[ColumnElement[bool], ...]:
    """What makes a review one that the caller may judge; for a query that joins self-checks.

    Whoever has judged a photo on one phone does not judge it again on another.
    """
    earlier = aliased(Review)
    has_judged = exists().where(
        earlier.county_id == Review.county_id,
        earlier.self_check_id == Review.self_check_id,
        earlier.judged_by.in_(phones),
    )
    return (
        *within_reach(stages, by),
        SelfCheck.household_id.not_in(closed),
        SelfCheck.user_id.not_in(phones),
        ~has_judged,
    )


def _taken(query: Select[Review], limit: int) -> list[Review]:
    """The first rows that nobody else is taking at this moment, locked."""
    if limit <= 0:
        return []
    return list(db.session.scalars(locked(query.limit(limit), of=Review, skip_taken=True)))
