"""Days at the bank that want a person: those not closed, and those not in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, text

from app.kernel import clock
from app.kernel.db import db
from app.points import ledger
from app.register.identity.models import User
from mall.settlement.errors import StatementNotFound
from mall.settlement.models import CashOut, CustodyAccount, DayClosing
from mall.settlement.reconciliation import on_a_statement, reconciliation

_OPEN_DAYS = text("""
    SELECT day::date,
           EXISTS (SELECT FROM bank_statements s
                    WHERE s.county_id = :county_id AND s.on_day = day::date
                      AND s.state = 'confirmed')
      FROM generate_series(
             (SELECT min(on_day) FROM bank_statements
               WHERE county_id = :county_id AND state = 'confirmed')::timestamp,
             CAST(:until AS date)::timestamp,
             interval '1 day') day
     WHERE NOT EXISTS (SELECT FROM day_closings c
                        WHERE c.county_id = :county_id AND c.on_day = day::date)
     ORDER BY day
""")


@dataclass(frozen=True)
class OpenDay:
    """A day that nobody has closed."""

    on: date
    has_statement: bool


def open_days(county_id: int, *, until: date) -> list[OpenDay]:
    """The days from the first statement to ``until`` (included) that nobody has closed."""
    rows = db.session.execute(_OPEN_DAYS, {"county_id": county_id, "until": until})
    return [OpenDay(on, has_statement) for on, has_statement in rows]


@dataclass(frozen=True)
class ClosedDay:
    """A day that a person answers for."""

    closing: DayClosing
    closed_by: str | None  # the name, of staff


def closed_days(county_id: int, *, before: date | None, limit: int) -> list[ClosedDay]:
    """The days that were closed, the newest first; ``before`` is the day to go on from."""
    query = (
        select(DayClosing, User.name)
        .join(User, User.id == DayClosing.closed_by)
        .where(DayClosing.county_id == county_id)
    )
    if before is not None:
        query = query.where(DayClosing.on_day < before)
    rows = db.session.execute(query.order_by(DayClosing.on_day.desc()).limit(limit))
    return [ClosedDay(closing, name) for closing, name in rows]


def counties_with_custody() -> Sequence[int]:
    """The counties whose account at the bank is known."""
    return db.session.scalars(
        select(CustodyAccount.county_id)
        .where(CustodyAccount.account_index.is_not(None))
        .order_by(CustodyAccount.county_id)
    ).all()


def trouble(county_id: int, on: date) -> str | None:
    """Why a day is not in order: ``no_statement``, ``unbalanced``, ``in_flight``; or None."""
    try:
        day = reconciliation(county_id, on)
    except StatementNotFound:
        return "no_statement"
    if not day.is_balanced:
        return "unbalanced"
    return "in_flight" if stuck_in_flight_fen(county_id, on) else None


def stuck_in_flight_fen(county_id: int, on: date) -> int:
    """What is in flight now and should have left by the end of the day; zero when all is well.

    What was settled after that day and is on no statement yet may be in flight.
    """
    in_flight_fen = ledger.balance(county_id, ledger.payout_in_flight()).posted
    later_fen = db.session.scalar(
        select(func.sum(CashOut.amount_fen)).where(
            CashOut.county_id == county_id,
            CashOut.settled_at >= clock.day_end(on),
            ~on_a_statement().exists(),
        )
    )
    return in_flight_fen - int(later_fen or 0)
