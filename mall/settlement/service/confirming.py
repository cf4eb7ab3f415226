"""A second person stands behind a statement file that only one person brought."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.decisions import check_open
from app.kernel.units import yuan_text
from app.register import trust
from mall.settlement import queries
from mall.settlement.errors import (
    ContradictsStatement,
    NotChained,
    StatementIsBooked,
    StatementNotFound,
    TakenInByTwo,
)
from mall.settlement.models import (
    BankStatement,
    CustodyAccount,
    EntryClass,
    StatementSource,
    StatementState,
)
from mall.settlement.service.comparing import contradicts_what_counts, lines_of
from mall.settlement.service.statements import believe, disbelieve


def confirm_statement(
    *, county_id: int, statement_id: UUID, confirmed_by: UUID, at: datetime
) -> BankStatement:
    """Say that a waiting file is the bank's, as the second person; its lines are to be booked.

    Raises:
        StatementNotFound: the county has none such.
        AlreadyDecided: it does not wait any more.
        TakenInByTwo: the bank brought it for a closed day, which two people change.
        SamePerson, SameHousehold, Related: ``confirmed_by`` is not beside who brought it.
        ContradictsStatement: what counts of its day by now is something else.
        NotChained: its balances are not those of its neighbours.
    """
    statement = locked_statement(county_id, statement_id)
    check_open(statement)
    if statement.source is StatementSource.BANK:
        raise TakenInByTwo()
    trust.check(statement, by=confirmed_by, at=at)
    refuse_untrue(statement)
    trust.decide(statement, to=StatementState.CONFIRMED, by=confirmed_by, at=at)
    believe(statement)
    audit.record(
        "settlement.confirm_statement",
        county_id=county_id,
        actor_id=confirmed_by,
        subject=("bank_statement", statement.id),
        at=at,
        on=statement.on_day.isoformat(),
        closing_fen=statement.closing_fen,
        sha256=statement.file_digest.hex(),
    )
    return statement


def check_set_aside(county_id: int, statement_id: UUID) -> None:
    """Refuse to set aside what the ledger moved for.

    Raises:
        StatementNotFound: the county has none such.
        StatementIsBooked: it counts, and lines of it were booked.
    """
    statement = locked_statement(county_id, statement_id)
    is_booked = any(entry.entry_class.has_moved for entry in lines_of(statement))
    if statement.state is StatementState.CONFIRMED and is_booked:
        raise StatementIsBooked()


def set_aside(county_id: int, statement_id: UUID, at: datetime) -> None:
    """Dismiss a file that two people call wrong; ``check_set_aside`` was asked."""
    statement = locked_statement(county_id, statement_id)
    disbelieve(statement, EntryClass.DISMISSED)
    statement.decided_at = at


def check_take_in(county_id: int, statement_id: UUID) -> None:
    """Refuse to let a file count that does not wait, or cannot be true beside what counts.

    Raises:
        StatementNotFound, AlreadyDecided: there is none that waits.
        ContradictsStatement, NotChained: as ``confirm_statement`` says.
    """
    statement = locked_statement(county_id, statement_id)
    check_open(statement)
    refuse_untrue(statement)


def take_in(county_id: int, statement_id: UUID, at: datetime) -> BankStatement:
    """Let a file count as two people said; its lines are to be booked."""
    statement = locked_statement(county_id, statement_id)
    believe(statement)
    statement.decided_at = at
    return statement


def locked_statement(county_id: int, statement_id: UUID) -> BankStatement:
    """The file, locked; imports of the county wait. Raises StatementNotFound."""
    db.session.execute(locked(select(CustodyAccount).where(CustodyAccount.county_id == county_id)))
    statement = db.session.scalar(
        locked(
            select(BankStatement).where(
                BankStatement.county_id == county_id, BankStatement.id == statement_id
            )
        )
    )
    if statement is None:
        raise StatementNotFound()
    return statement


def refuse_untrue(statement: BankStatement) -> None:
    """Refuse a file that cannot be true beside what counts.

    Raises:
        ContradictsStatement, NotChained: as ``confirm_statement`` says.
    """
    if contradicts_what_counts(statement):
        raise ContradictsStatement()
    before, after = queries.neighbours(statement)
    if before is not None and before.closing_fen != statement.opening_fen:
        raise _not_chained(before, before.closing_fen)
    if after is not None and after.opening_fen != statement.closing_fen:
        raise _not_chained(after, after.opening_fen)


def _not_chained(neighbour: BankStatement, should_fen: int) -> NotChained:
    return NotChained(
        beside=neighbour.on_day.isoformat(),
        should_fen=should_fen,
        should_yuan=yuan_text(should_fen),
    )
