"""Figures for the alarm: computed when they are asked for, so that any process tells them."""

from datetime import timedelta

from prometheus_client import Gauge
from sqlalchemy.exc import DBAPIError

from app.kernel import clock
from app.kernel.db import db
from mall.settlement import days

NOT_IN_ORDER = Gauge("fen_bank_days_not_in_order", "Counties whose yesterday is not in order")
STUCK = Gauge("fen_payout_stuck_in_flight_fen", "Paid by the bank's word, on no statement, in fen")
UNKNOWN = float("nan")  # the database is away, which has an alarm of its own


def expose() -> None:
    """Let /metrics compute the figures; it runs inside the application."""
    NOT_IN_ORDER.set_function(_days_not_in_order)
    STUCK.set_function(_stuck_in_flight_fen)


def _days_not_in_order() -> float:
    """The counties whose yesterday is not in order."""
    yesterday = clock.day_of(clock.now()) - timedelta(days=1)
    try:
        return sum(days.trouble(c, yesterday) is not None for c in days.counties_with_custody())
    except DBAPIError:
        db.session.rollback()
        return UNKNOWN


def _stuck_in_flight_fen() -> float:
    """What should have left the clearing accounts by the end of yesterday."""
    yesterday = clock.day_of(clock.now()) - timedelta(days=1)
    try:
        stuck = (days.stuck_in_flight_fen(c, yesterday) for c in days.counties_with_custody())
        return sum(abs(fen) for fen in stuck)
    except DBAPIError:
        db.session.rollback()
        return UNKNOWN
