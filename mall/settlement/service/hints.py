"""Somebody says that the bank has news. It is never believed: the bank is asked, that is all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from app.kernel.db import db
from mall.settlement.models import CashOut, CashOutState

# One that is being sent right now is left alone: its answer is on the way.
ASKED_ABOUT = (CashOutState.ACCEPTED, CashOutState.UNKNOWN)


def hint(*, payment_id: str, at: datetime) -> tuple[int, UUID] | None:
    """Make the bank's next question about a payment due now.

    County and id of the cash-out, for ``jobs.go_on``; None when nothing waits for an answer.
    """
    due = db.session.execute(
        update(CashOut)
        .where(
            CashOut.id == UUID(hex=payment_id),
            CashOut.state.in_(ASKED_ABOUT),
            CashOut.due_at.is_not(None),
        )
        .values(due_at=at)
        .returning(CashOut.county_id, CashOut.id)
    ).one_or_none()
    return (due[0], due[1]) if due else None
