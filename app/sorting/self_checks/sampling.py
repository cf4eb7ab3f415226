"""Which self-checks are judged a second time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.secrets import vault
from app.sorting.self_checks.models import Review, Stage, Verdict
from app.sorting.self_checks.settings import settings_of

# Of so many verdicts, a reviewer's first and those after one that was overturned, more are judged
# twice.
WATCHED_VERDICTS = 500
WATCHED_PERCENT = 20
_SHARES = 100_000


def percent_of(review: Review) -> int:
    """How many in a hundred of the reviewer's verdicts are judged twice, at this first one.

    What the county chose; at least 20 for a reviewer's first 500 verdicts, and for 500 more after
    somebody above decided otherwise than one of theirs.
    """
    chosen = settings_of(review.county_id).second_percent
    return max(chosen, WATCHED_PERCENT) if _is_watched(review) else chosen


def _is_watched(review: Review) -> bool:
    judged_before = (
        select(Review.judged_at)
        .where(Review.county_id == review.county_id, Review.judged_by == review.judged_by)
        .order_by(Review.judged_at.desc())
        .offset(WATCHED_VERDICTS)
        .limit(1)
    )
    since = db.session.scalar(judged_before)
    return since is None or _was_overturned(review, since)


def _was_overturned(review: Review, since: datetime) -> bool:
    first, above = aliased(Review), aliased(Review)
    otherwise = exists().where(
        above.county_id == review.county_id,
        above.stage.in_([Stage.THIRD, Stage.APPEAL]),
        above.judged_at > since,
        first.county_id == above.county_id,
        first.self_check_id == above.self_check_id,
        first.stage == Stage.FIRST,
        first.judged_by == review.judged_by,
        first.verdict != Verdict.ESCALATE,
        first.verdict != above.verdict,
    )
    return bool(db.session.scalar(select(otherwise)))


def is_sampled(self_check_id: UUID, percent: int) -> bool:
    """Whether the self-check is one of the ``percent`` in a hundred that are judged twice.

    The same answer each time, and nobody can tell it beforehand or choose it: the id is hashed
    with the installation's secret.
    """
    digest = vault().digest(str(self_check_id), "second_review")
    return int.from_bytes(digest[:8], "big") % _SHARES < percent * _SHARES // 100
