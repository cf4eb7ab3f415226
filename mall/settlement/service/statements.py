"""Taking in the bank's statement: each file once, each line once, nothing overwritten.

Only rows are written here. What the lines mean for the ledger is decided line by line afterwards
(``entries``), each in a transaction of its own, so that a long statement holds no shop's account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.kernel.secrets import vault
from app.outside.bank import Statement, StatementLine, parse_statement
from mall.merchants.service import ACCOUNT_PURPOSE
from mall.settlement.errors import AccountOfAnotherCounty, EmptyStatement, OtherAccount
from mall.settlement.models import (
    BankStatement,
    ChangedLine,
    CustodyAccount,
    DayClosing,
    EntryClass,
    StatementEntry,
)

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


def import_statement(
    *, county_id: int, content: bytes, imported_by: UUID | None, at: datetime
) -> Imported:
    """Take in a statement file; its new lines wait to be booked.

    Raises:
        EmptyStatement, app.outside.bank.BadStatement: the file cannot be used; nothing of it is.
        OtherAccount, AccountOfAnotherCounty: it is not of this county's custody account.
    """
    if not content:
        raise EmptyStatement()
    parsed = parse_statement(content)
    _lock_custody_account(county_id, parsed.account, at)
    file_digest = sha256(content).digest()
    first = db.session.scalar(
        select(BankStatement).where(
            BankStatement.county_id == county_id, BankStatement.file_digest == file_digest
        )
    )
    if first is not None:
        return Imported(first, is_repeat=True, known_lines=first.line_count)
    statement = _add_statement(county_id, parsed, file_digest, imported_by, at)
    added = sum(
        _add_new_lines(statement, parsed.lines[start : start + LINES_AT_ONCE])
        for start in range(0, len(parsed.lines), LINES_AT_ONCE)
    )
    changed = _keep_changed_lines(statement, parsed.lines) if added < len(parsed.lines) else 0
    known = len(parsed.lines) - added - changed
    if added or changed:
        _ring_if_closed(statement, added, changed)
    audit.record(
        "settlement.import_statement",
        county_id=county_id,
        actor_id=imported_by,
        subject=("bank_statement", statement.id),
        at=at,
        new_lines=added,
        known_lines=known,
        changed_lines=changed,
    )
    return Imported(statement, False, added, known, changed)


def _ring_if_closed(statement: BankStatement, added: int, changed: int) -> None:
    """The bank says something new of a day for which a person already answers: call one again."""
    if db.session.get(DayClosing, (statement.county_id, statement.on_day)) is not None:
        CLOSED_DAY_CHANGES.inc()
        log.error(
            "settlement.closed_day_changed",
            county_id=statement.county_id,
            on=statement.on_day.isoformat(),
            new_lines=added,
            changed_lines=changed,
        )


def _lock_custody_account(county_id: int, account: str, at: datetime) -> None:
    """Learn the county's account from its first statement; later imports take turns on its row."""
    number = "".join(account.split())
    index = vault().index(number, ACCOUNT_PURPOSE)
    db.session.execute(
        insert(CustodyAccount)
        .values(county_id=county_id, account_index=index, account_tail=number[-4:], seen_at=at)
        .on_conflict_do_nothing()
    )
    known = db.session.scalar(
        locked(select(CustodyAccount).where(CustodyAccount.county_id == county_id))
    )
    if known is None:
        raise AccountOfAnotherCounty()
    if known.account_index != index:
        raise OtherAccount(tail=known.account_tail)


def _add_statement(
    county_id: int,
    parsed: Statement,
    file_digest: bytes,
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
        imported_by=imported_by,
        imported_at=at,
    )
    db.session.add(statement)
    db.session.flush()
    return statement


def _add_new_lines(statement: BankStatement, lines: Sequence[StatementLine]) -> int:
    rows = [
        {
            "county_id": statement.county_id,
            "id": uuid7(statement.imported_at),
            "statement_id": statement.id,
            "bank_reference": line.bank_reference,
            "line_digest": _line_digest(line),
            "booked_on": line.booked_on,
            "amount_fen": line.amount_fen,
            "counterparty_name": line.counterparty_name,
            "purpose": line.purpose,
            "payment_id": line.payment_id,
            "entry_class": EntryClass.WAITING,
            "received_at": statement.imported_at,
        }
        for line in lines
    ]
    added = db.session.scalars(
        insert(StatementEntry)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["county_id", "bank_reference"])
        .returning(StatementEntry.id)
    )
    return len(added.all())


def _keep_changed_lines(statement: BankStatement, lines: Sequence[StatementLine]) -> int:
    """Set aside lines whose reference is known with other contents; the first ones stay."""
    changed = 0
    for start in range(0, len(lines), LINES_AT_ONCE):
        by_reference = {line.bank_reference: line for line in lines[start : start + LINES_AT_ONCE]}
        known = db.session.execute(
            select(
                StatementEntry.bank_reference,
                StatementEntry.line_digest,
                StatementEntry.amount_fen,
            ).where(
                StatementEntry.county_id == statement.county_id,
                StatementEntry.bank_reference.in_(by_reference),
            )
        )
        for reference, first_digest, first_amount_fen in known:
            line = by_reference[reference]
            if _line_digest(line) != first_digest:
                _set_aside(statement, line, first_amount_fen)
                changed += 1
    return changed


def _set_aside(statement: BankStatement, line: StatementLine, first_amount_fen: int) -> None:
    db.session.execute(
        insert(ChangedLine)
        .values(
            county_id=statement.county_id,
            id=uuid7(statement.imported_at),
            statement_id=statement.id,
            bank_reference=line.bank_reference,
            line_digest=_line_digest(line),
            amount_fen=line.amount_fen,
            first_amount_fen=first_amount_fen,
            received_at=statement.imported_at,
        )
        .on_conflict_do_nothing(index_elements=["county_id", "bank_reference", "line_digest"])
    )


def _line_digest(line: StatementLine) -> bytes:
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
