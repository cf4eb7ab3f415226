"""What waits for reviewers, as figures for the alarm: by county and stage."""

from collections.abc import Iterator

from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.gauges import Gauge, Reading
from app.sorting.self_checks.models import Review
from app.sorting.self_checks.settings import overdue_after

LABELS = ("county", "stage")
WAITING = Gauge("fen_reviews_waiting", "Reviews that wait", LABELS)
OLDEST = Gauge("fen_reviews_oldest_seconds", "How long the oldest has waited", LABELS)
OVERDUE = Gauge("fen_reviews_overdue", "Reviews that wait longer than the county allows", LABELS)
GAUGES = (WAITING, OLDEST, OVERDUE)


def readings() -> Iterator[Reading]:
    at = clock.now()
    is_late = Review.waiting_since < at - overdue_after(Review.county_id)
    rows = db.session.execute(
        select(
            Review.county_id,
            Review.stage,
            func.count(),
            func.min(Review.waiting_since),
            func.count().filter(is_late),
        )
        .where(Review.judged_at.is_(None))
        .group_by(Review.county_id, Review.stage)
    ).all()
    for county_id, stage, count, since, late in rows:
        of = (str(county_id), stage.value)
        yield WAITING.reading(count, *of)
        yield OLDEST.reading((at - since).total_seconds(), *of)
        yield OVERDUE.reading(late, *of)
