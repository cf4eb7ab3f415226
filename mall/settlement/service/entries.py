"""Booking a line of the statement: the ledger follows the bank, and only where all is clear."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select, update

from app.kernel import audit
from app.kernel.db import db, locked
from app.outside.bank import desk
from app.points import ledger
from mall.settlement.errors import LineCannotBe, LineKnown, LineNotFound, LineNotOpen
from mall.settlement.models import (
    CashOut,
    CashOutState,
    DayClosing,
    EntryClass,
    StatementEntry,
)
from mall.settlement.service.outcomes import locked_cash_out, settle

log = structlog.get_logger(__name__)

TRIES_MAX = 5  # of booking a line; then it is a difference for two people
RETURN_WORDS = ("退汇", "退回", "退款", "冲正")


def book_entry(*, county_id: int, entry_id: UUID, at: datetime) -> EntryClass:
    """Find out what a line is and move what it moves; a line that was looked at stays as it is.

    A payment that the statement shows is settled, whatever the bank answered so far. A line that
    is not clear moves nothing and is listed for a person.
    """
    entry = _locked(county_id, entry_id)
    if entry is None or entry.entry_class is not EntryClass.WAITING or not entry.is_believed:
        return EntryClass.WAITING if entry is None else entry.entry_class
    cash_out = _instructed(entry)
    book_as(entry, _class_of(entry, cash_out), cash_out, at)
    return entry.entry_class


def put_off(*, county_id: int, entry_id: UUID, at: datetime) -> None:
    """Booking a line failed: count it, and in the end list the line as a difference, and ring."""
    entry = _locked(county_id, entry_id)
    if entry is None or entry.entry_class is not EntryClass.WAITING:
        return
    entry.tries += 1
    log.error("settlement.line_not_booked", entry_id=str(entry.id), tries=entry.tries)
    if entry.tries >= TRIES_MAX:
        entry.entry_class = EntryClass.UNBOOKABLE
        _trace("settlement.give_up_entry", entry, at)


def check_class(
    *, county_id: int, entry_id: UUID, entry_class: EntryClass, cash_out_id: UUID | None
) -> None:
    """Refuse what a line cannot be.

    Raises:
        LineNotFound: it is not this county's.
        LineNotOpen: it is no difference.
        LineCannotBe: its sign, amount or payment does not fit.
        LineKnown: the same line counts already, by another file.
    """
    entry = open_entry(county_id, entry_id)
    if entry_class is EntryClass.DISMISSED:
        return
    cash_out = locked_cash_out(county_id, cash_out_id) if cash_out_id else None
    if not _can_be(entry, entry_class, cash_out):
        raise LineCannotBe()
    refuse_known(entry)


def open_entry(county_id: int, entry_id: UUID) -> StatementEntry:
    """A line that is a difference, locked. Raises LineNotFound, LineNotOpen."""
    entry = _locked(county_id, entry_id)
    if entry is None:
        raise LineNotFound()
    if not entry.entry_class.is_difference:
        raise LineNotOpen()
    return entry


def refuse_known(entry: StatementEntry) -> None:
    """Refuse a line that counts already, by another file. Raises LineKnown."""
    twin = select(StatementEntry.id).where(
        StatementEntry.county_id == entry.county_id,
        StatementEntry.part_of.is_(None),
        StatementEntry.booked_on == entry.booked_on,
        StatementEntry.bank_reference == entry.bank_reference,
        StatementEntry.amount_fen == entry.amount_fen,
        StatementEntry.ordinal == entry.ordinal,
        StatementEntry.id != entry.id,
        StatementEntry.is_believed | StatementEntry.is_agreed,
    )
    if db.session.scalar(twin) is not None:
        raise LineKnown()


def classify(
    *,
    county_id: int,
    entry_id: UUID,
    entry_class: EntryClass,
    cash_out_id: UUID | None,
    at: datetime,
) -> StatementEntry:
    """Book a line as what two people said it is, or dismiss it; ``check_class`` was asked."""
    entry = _locked(county_id, entry_id)
    assert entry is not None, "asked by check_class"
    cash_out = locked_cash_out(county_id, cash_out_id) if cash_out_id else None
    entry.is_agreed = True
    book_as(entry, entry_class, cash_out, at)
    return entry


def _can_be(entry: StatementEntry, entry_class: EntryClass, cash_out: CashOut | None) -> bool:
    if entry_class is EntryClass.FUNDING:
        return entry.amount_fen > 0
    if cash_out is None or abs(entry.amount_fen) != cash_out.amount_fen:
        return False
    is_in = entry_class is EntryClass.RETURN
    return (entry.amount_fen > 0) == is_in and fits(cash_out, entry_class)


def fits(cash_out: CashOut, entry_class: EntryClass) -> bool:
    """Whether a payment can be seen leaving now, or coming back."""
    if entry_class is EntryClass.PAYOUT:
        is_owed = cash_out.state.is_with_bank or cash_out.state.was_paid
        return is_owed and not _is_seen(cash_out, EntryClass.PAYOUT)
    is_out = cash_out.state is CashOutState.SETTLED and _is_seen(cash_out, EntryClass.PAYOUT)
    return entry_class is EntryClass.RETURN and is_out


def _is_seen(cash_out: CashOut, entry_class: EntryClass) -> bool:
    """Whether a line of a statement shows the payment leaving, or coming back."""
    seen = select(StatementEntry.id).where(
        StatementEntry.county_id == cash_out.county_id,
        StatementEntry.cash_out_id == cash_out.id,
        StatementEntry.entry_class == entry_class,
    )
    return db.session.scalar(seen) is not None


def _locked(county_id: int, entry_id: UUID) -> StatementEntry | None:
    return db.session.scalar(
        locked(
            select(StatementEntry).where(
                StatementEntry.county_id == county_id, StatementEntry.id == entry_id
            )
        )
    )


def book_as(
    entry: StatementEntry, entry_class: EntryClass, cash_out: CashOut | None, at: datetime
) -> None:
    """Move what a line moves that is this."""
    entry.entry_class = entry_class
    entry.cash_out_id = cash_out.id if cash_out else None
    _trace("settlement.book_entry", entry, at)
    db.session.flush()
    if entry_class is EntryClass.NOT_INSTRUCTED and cash_out and entry.amount_fen < 0:
        desk.contradict_refusal(cash_out.county_id, cash_out.payment_id)
    if entry.entry_class is EntryClass.FUNDING:
        _post(entry, ledger.TransferKind.FUNDING, ledger.custody(), ledger.reserve())
    elif entry.entry_class is EntryClass.PAYOUT:
        assert cash_out is not None, "a payout names its cash-out"
        _book_payout(entry, cash_out, at)
    elif entry.entry_class is EntryClass.RETURN:
        assert cash_out is not None, "a return names its cash-out"
        _book_return(entry, cash_out, at)


def _instructed(entry: StatementEntry) -> CashOut | None:
    """The cash-out, locked, that the line names as its instruction."""
    try:
        cash_out_id = UUID(hex=entry.payment_id or "")
    except ValueError:
        return None
    return locked_cash_out(entry.county_id, cash_out_id)


def _class_of(entry: StatementEntry, cash_out: CashOut | None) -> EntryClass:
    if entry.is_bloc:
        return EntryClass.EN_BLOC
    if entry.payment_id is None:
        return _class_without_instruction(entry)
    if cash_out is None:
        return EntryClass.BANK_ONLY
    wanted = EntryClass.PAYOUT if entry.amount_fen < 0 else EntryClass.RETURN
    if abs(entry.amount_fen) != cash_out.amount_fen:
        return EntryClass.DIFFERENT_AMOUNT
    if not (cash_out.state.is_with_bank or cash_out.state.was_paid):
        return EntryClass.NOT_INSTRUCTED
    if _is_seen(cash_out, wanted):
        return EntryClass.DUPLICATE
    # Money that no statement shows leaving cannot come back.
    if wanted is EntryClass.RETURN and not _is_seen(cash_out, EntryClass.PAYOUT):
        return EntryClass.EARLY_RETURN
    return wanted


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
    desk.contradict_refusal(cash_out.county_id, cash_out.payment_id)
    _wake_early_return(cash_out)
    _post(entry, ledger.TransferKind.PAYOUT, ledger.payout_in_flight(), ledger.custody())


def _wake_early_return(cash_out: CashOut) -> None:
    """The return came on an earlier file than its payment: it waits to be booked now.

    Of a day for which a person answers already it stays a difference, for two people.
    """
    closed = select(DayClosing.on_day).where(DayClosing.county_id == cash_out.county_id)
    db.session.execute(
        update(StatementEntry)
        .where(
            StatementEntry.county_id == cash_out.county_id,
            StatementEntry.cash_out_id == cash_out.id,
            StatementEntry.entry_class == EntryClass.EARLY_RETURN,
            StatementEntry.booked_on.not_in(closed),
        )
        .values(entry_class=EntryClass.WAITING)
    )


def _book_return(entry: StatementEntry, cash_out: CashOut, at: datetime) -> None:
    """The money is the shop's again. The payment itself stays on record as it was."""
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


def _trace(action: str, entry: StatementEntry, at: datetime) -> None:
    audit.record(
        action,
        county_id=entry.county_id,
        actor_id=None,
        subject=("statement_entry", entry.id),
        at=at,
        entry_class=entry.entry_class.value,
        amount_fen=entry.amount_fen,
    )
