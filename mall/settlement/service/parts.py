"""A line of the statement that is several payments together, taken apart as two people said."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.kernel.db import db
from app.kernel.ids import uuid7
from mall.settlement.errors import LineNotFound, PartsDiffer, PartsNotOpen
from mall.settlement.models import CashOut, EntryClass, StatementEntry
from mall.settlement.service import entries
from mall.settlement.service.outcomes import locked_cash_out


def class_of_parts(county_id: int, entry_id: UUID) -> EntryClass:
    """What the parts of a line are: payments that left, or came back. Raises LineNotFound."""
    entry = db.session.get(StatementEntry, (county_id, entry_id))
    if entry is None:
        raise LineNotFound()
    return EntryClass.PAYOUT if entry.amount_fen < 0 else EntryClass.RETURN


def check_parts(county_id: int, entry_id: UUID, cash_out_ids: Sequence[UUID]) -> None:
    """Refuse parts that the line is not the sum of.

    Raises:
        LineNotFound, LineNotOpen, LineKnown: as ``entries.check_class`` says.
        PartsNotOpen: a payment is none of the county's, was never sent, or is on a statement.
        PartsDiffer: they come to another sum than the line.
    """
    entry = entries.open_entry(county_id, entry_id)
    entries.refuse_known(entry)
    entry_class = class_of_parts(county_id, entry_id)
    found = [locked_cash_out(county_id, one) for one in sorted(set(cash_out_ids))]
    fitting = [one for one in found if one is not None and entries.fits(one, entry_class)]
    if len(fitting) < len(cash_out_ids):
        raise PartsNotOpen(count=len(cash_out_ids) - len(fitting))
    differs_fen = abs(entry.amount_fen) - sum(one.amount_fen for one in fitting)
    if differs_fen:
        raise PartsDiffer.by(differs_fen)


def take_apart(
    county_id: int, entry_id: UUID, cash_out_ids: Sequence[UUID], at: datetime
) -> StatementEntry:
    """Book each payment of which a line is the sum; ``check_parts`` was asked.

    The line stays as the bank wrote it. Its parts hide no line of another file, for no file has
    them.
    """
    whole = entries.open_entry(county_id, entry_id)
    entry_class = class_of_parts(county_id, entry_id)
    whole.entry_class, whole.is_agreed = EntryClass.TAKEN_APART, True
    for number, cash_out_id in enumerate(sorted(cash_out_ids), start=1):
        cash_out = locked_cash_out(county_id, cash_out_id)
        assert cash_out is not None, "asked by check_parts"
        part = _part(whole, cash_out, number, at)
        db.session.add(part)
        entries.book_as(part, entry_class, cash_out, at)
    return whole


def _part(whole: StatementEntry, cash_out: CashOut, number: int, at: datetime) -> StatementEntry:
    sign = 1 if whole.amount_fen > 0 else -1
    return StatementEntry(
        county_id=whole.county_id,
        id=uuid7(at),
        statement_id=whole.statement_id,
        part_of=whole.id,
        bank_reference=whole.bank_reference,
        line_digest=whole.line_digest,
        booked_on=whole.booked_on,
        amount_fen=sign * cash_out.amount_fen,
        counterparty_name=cash_out.payee_name,
        purpose=whole.purpose,
        payment_id=cash_out.payment_id,
        ordinal=number,
        is_bloc=False,
        is_believed=False,
        is_agreed=True,
        entry_class=EntryClass.WAITING,
        received_at=at,
    )
