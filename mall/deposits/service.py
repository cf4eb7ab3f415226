"""A recycler's money: a maker names the bank's line, a checker lets it move."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.points import ledger
from app.recycling.sales import queries as sales
from mall.deposits import queries
from mall.deposits.errors import (
    ApproverIsProposer,
    DepositDecided,
    DepositNotFound,
    EntryTaken,
    NoSuchFunding,
    RecyclerNotFound,
    ReserveTooSmall,
)
from mall.deposits.models import Deposit, DepositState
from mall.settlement.models import EntryClass, StatementEntry


def propose(
    *,
    county_id: int,
    recycler_id: UUID,
    statement_entry_id: UUID,
    within: Collection[UUID],
    proposed_by: UUID,
    at: datetime,
) -> Deposit:
    """Say that money on the statement is a recycler's. Nothing moves yet.

    Raises:
        RecyclerNotFound: none that buys in the places ``within``.
        NoSuchFunding: the line is not there, or is not money that came in.
        EntryTaken: the line was named before, and that was not declined.
    """
    if sales.recycler(county_id, recycler_id, within) is None:
        raise RecyclerNotFound()
    entry = db.session.get(StatementEntry, (county_id, statement_entry_id))
    if entry is None or entry.entry_class is not EntryClass.FUNDING:
        raise NoSuchFunding()
    deposit_id = uuid7(at)
    # Of two proposals at the same moment the unique index lets one through.
    added = (
        insert(Deposit)
        .values(
            county_id=county_id,
            id=deposit_id,
            recycler_id=recycler_id,
            statement_entry_id=statement_entry_id,
            amount_fen=entry.amount_fen,
            state=DepositState.PROPOSED,
            proposed_by=proposed_by,
            proposed_at=at,
        )
        .on_conflict_do_nothing()
        .returning(Deposit.id)
    )
    if db.session.scalar(added) is None:
        raise EntryTaken()
    deposit = db.session.get_one(Deposit, (county_id, deposit_id))
    _trace("deposits.propose", deposit, proposed_by, at)
    return deposit


def approve(
    *, county_id: int, deposit_id: UUID, within: Collection[UUID], approved_by: UUID, at: datetime
) -> Deposit:
    """Move the money from the reserve to the recycler.

    Raises:
        DepositNotFound, DepositDecided: there is nothing to approve.
        ApproverIsProposer: nobody approves their own.
        ReserveTooSmall: it was allotted to villages meanwhile.
    """
    deposit = _decide(county_id, deposit_id, within, approved_by, at, DepositState.APPROVED)
    db.session.flush()
    try:
        ledger.post(
            county_id=county_id,
            reference=f"deposit:{deposit.id}",
            decided_at=at,
            kind=ledger.TransferKind.PREPAYMENT,
            debit=ledger.reserve(),
            credit=ledger.recycler(deposit.recycler_id),
            amount=deposit.amount_fen,
        )
    except ledger.InsufficientPoints as short:
        raise ReserveTooSmall(**short.missing_money()) from None
    return deposit


def decline(
    *, county_id: int, deposit_id: UUID, within: Collection[UUID], declined_by: UUID, at: datetime
) -> Deposit:
    """Close a proposal without moving anything; the line may be named again.

    Raises:
        DepositNotFound, DepositDecided, ApproverIsProposer: as ``approve`` says.
    """
    return _decide(county_id, deposit_id, within, declined_by, at, DepositState.DECLINED)


def _decide(
    county_id: int,
    deposit_id: UUID,
    within: Collection[UUID],
    decided_by: UUID,
    at: datetime,
    state: DepositState,
) -> Deposit:
    deposit = db.session.scalar(
        locked(queries.within_reach(county_id, within).where(Deposit.id == deposit_id))
    )
    if deposit is None:
        raise DepositNotFound()
    if deposit.state is not DepositState.PROPOSED:
        raise DepositDecided()
    if deposit.proposed_by == decided_by:
        raise ApproverIsProposer()
    deposit.state, deposit.decided_by, deposit.decided_at = state, decided_by, at
    _trace(f"deposits.{state.value}", deposit, decided_by, at)
    return deposit


def _trace(action: str, deposit: Deposit, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=deposit.county_id,
        actor_id=actor_id,
        subject=("deposit", deposit.id),
        at=at,
        amount_fen=deposit.amount_fen,
        recycler_id=str(deposit.recycler_id),
    )
