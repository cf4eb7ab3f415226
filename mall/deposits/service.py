"""A recycler's money: a maker names the bank's line, a checker lets it move."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.kernel.db import db
from app.kernel.decisions import DecisionState
from app.kernel.ids import uuid7
from app.messages import notices
from app.points import ledger
from app.recycling.sales import queries as sales
from app.register.identity.roles import Role
from mall import agreed_moves
from mall.deposits import queries
from mall.deposits.errors import (
    DepositNotFound,
    EntryTaken,
    NoSuchFunding,
    RecyclerNotFound,
    ReserveTooSmall,
)
from mall.deposits.models import Deposit
from mall.deposits.notices import DEPOSIT_ARRIVED
from mall.settlement.models import EntryClass, StatementEntry

KIND = agreed_moves.Kind(
    subject="deposit",
    actions={
        DecisionState.PROPOSED: "deposits.propose",
        DecisionState.APPROVED: "deposits.approved",
        DecisionState.DECLINED: "deposits.declined",
    },
    details=("recycler_id",),
    not_found=DepositNotFound,
    other_office=True,
    too_small=ReserveTooSmall,
)


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
            state=DecisionState.PROPOSED,
            proposed_by=proposed_by,
            proposed_at=at,
        )
        .on_conflict_do_nothing()
        .returning(Deposit.id)
    )
    if db.session.scalar(added) is None:
        raise EntryTaken()
    deposit = db.session.get_one(Deposit, (county_id, deposit_id))
    agreed_moves.propose(deposit, KIND)
    return deposit


def approve(
    *, county_id: int, deposit_id: UUID, within: Collection[UUID], approved_by: UUID, at: datetime
) -> Deposit:
    """Move the money from the reserve to the recycler.

    Raises:
        DepositNotFound, AlreadyDecided: there is nothing to approve.
        SamePerson, SameHousehold, Related, TooFresh: nobody approves their own.
        SameOffice: finance and an administrator must agree.
        ReserveTooSmall: it was allotted to villages meanwhile.
    """
    deposit = agreed_moves.decide(
        queries.within_reach(county_id, within).where(Deposit.id == deposit_id),
        KIND,
        to=DecisionState.APPROVED,
        by=approved_by,
        at=at,
    )
    agreed_moves.post(
        deposit,
        KIND,
        ledger.TransferKind.PREPAYMENT,
        debit=ledger.reserve(),
        credit=ledger.recycler(deposit.recycler_id),
    )
    _tell(deposit, at)
    return deposit


def decline(
    *, county_id: int, deposit_id: UUID, within: Collection[UUID], declined_by: UUID, at: datetime
) -> Deposit:
    """Close a proposal without moving anything; the line may be named again.

    Raises:
        DepositNotFound, AlreadyDecided, SamePerson, SameHousehold, Related: as ``approve`` says.
    """
    return agreed_moves.decide(
        queries.within_reach(county_id, within).where(Deposit.id == deposit_id),
        KIND,
        to=DecisionState.DECLINED,
        by=declined_by,
        at=at,
    )


def _tell(deposit: Deposit, at: datetime) -> None:
    """Tell the recycler's agents; and the auditor, where the bank names another payer."""
    recycler = sales.recycler_named(deposit.county_id, deposit.recycler_id)
    entry = db.session.get_one(StatementEntry, (deposit.county_id, deposit.statement_entry_id))
    payer = entry.counterparty_name.strip()
    about = {"recycler": recycler.name, "payer": payer, "amount_fen": deposit.amount_fen}
    roles = [Role.RECYCLER_AGENT] if payer == recycler.name else [Role.RECYCLER_AGENT, Role.AUDITOR]
    told = [notices.ToOfficials(role, recycler.region_id, str(deposit.id), about) for role in roles]
    notices.tell(DEPOSIT_ARRIVED, told, county_id=deposit.county_id, at=at)
