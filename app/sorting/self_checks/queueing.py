"""Putting self-checks into the queue of a stage."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from app.kernel.db import db
from app.kernel.ids import uuid7
from app.sorting.self_checks.models import Review, SelfCheck, SelfCheckState, Stage


def want(self_check: SelfCheck, stage: Stage, *, since: datetime) -> None:
    """Put a self-check into the queue of a stage; nothing happens if it is or was there."""
    db.session.flush()  # the review refers to what the self-check has become
    db.session.execute(
        insert(Review)
        .values(
            county_id=self_check.county_id,
            id=uuid7(since),
            self_check_id=self_check.id,
            stage=stage,
            waiting_since=since,
        )
        .on_conflict_do_nothing()
    )


def want_first(*, county_id: int, self_check_id: UUID) -> None:
    """Queue a self-check that screening left waiting, at the place of its submission."""
    self_check = db.session.get_one(SelfCheck, (county_id, self_check_id))
    if self_check.state is SelfCheckState.WAITING:
        want(self_check, Stage.FIRST, since=self_check.submitted_at)


def want_forgotten(limit: int) -> int:
    """Queue self-checks that wait and were never queued; returns how many those were.

    There are none but in the minutes when workers of the release before still screen photos.
    """
    is_queued = exists().where(
        Review.county_id == SelfCheck.county_id, Review.self_check_id == SelfCheck.id
    )
    found = db.session.scalars(
        select(SelfCheck)
        .where(SelfCheck.state == SelfCheckState.WAITING, ~is_queued)
        .order_by(SelfCheck.county_id, SelfCheck.id)
        .limit(limit)
    ).all()
    for self_check in found:
        want(self_check, Stage.FIRST, since=self_check.submitted_at)
    return len(found)
