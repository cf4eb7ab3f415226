"""A person closes a day at the bank, and answers for what is still open in it."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit, clock
from app.kernel.db import db, locked
from app.register import trust
from mall.settlement.errors import (
    DayAlreadyClosed,
    DayNotOver,
    LinesStillWaiting,
    NotesMissing,
    NotesOutdated,
    StatementStillWaiting,
)
from mall.settlement.models import (
    BankStatement,
    CustodyAccount,
    DayClosing,
    EntryClass,
    StatementEntry,
)
from mall.settlement.reconciliation import reconciliation


def close_day(
    *, county_id: int, on: date, notes: Mapping[str, str], closed_by: UUID, at: datetime
) -> DayClosing:
    """Close a day whose statement is imported, or that lies between two statements.

    ``notes`` explain differences by their keys.

    Raises:
        DayNotOver: it is today, or yet to come.
        StatementNotFound: neither its statement was imported nor a later one.
        DayAlreadyClosed: somebody did.
        StatementStillWaiting: a file of the day waits for a second person.
        LinesStillWaiting: the statement is not booked yet.
        SamePerson, SameHousehold, Related: whoever brought the day's statement does not close it.
        NotesMissing: a difference has no note. Details name the keys.
        NotesOutdated: a note is about a difference that is not there any more.
    """
    if on >= clock.day_of(at):
        raise DayNotOver()
    # Imports queue on this row too: nothing is added to the day while it is being closed.
    db.session.execute(locked(select(CustodyAccount).where(CustodyAccount.county_id == county_id)))
    trust.beside(_importers(county_id, on), closed_by, at=at)
    day = reconciliation(county_id, on)
    if day.closing is not None:
        raise DayAlreadyClosed()
    if _waits_for_a_person(county_id, on):
        raise StatementStillWaiting()
    if day.waiting_lines:
        raise LinesStillWaiting(count=day.waiting_lines)
    missing = [key for key in day.to_explain if not notes.get(key, "").strip()]
    if missing:
        raise NotesMissing(count=len(missing), keys=missing)
    if set(notes) - set(day.to_explain):
        raise NotesOutdated()
    closing = DayClosing(
        county_id=county_id,
        on_day=on,
        closing_fen=day.closing_fen,
        ledger_custody_fen=day.ledger_custody_fen,
        notes=dict(notes),
        closed_by=closed_by,
        closed_at=at,
    )
    db.session.add(closing)
    audit.record(
        "settlement.close_day",
        county_id=county_id,
        actor_id=closed_by,
        subject=("bank_day", on.isoformat()),
        at=at,
        differences=len(day.to_explain),
        closing_fen=day.closing_fen,
        ledger_custody_fen=day.ledger_custody_fen,
    )
    return closing


def _waits_for_a_person(county_id: int, on: date) -> bool:
    """Whether lines of the day stand in a file that nobody has confirmed or set aside."""
    waiting = select(StatementEntry.id).where(
        StatementEntry.county_id == county_id,
        StatementEntry.booked_on == on,
        StatementEntry.entry_class == EntryClass.WAITING,
        StatementEntry.is_believed.is_(False),
    )
    return db.session.scalar(waiting.limit(1)) is not None


def _importers(county_id: int, on: date) -> set[UUID]:
    rows = db.session.scalars(
        select(BankStatement.proposed_by).where(
            BankStatement.county_id == county_id, BankStatement.on_day == on
        )
    )
    return {user_id for user_id in rows if user_id is not None}
