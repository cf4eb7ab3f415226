"""Taking in the bank's statement: each file once, each line once, nothing overwritten.

Only rows are written here. What the lines mean for the ledger is decided line by line afterwards
(``entries``), each in a transaction of its own, so that a long statement holds no shop's account.

What the bank's own channel brings counts at once. What a person brings is one person's word: it
waits (``confirming``) until another person, or the bank with the same lines, says so too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.outside.bank import Statement, StatementLine, parse_statements
from app.register.regions.models import County
from mall.settlement.errors import DayOutside, EmptyStatement
from mall.settlement.models import (
    BankStatement,
    ChangedLine,
    DayClosing,
    EntryClass,
    StatementEntry,
    StatementSource,
    StatementState,
)
from mall.settlement.service.comparing import (
    Compared,
    believed,
    compare,
    confirmed,
    identified,
    line_digest,
    lines_of,
    of_day,
)
from mall.settlement.service.custody import lock_custody_account
from mall.settlement.settings import settings_of

log = structlog.get_logger(__name__)

LINES_AT_ONCE = 1_000
CLOSED_DAY_CHANGES = Counter(
    "fen_closed_day_changes_total", "Statements that brought something new for a closed day"
)


@dataclass(frozen=True)
class Imported:
    """What an import added. A file that came before adds nothing and says so."""

    statement: BankStatement
    is_repeat: bool
    new_lines: int = 0
    known_lines: int = 0
    changed_lines: int = 0  # came before with other contents: kept apart


def import_file(
    *,
    county_id: int,
    content: bytes,
    imported_by: UUID | None,
    at: datetime,
    source: StatementSource = StatementSource.BANK,
) -> tuple[Imported, ...]:
    """Take in a statement file, the oldest of its days first; new lines wait to be booked.

    Each day of it is a statement of its own, which counts or waits by itself.

    Raises:
        EmptyStatement, app.outside.bank.BadStatement: the file cannot be used; nothing of it is.
        DayOutside: a day of it is before the programme or yet to come.
        NoCustodyAccount, OtherAccount, AccountOfAnotherCounty: it is not of this county's custody
            account, or two people have yet to enter that.
    """
    assert source is StatementSource.PERSON or imported_by is None, "the bank is nobody"
    if not content:
        raise EmptyStatement()
    told = parse_statements(content)
    digest = sha256(content)
    imported = []
    for parsed in told:
        _refuse_outside(county_id, parsed.on, source, at)
        lock_custody_account(county_id, parsed.account, source, at)
        of_this_day = digest.copy()
        if len(told) > 1:
            of_this_day.update(parsed.on.isoformat().encode())
        imported.append(_import(county_id, parsed, of_this_day.digest(), source, imported_by, at))
    return tuple(imported)


def _import(
    county_id: int,
    parsed: Statement,
    file_digest: bytes,
    source: StatementSource,
    imported_by: UUID | None,
    at: datetime,
) -> Imported:
    """Take in a day of a file; imports of the county have taken turns."""
    first = db.session.scalar(
        select(BankStatement).where(
            BankStatement.county_id == county_id, BankStatement.file_digest == file_digest
        )
    )
    if first is not None:
        is_counted = first.state is StatementState.CONFIRMED or is_closed(county_id, parsed.on)
        if source is StatementSource.BANK and not is_counted:
            believe(first)
        return Imported(first, is_repeat=True, known_lines=first.line_count)
    if source is StatementSource.BANK:
        _judge_uploads(county_id, parsed)
    compared = compare(county_id, parsed)
    statement = _add_statement(county_id, parsed, file_digest, source, imported_by, at)
    statement.state = _state(statement, compared)
    for start in range(0, len(compared.new), LINES_AT_ONCE):
        _add_lines(statement, compared.new[start : start + LINES_AT_ONCE])
    for line, first_amount_fen in compared.changed:
        _set_aside(statement, line, first_amount_fen)
    added, changed = len(compared.new), len(compared.changed)
    if added or changed:
        _ring_if_closed(statement, added, changed)
    audit.record(
        "settlement.import_statement",
        county_id=county_id,
        actor_id=imported_by,
        subject=("bank_statement", statement.id),
        at=at,
        source=source.value,
        on=statement.on_day.isoformat(),
        opening_fen=statement.opening_fen,
        closing_fen=statement.closing_fen,
        sha256=statement.file_digest.hex(),
        state=statement.state.value,
        new_lines=added,
        known_lines=compared.known,
        changed_lines=changed,
    )
    return Imported(statement, False, added, compared.known, changed)


def believe(statement: BankStatement) -> None:
    """Let a file count that waited or was set aside; its lines are to be booked.

    A line of it that counts already, by another file, is not counted twice.
    """
    statement.state = StatementState.CONFIRMED
    known = believed(statement.county_id, statement.on_day)
    for entry in lines_of(statement):
        is_known = (entry.bank_reference, entry.amount_fen, entry.ordinal) in known
        if entry.is_agreed or entry.is_believed:
            continue
        entry.entry_class = EntryClass.DISMISSED if is_known else EntryClass.WAITING
        entry.is_believed = not is_known
    db.session.flush()


def disbelieve(statement: BankStatement, entry_class: EntryClass) -> None:
    """Set a file aside: nothing of it was booked, and nothing of it will be by itself."""
    statement.state = StatementState.SET_ASIDE
    for entry in lines_of(statement):
        if not entry.entry_class.has_moved:
            entry.entry_class, entry.is_believed = entry_class, False
    db.session.flush()


def is_closed(county_id: int, on: date) -> bool:
    """Whether a person answers for the day already."""
    return db.session.get(DayClosing, (county_id, on)) is not None


def _refuse_outside(county_id: int, on: date, source: StatementSource, at: datetime) -> None:
    """A person brings nothing that is yet to come; which day it is at the bank, the bank knows."""
    entered_on = clock.day_of(db.session.get_one(County, county_id).created_at)
    first_on = entered_on - timedelta(days=settings_of(county_id).statement_days_before)
    last_on = date.max if source is StatementSource.BANK else clock.day_of(at)
    if not first_on <= on <= last_on:
        raise DayOutside(on=on.isoformat(), first_on=first_on.isoformat())


def _state(statement: BankStatement, compared: Compared) -> StatementState:
    """A day that is closed changes by two people, whoever brings what is new of it."""
    is_news = bool(compared.new or compared.changed)
    if statement.source is StatementSource.BANK:
        is_late = is_news and is_closed(statement.county_id, statement.on_day)
        return StatementState.WAITING if is_late else StatementState.CONFIRMED
    if compared.contradicts:
        return StatementState.SET_ASIDE
    is_counted = not is_news and bool(confirmed(statement.county_id, statement.on_day))
    return StatementState.CONFIRMED if is_counted else StatementState.WAITING


def _judge_uploads(county_id: int, told: Statement) -> None:
    """The bank speaks of a day: an upload that says the same counts, another is set aside."""
    said = {identity: line_digest(line) for identity, line in identified(told.lines)}
    for upload in of_day(county_id, told.on, StatementState.WAITING):
        if upload.source is not StatementSource.PERSON:
            continue
        is_same = upload.opening_fen == told.opening_fen and all(
            said.get((e.bank_reference, e.amount_fen, e.ordinal)) == e.line_digest
            for e in lines_of(upload)
        )
        if is_same and not is_closed(county_id, told.on):
            believe(upload)
        elif not is_same:
            disbelieve(upload, EntryClass.SET_ASIDE)


def _ring_if_closed(statement: BankStatement, added: int, changed: int) -> None:
    """The bank says something new of a day for which a person already answers: call one again."""
    if is_closed(statement.county_id, statement.on_day):
        CLOSED_DAY_CHANGES.inc()
        log.error(
            "settlement.closed_day_changed",
            county_id=statement.county_id,
            on=statement.on_day.isoformat(),
            new_lines=added,
            changed_lines=changed,
        )


def _add_statement(
    county_id: int,
    parsed: Statement,
    file_digest: bytes,
    source: StatementSource,
    imported_by: UUID | None,
    at: datetime,
) -> BankStatement:
    statement = BankStatement(
        county_id=county_id,
        id=uuid7(at),
        on_day=parsed.on,
        opening_fen=parsed.opening_fen,
        closing_fen=parsed.closing_fen,
        line_count=len(parsed.lines),
        file_digest=file_digest,
        source=source,
        state=StatementState.WAITING,
        proposed_by=imported_by,
        imported_at=at,
    )
    db.session.add(statement)
    db.session.flush()
    return statement


def _add_lines(statement: BankStatement, lines: Sequence[tuple[int, StatementLine]]) -> None:
    is_aside = statement.state is StatementState.SET_ASIDE
    rows = [
        {
            "county_id": statement.county_id,
            "id": uuid7(statement.imported_at),
            "statement_id": statement.id,
            "bank_reference": line.bank_reference,
            "line_digest": line_digest(line),
            "booked_on": line.booked_on,
            "amount_fen": line.amount_fen,
            "counterparty_name": line.counterparty_name,
            "purpose": line.purpose,
            "payment_id": line.payment_id,
            "is_bloc": line.is_bloc,
            "ordinal": ordinal,
            "is_believed": statement.state is StatementState.CONFIRMED,
            "entry_class": EntryClass.SET_ASIDE if is_aside else EntryClass.WAITING,
            "received_at": statement.imported_at,
        }
        for ordinal, line in lines
    ]
    db.session.execute(insert(StatementEntry).values(rows))


def _set_aside(statement: BankStatement, line: StatementLine, first_amount_fen: int) -> None:
    db.session.execute(
        insert(ChangedLine)
        .values(
            county_id=statement.county_id,
            id=uuid7(statement.imported_at),
            statement_id=statement.id,
            bank_reference=line.bank_reference,
            line_digest=line_digest(line),
            amount_fen=line.amount_fen,
            first_amount_fen=first_amount_fen,
            received_at=statement.imported_at,
        )
        .on_conflict_do_nothing(index_elements=["county_id", "bank_reference", "line_digest"])
    )
