"""Booking a line of the statement: the ledger follows the bank, and only where all is clear."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit
from app.kernel.db import db, locked
from app.points import ledger
from mall.settlement.models import CashOut, CashOutState, EntryClass, StatementEntry
from mall.settlement.service.outcomes import locked_cash_out, settle

RETURN_WORDS = ("退汇", "退回", "退款", "冲正")


def book_entry(*, county_id: int, entry_id: UUID, at: datetime) -> EntryClass:
    """Find out what a line is and move what it moves; a line that was looked at stays as it is.

    A payment that the statement shows is settled, whatever the bank answered so far. A line that
    is not clear moves nothing and is listed for a person.
    """
    entry = db.session.scalars(
        locked(
            select(StatementEntry).where(
                StatementEntry.county_id == county_id, StatementEntry.id == entry_id
            )
        )
    ).one()
    if entry.entry_class is not EntryClass.WAITING:
        return entry.entry_class
    cash_out = _instructed(entry)
    entry.entry_class = _class_of(entry, cash_out)
    entry.cash_out_id = cash_out.id if cash_out else None
    audit.record(
        "settlement.book_entry",
        county_id=county_id,
        actor_id=None,
        subject=("statement_entry", entry.id),
        at=at,
        entry_class=entry.entry_class.value,
        amount_fen=entry.amount_fen,
    )
    db.session.flush()
    if entry.entry_class is EntryClass.FUNDING:
        _post(entry, ledger.TransferKind.FUNDING, ledger.custody(), ledger.reserve())
    elif entry.entry_class is EntryClass.PAYOUT:
        assert cash_out is not None, "a payout names its cash-out"
        _book_payout(entry, cash_out, at)
    elif entry.entry_class is EntryClass.RETURN:
        assert cash_out is not None, "a return names its cash-out"
        _book_return(entry, cash_out, at)
    return entry.entry_class


def _instructed(entry: StatementEntry) -> CashOut | None:
    """The cash-out, locked, that the line names as its instruction."""
    try:
        cash_out_id = UUID(hex=entry.payment_id or "")
    except ValueError:
        return None
    return locked_cash_out(entry.county_id, cash_out_id)


def _class_of(entry: StatementEntry, cash_out: CashOut | None) -> EntryClass:
    if entry.payment_id is None:
        return _class_without_instruction(entry)
    if cash_out is None:
        return EntryClass.BANK_ONLY
    wanted = EntryClass.PAYOUT if entry.amount_fen < 0 else EntryClass.RETURN
    if abs(entry.amount_fen) != cash_out.amount_fen:
        return EntryClass.DIFFERENT_AMOUNT
    if not (cash_out.state.is_with_bank or cash_out.state.was_paid):
        return EntryClass.NOT_INSTRUCTED
    before = select(StatementEntry.id).where(
        StatementEntry.county_id == entry.county_id,
        StatementEntry.cash_out_id == cash_out.id,
        StatementEntry.entry_class == wanted,
    )
    return EntryClass.DUPLICATE if db.session.scalar(before) is not None else wanted


def _class_without_instruction(entry: StatementEntry) -> EntryClass:
    if entry.amount_fen < 0:
        return EntryClass.BANK_ONLY
    if any(word in entry.purpose for word in RETURN_WORDS):
        return EntryClass.UNCLEAR_RETURN
    return EntryClass.FUNDING


def _book_payout(entry: StatementEntry, cash_out: CashOut, at: datetime) -> None:
    cash_out.bank_reference = entry.bank_reference
    if cash_out.state.is_with_bank:
        settle(cash_out, at)
    _post(entry, ledger.TransferKind.PAYOUT, ledger.payout_in_flight(), ledger.custody())


def _book_return(entry: StatementEntry, cash_out: CashOut, at: datetime) -> None:
    """The money is the shop's again. The payment itself stays on record as it was."""
    if cash_out.state.is_with_bank:
        settle(cash_out, at)
    cash_out.step_to(CashOutState.RETURNED)
    cash_out.returned_at, cash_out.reason = at, entry.purpose
    db.session.flush()
    shop = ledger.shop(cash_out.shop_id)
    _post(entry, ledger.TransferKind.PAYOUT_RETURN, ledger.custody(), shop)


def _post(
    entry: StatementEntry,
    kind: ledger.TransferKind,
    debit: ledger.Account,
    credit: ledger.Account,
) -> None:
    ledger.post(
        county_id=entry.county_id,
        reference=f"statement_entry:{entry.id}",
        decided_at=entry.received_at,
        kind=kind,
        debit=debit,
        credit=credit,
        amount=abs(entry.amount_fen),
    )
