"""What a statement file says beside what counts of its day already."""

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.kernel.db import db
from app.kernel.secrets import vault
from app.outside.bank import Statement, StatementLine
from mall.settlement.models import BankStatement, StatementEntry, StatementState

Identity = tuple[str, int, int]  # reference, amount, place among equal ones: a line of a day


@dataclass(frozen=True)
class Compared:
    """A file's lines beside what counts of its day already."""

    new: tuple[tuple[int, StatementLine], ...]  # with their place among equal lines
    changed: tuple[tuple[StatementLine, int], ...]  # with the amount that counts
    known: int
    contradicts: bool  # both cannot be true


def compare(county_id: int, told: Statement) -> Compared:
    """What the file adds to what counts of its day, and where the two differ.

    A line with a known reference is a changed one when the file lacks the line that has it;
    otherwise the bank gave one reference to several.
    """
    known = believed(county_id, told.on)
    lines = list(identified(told.lines))
    missing = set(known) - {identity for identity, _ in lines}
    instead = {reference: amount_fen for reference, amount_fen, _ in missing}
    new, changed = [], []
    for identity, line in lines:
        if identity in known:
            if known[identity] != line_digest(line):
                changed.append((line, line.amount_fen))
        elif line.bank_reference in instead:
            changed.append((line, instead[line.bank_reference]))
        else:
            new.append((identity[2], line))
    others = confirmed(county_id, told.on)
    contradicts = bool(others) and (
        any(other.opening_fen != told.opening_fen for other in others)
        or bool(changed)
        or bool(missing and new)
    )
    kept = len(lines) - len(new) - len(changed)
    return Compared(tuple(new), tuple(changed), kept, contradicts)


def contradicts_what_counts(statement: BankStatement) -> bool:
    """Whether a file that waits and what counts of its day by now cannot both be true."""
    others = confirmed(statement.county_id, statement.on_day)
    if not others:
        return False
    if any(other.opening_fen != statement.opening_fen for other in others):
        return True
    known = believed(statement.county_id, statement.on_day)
    sum_fen = sum(amount_fen for _, amount_fen, _ in known)
    new_fen = sum(
        entry.amount_fen
        for entry in lines_of(statement)
        if (entry.bank_reference, entry.amount_fen, entry.ordinal) not in known
    )
    return statement.opening_fen + sum_fen + new_fen != statement.closing_fen


def lines_of(statement: BankStatement) -> Sequence[StatementEntry]:
    """The lines that a file brought first, in the order of the bank's references."""
    return db.session.scalars(
        select(StatementEntry)
        .where(
            StatementEntry.county_id == statement.county_id,
            StatementEntry.statement_id == statement.id,
            StatementEntry.part_of.is_(None),
        )
        .order_by(StatementEntry.bank_reference, StatementEntry.id)
    ).all()


def identified(lines: Sequence[StatementLine]) -> list[tuple[Identity, StatementLine]]:
    """Each line with what it is known by on its day."""
    seen: Tally[tuple[str, int]] = Tally()
    found = []
    for line in lines:
        seen[line.bank_reference, line.amount_fen] += 1
        ordinal = seen[line.bank_reference, line.amount_fen]
        found.append(((line.bank_reference, line.amount_fen, ordinal), line))
    return found


def believed(county_id: int, on: date) -> dict[Identity, bytes]:
    """The digests of a day's lines that count."""
    rows = db.session.execute(
        select(
            StatementEntry.bank_reference,
            StatementEntry.amount_fen,
            StatementEntry.ordinal,
            StatementEntry.line_digest,
        ).where(
            StatementEntry.county_id == county_id,
            StatementEntry.booked_on == on,
            StatementEntry.is_believed,
        )
    )
    return {(reference, amount, ordinal): digest for reference, amount, ordinal, digest in rows}


def of_day(county_id: int, on: date, state: StatementState) -> Sequence[BankStatement]:
    """The county's files of a day in a state, the oldest first."""
    return db.session.scalars(
        select(BankStatement)
        .where(
            BankStatement.county_id == county_id,
            BankStatement.on_day == on,
            BankStatement.state == state,
        )
        .order_by(BankStatement.id)
    ).all()


def confirmed(county_id: int, on: date) -> Sequence[BankStatement]:
    """Those that count."""
    return of_day(county_id, on, StatementState.CONFIRMED)


def line_digest(line: StatementLine) -> bytes:
    """A keyed digest of all that the line says, the full account number with it."""
    told = (
        line.bank_reference,
        line.booked_on.isoformat(),
        str(line.amount_fen),
        line.counterparty_name,
        line.counterparty_account,
        line.purpose,
        line.payment_id or "",
    )
    return vault().digest("\0".join(told), "statement_line")
