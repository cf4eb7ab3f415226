"""Proposing to move money, deciding about it, and moving it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.decisions import DecisionState
from app.kernel.errors import Conflict, NotFound
from app.points import ledger
from app.register import trust
from mall.agreed_moves.models import AgreedMove

Move = TypeVar("Move", bound=AgreedMove)


@dataclass(frozen=True)
class Kind:
    """What differs between one table of such moves and another."""

    subject: str  # its word in the trace, and in the ledger's references
    actions: Mapping[DecisionState, str]  # the trace's word for entering each state
    details: tuple[str, ...]  # attributes that the trace names beside the amount
    not_found: type[NotFound]
    other_office: bool  # who approves must hold another role than who proposed
    too_small: type[Conflict]  # with ``missing_fen`` and the same as ``missing_yuan``


def propose(move: AgreedMove, kind: Kind) -> None:
    """Enter a proposal, whose row may have been written already. Nothing moves yet."""
    db.session.add(move)
    _trace(move, kind, move.proposed_by, move.proposed_at)


def decide(
    query: Select[Move],
    kind: Kind,
    *,
    to: DecisionState,
    by: UUID,
    at: datetime,
    other_office: Callable[[Move], bool] | None = None,
) -> Move:
    """Approve or decline the move that the query finds; ``post`` moves what was approved.

    ``other_office`` says of a move whether it takes two offices where its kind does not.

    Raises:
        The kind's ``not_found``, AlreadyDecided: there is nothing to decide.
        SamePerson, SameHousehold, Related, TooFresh: ``by`` is not beside who proposed it.
        SameOffice: they hold the same role, and the kind wants two.
    """
    # Locked, so that of two people who decide at once the second is refused.
    move: Move | None = db.session.scalar(locked(query))
    if move is None:
        raise kind.not_found()
    is_apart = kind.other_office or (other_office is not None and other_office(move))
    apart = is_apart and to is DecisionState.APPROVED
    trust.decide(move, to=to, by=by, at=at, other_office=apart)
    _trace(move, kind, by, at)
    return move


def post(
    move: AgreedMove,
    kind: Kind,
    transfer: ledger.TransferKind,
    *,
    debit: ledger.Account,
    credit: ledger.Account,
) -> None:
    """Move an amount that was just approved.

    Raises:
        The kind's ``too_small``: less is free where it comes from.
    """
    assert move.decided_at is not None, "only what is approved moves"
    db.session.flush()
    try:
        ledger.post(
            county_id=move.county_id,
            reference=f"{kind.subject}:{move.id}",
            decided_at=move.decided_at,
            kind=transfer,
            debit=debit,
            credit=credit,
            amount=move.amount_fen,
        )
    except ledger.InsufficientPoints as short:
        raise kind.too_small(**short.missing_money()) from None


def _trace(move: AgreedMove, kind: Kind, actor_id: UUID, at: datetime) -> None:
    named: dict[str, Any] = {name: str(getattr(move, name)) for name in kind.details}
    audit.record(
        kind.actions[move.state],
        county_id=move.county_id,
        actor_id=actor_id,
        subject=(kind.subject, move.id),
        at=at,
        amount_fen=move.amount_fen,
        **named,
    )
