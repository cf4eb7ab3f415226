"""A figure for the alarm: computed when it is asked for, so that any process tells it."""

from prometheus_client import Gauge
from sqlalchemy.exc import DBAPIError

from app.kernel import clock
from app.kernel.db import db
from app.photos import checking, queries

LATE = Gauge("fen_photos_check_late", "Photos that wait for the check of their content too long")
UNKNOWN = float("nan")  # the database is away, which has an alarm of its own


def expose() -> None:
    """Let /metrics compute the figure; it runs inside the application."""
    LATE.set_function(_late)


def _late() -> float:
    try:
        return queries.late_checks(clock.now() - checking.LATE_AFTER)
    except DBAPIError:
        db.session.rollback()
        return UNKNOWN
