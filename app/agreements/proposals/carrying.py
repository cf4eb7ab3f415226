"""What becomes of proposals by themselves: agreed ones are done, forgotten ones lapse."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.agreements.proposals import telling
from app.agreements.proposals.kinds import DO, NOW
from app.agreements.proposals.models import Proposal, ProposalState
from app.kernel import audit
from app.kernel.db import db, locked, savepoint
from app.kernel.decisions import MovedOn
from app.kernel.errors import DomainError


def check_not_moved(row: Proposal) -> None:
    """Refuse when what the proposal would change is not as it was when it was made.

    Raises:
        MovedOn: somebody has changed it meanwhile.
    """
    now = NOW[row.kind](row)
    if (dict(now) if now is not None else None) != row.before:
        raise MovedOn(digest=row.digest)


def do(row: Proposal, at: datetime) -> None:
    """Do what was agreed. The caller holds the row's lock. Raises what the kind's ``do`` does."""
    check_not_moved(row)
    DO[row.kind](row, at)
    row.done_at = at
    _trace("proposals.done", row, at)


def begin(*, county_id: int, proposal_id: UUID, at: datetime) -> None:
    """Do what was agreed, now that its cool-off is over; done already, or stopped: nothing.

    What it is refused by ends it as ``failed``, and nothing of it is done.
    """
    row = db.session.scalar(
        locked(select(Proposal).where(Proposal.county_id == county_id, Proposal.id == proposal_id))
    )
    if row is None or not row.is_coming or row.effective_at is None or row.effective_at > at:
        return
    try:
        with savepoint():
            do(row, at)
    except DomainError as refusal:
        db.session.refresh(row)  # as before the attempt
        row.state, row.reason = ProposalState.FAILED, refusal.code
        _trace("proposals.fail", row, at, code=refusal.code)
    telling.decided(row, at)


def lapse(*, county_id: int, proposal_id: UUID, at: datetime) -> None:
    """End a proposal that nobody decided in time."""
    row = db.session.scalar(
        update(Proposal)
        .where(
            Proposal.county_id == county_id,
            Proposal.id == proposal_id,
            Proposal.state == ProposalState.PROPOSED,
            Proposal.lapses_at <= at,
        )
        .values(state=ProposalState.LAPSED)
        .returning(Proposal)
        .execution_options(populate_existing=True)
    )
    if row is not None:
        _trace("proposals.lapse", row, at)
        telling.decided(row, at)


def _trace(action: str, row: Proposal, at: datetime, **more: Any) -> None:
    audit.record(
        action,
        county_id=row.county_id,
        actor_id=None,
        subject=("proposal", row.id),
        at=at,
        kind=row.kind,
        digest=row.digest,
        **more,
    )
