"""What waits for reviewers, as figures for Prometheus, read when it asks."""

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.kernel import clock
from app.kernel.db import db
from app.sorting.models import Review, ReviewSettings
from app.sorting.settings import overdue_after


class ReviewFigures(Collector):
    """By county and round: how many wait, for how long the oldest, and how many too long."""

    def describe(self) -> Iterable[Metric]:
        return ()  # nothing can be read before there is an application

    def collect(self) -> Iterable[Metric]:
        at = clock.now()
        allowed = overdue_after()
        is_late = Review.waiting_since < at - allowed
        try:
            rows = db.session.execute(
                select(
                    Review.county_id,
                    Review.round,
                    func.count(),
                    func.min(Review.waiting_since),
                    func.count().filter(is_late),
                )
                .outerjoin(ReviewSettings, ReviewSettings.county_id == Review.county_id)
                .where(Review.judged_at.is_(None))
                .group_by(Review.county_id, Review.round)
            ).all()
        except DBAPIError:
            db.session.rollback()
            return
        labels = ["county", "round"]
        waiting = GaugeMetricFamily("fen_reviews_waiting", "Reviews that wait", labels=labels)
        oldest = GaugeMetricFamily(
            "fen_reviews_oldest_seconds", "How long the oldest has waited", labels=labels
        )
        overdue = GaugeMetricFamily(
            "fen_reviews_overdue", "Reviews that wait longer than the county allows", labels=labels
        )
        for county_id, round_, count, since, late in rows:
            where = [str(county_id), round_.value]
            waiting.add_metric(where, count)
            oldest.add_metric(where, (at - since).total_seconds())
            overdue.add_metric(where, late)
        yield from (waiting, oldest, overdue)


REGISTRY.register(ReviewFigures())
