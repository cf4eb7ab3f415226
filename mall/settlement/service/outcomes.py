"""What the last word on a cash-out does to it and to the ledger. The row is locked by the caller.

The hold is resolved here and nowhere else, and only on an explicit word: of the bank, of its
statement, or of the second person.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit
from app.kernel.db import db, locked
from app.points import ledger
from mall.settlement.models import CashOut, CashOutState


def locked_cash_out(county_id: int, cash_out_id: UUID) -> CashOut | None:
    """The cash-out, locked until commit: the bank's answer and its statement take turns."""
    return db.session.scalar(
        locked(select(CashOut).where(CashOut.county_id == county_id, CashOut.id == cash_out_id))
    )


def settle(cash_out: CashOut, at: datetime) -> None:
    """The bank paid: what was held is now on its way out of the custody account."""
    cash_out.step_to(CashOutState.SETTLED)
    cash_out.settled_at, cash_out.due_at = at, None
    _trace("settlement.settle", cash_out, at)
    ledger.settle(
        county_id=cash_out.county_id,
        hold_id=cash_out.hold_id,
        reference=f"cash_out:{cash_out.id}:settled",
        decided_at=at,
        amount=cash_out.amount_fen,
    )


def reject(cash_out: CashOut, reason: str, at: datetime) -> None:
    """The bank refused explicitly: what was held is free again."""
    cash_out.step_to(CashOutState.REJECTED)
    cash_out.reason, cash_out.due_at = reason, None
    _trace("settlement.reject", cash_out, at)
    release_hold(cash_out, at)


def release_hold(cash_out: CashOut, at: datetime) -> None:
    """Give back what was held. The last call of a transaction, like every call to the ledger."""
    ledger.release(
        county_id=cash_out.county_id,
        hold_id=cash_out.hold_id,
        reference=f"cash_out:{cash_out.id}:released",
        decided_at=at,
    )


def _trace(action: str, cash_out: CashOut, at: datetime) -> None:
    audit.record(
        action,
        county_id=cash_out.county_id,
        actor_id=None,
        subject=("cash_out", cash_out.id),
        at=at,
        amount_fen=cash_out.amount_fen,
    )
