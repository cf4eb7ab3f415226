"""Keeping the care register, and noting what a visitor wants the next one to know."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, clock
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.kernel.secrets import vault
from app.register.households.models import Household
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.sorting.care import queries
from app.sorting.care.errors import (
    AlreadyInCare,
    CareEnded,
    CareEntryNotFound,
    HouseholdNotLookedAfter,
    ReviewInThePast,
)
from app.sorting.care.models import CareEnd, CareEntry, CareReason, VisitNote

REVIEW_WITHIN = timedelta(days=366)


@dataclass(frozen=True)
class Need:
    """Why a household needs help, in codes and a few words, and when to look again."""

    reasons: Collection[CareReason]
    note: str | None
    review_on: date


def enter(*, household_id: UUID, need: Need, by: Caller, at: datetime) -> queries.CareRow:
    """Put a household on the care register.

    Raises:
        HouseholdNotLookedAfter: it is not the caller's to look after.
        ReviewInThePast: the review date is not after today, or more than a year away.
        AlreadyInCare: it is on the register.
    """
    entry_id = _added(household_id, need, by, at)
    if entry_id is None:
        raise AlreadyInCare()
    _trace("care.enter", entry_id, household_id, by, at)
    return queries.entry(by.county_id, entry_id, day=clock.day_of(at))


def revise(*, entry_id: UUID, need: Need, by: Caller, at: datetime) -> queries.CareRow:
    """Put a new entry in the place of one that no longer says what is so; the old one is kept.

    Raises:
        CareEntryNotFound, CareEnded: there is nothing to revise.
        ReviewInThePast: as ``enter``.
    """
    entry = _open_entry(entry_id, by)
    _end(entry, CareEnd.REVISED, by, at)
    newer_id = _added(entry.household_id, need, by, at)
    assert newer_id is not None, "the older entry was the only open one, and it is locked"
    _trace("care.revise", newer_id, entry.household_id, by, at)
    return queries.entry(by.county_id, newer_id, day=clock.day_of(at))


def end(*, entry_id: UUID, because: CareEnd, by: Caller, at: datetime) -> queries.CareRow:
    """Take a household off the register. The entry is kept.

    Raises:
        CareEntryNotFound, CareEnded: there is nothing to end.
    """
    entry = _open_entry(entry_id, by)
    _end(entry, because, by, at)
    _trace("care.end", entry_id, entry.household_id, by, at)
    return queries.entry(by.county_id, entry_id, day=clock.day_of(at))


def write_note(*, household_id: UUID, text: str, by: Caller, at: datetime) -> queries.NoteRow:
    """Note a few words about a household.

    Raises:
        HouseholdNotLookedAfter: it is not the caller's to look after.
    """
    role = _role(household_id, by)
    note = VisitNote(
        county_id=by.county_id,
        id=uuid7(at),
        household_id=household_id,
        text_sealed=vault().seal(text, queries.VISIT_NOTE),
        written_by=by.user_id,
        written_as=role,
        written_at=at,
    )
    db.session.add(note)
    audit.record(
        "care.write_note",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("visit_note", note.id),
        at=at,
        household_id=household_id,
    )
    return queries.note_row(note)


def _added(household_id: UUID, need: Need, by: Caller, at: datetime) -> UUID | None:
    """The id of a new open entry; of several at the same moment the unique index lets one in."""
    today = clock.day_of(at)
    if not today < need.review_on <= today + REVIEW_WITHIN:
        raise ReviewInThePast()
    added = insert(CareEntry).values(
        county_id=by.county_id,
        id=uuid7(at),
        household_id=household_id,
        reasons=[reason.value for reason in CareReason if reason in need.reasons],
        note_sealed=vault().seal(need.note, queries.CARE_NOTE) if need.note else None,
        review_on=need.review_on,
        entered_by=by.user_id,
        entered_as=_role(household_id, by),
        entered_at=at,
    )
    added_id: UUID | None = db.session.scalar(
        added.on_conflict_do_nothing().returning(CareEntry.id)
    )
    return added_id


def _role(household_id: UUID, by: Caller) -> Role:
    role = queries.looked_after_as(household_id, by)
    if role is None:
        raise HouseholdNotLookedAfter()
    return role


def _open_entry(entry_id: UUID, by: Caller) -> CareEntry:
    """The entry, locked, so that of two who end it the second sees what the first did."""
    entry = db.session.scalar(
        locked(
            select(CareEntry)
            .join(Household, Household.id == CareEntry.household_id)
            .where(
                CareEntry.county_id == by.county_id,
                CareEntry.id == entry_id,
                queries.in_sight(by),
            )
        ).with_for_update(of=CareEntry)
    )
    if entry is None:
        raise CareEntryNotFound()
    if entry.ended_at is not None:
        raise CareEnded()
    return entry


def _end(entry: CareEntry, because: CareEnd, by: Caller, at: datetime) -> None:
    entry.ended_by, entry.ended_at, entry.ended_because = by.user_id, at, because
    db.session.flush()  # read back, and its successor added, past the session


def _trace(action: str, entry_id: UUID, household_id: UUID, by: Caller, at: datetime) -> None:
    audit.record(
        action,
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("care_entry", entry_id),
        at=at,
        household_id=household_id,
    )
