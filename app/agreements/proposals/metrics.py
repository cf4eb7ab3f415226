"""Whether what was agreed is done in time, as a figure for the alarm."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from app.agreements.proposals.models import Proposal, ProposalState
from app.kernel import clock
from app.kernel.db import db
from app.kernel.gauges import Gauge, Reading

LATE_AFTER = timedelta(minutes=10)
LATE = Gauge("fen_proposals_late", "Proposals that were agreed and should have been done")
GAUGES = (LATE,)


def readings() -> Iterator[Reading]:
    late = db.session.scalar(
        select(func.count()).where(
            Proposal.state == ProposalState.APPROVED,
            Proposal.done_at.is_(None),
            Proposal.effective_at < clock.now() - LATE_AFTER,
        )
    )
    yield LATE.reading(late or 0)
