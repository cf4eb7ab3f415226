"""Who needs special help, and what visitors noted, for those who look after them only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.kernel.db import db
from app.kernel.secrets import masked_name, vault
from app.register.households.models import Binding, Household, Member
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from app.sorting.care.models import CareEnd, CareEntry, CareReason, VisitNote

CARE_NOTE = "care_note"
VISIT_NOTE = "visit_note"
OFFICES = (Role.COUNTY_ADMIN, Role.TOWN_ADMIN, Role.VILLAGE_ADMIN)  # the widest first


@dataclass(frozen=True)
class CareRow:
    """An entry of the care register."""

    id: UUID
    household_id: UUID
    head: str  # masked
    door_number: str
    reasons: list[CareReason]
    note: str | None
    review_on: date
    is_review_due: bool
    has_bound_phone: bool  # without one, a household earns and spends only with others' help
    entered_as: Role
    entered_at: datetime
    ended_at: datetime | None
    ended_because: CareEnd | None


@dataclass(frozen=True)
class NoteRow:
    """What a visitor noted."""

    id: UUID
    household_id: UUID
    text: str
    written_as: Role
    written_at: datetime


def in_sight(by: Caller) -> ColumnElement[bool]:
    """The condition that a household names the caller its liaison, or lies where they rule."""
    seen: ColumnElement[bool] = Household.group_id.in_(regions.inside(by.places(*OFFICES)))
    if by.is_liaison:
        seen = or_(Household.liaison_id == by.member_id, seen)
    return and_(Household.county_id == by.county_id, seen)


def looked_after_as(household_id: UUID, by: Caller) -> Role | None:
    """As what the caller may know of a household: as its liaison, by office, or not at all."""
    found = db.session.execute(
        select(Household.liaison_id).where(Household.id == household_id, in_sight(by))
    ).one_or_none()
    if found is None:
        return None
    if by.is_liaison and found[0] == by.member_id:
        return Role.LIAISON
    return next(office for office in OFFICES if office in by.roles)


def register(
    *,
    by: Caller,
    day: date,
    without_phone: bool,
    before: UUID | None,
    limit: int,
) -> list[CareRow]:
    """The households on the care register, the newest entry first.

    With ``without_phone`` only those to which no phone is bound.
    """
    query = _rows(by.county_id).where(CareEntry.ended_at.is_(None), in_sight(by))
    if without_phone:
        query = query.where(~_has_bound_phone())
    if before is not None:
        query = query.where(CareEntry.id < before)
    return _read(query.order_by(CareEntry.id.desc()).limit(limit), day)


def history(
    *, household_id: UUID, by: Caller, day: date, before: UUID | None, limit: int
) -> list[CareRow]:
    """All entries of a household, the newest first; none of a household out of sight."""
    query = _rows(by.county_id).where(CareEntry.household_id == household_id, in_sight(by))
    if before is not None:
        query = query.where(CareEntry.id < before)
    return _read(query.order_by(CareEntry.id.desc()).limit(limit), day)


def entry(county_id: int, entry_id: UUID, *, day: date) -> CareRow:
    """One entry, which exists."""
    return _read(_rows(county_id).where(CareEntry.id == entry_id), day)[0]


@dataclass(frozen=True)
class InCare:
    """Why a household is on the register, and when somebody looks again."""

    review_on: date
    reasons: list[CareReason]


def in_care(county_id: int, household_ids: Sequence[UUID]) -> dict[UUID, InCare]:
    """Which of the households are on the register."""
    rows = db.session.execute(
        select(CareEntry.household_id, CareEntry.review_on, CareEntry.reasons).where(
            CareEntry.county_id == county_id,
            CareEntry.household_id.in_(household_ids),
            CareEntry.ended_at.is_(None),
        )
    )
    return {
        id_: InCare(review_on, [CareReason(reason) for reason in reasons])
        for id_, review_on, reasons in rows
    }


def notes(*, household_id: UUID, by: Caller, before: UUID | None, limit: int) -> list[NoteRow]:
    """What visitors noted about a household, the newest first; nothing of one out of sight."""
    query = (
        select(VisitNote)
        .join(Household, Household.id == VisitNote.household_id)
        .where(
            VisitNote.county_id == by.county_id,
            VisitNote.household_id == household_id,
            in_sight(by),
        )
    )
    if before is not None:
        query = query.where(VisitNote.id < before)
    rows = db.session.scalars(query.order_by(VisitNote.id.desc()).limit(limit))
    return [note_row(note) for note in rows]


def last_notes(county_id: int, household_ids: Sequence[UUID]) -> dict[UUID, NoteRow]:
    """The newest note about each of the households."""
    rows = db.session.scalars(
        select(VisitNote)
        .where(VisitNote.county_id == county_id, VisitNote.household_id.in_(household_ids))
        .order_by(VisitNote.household_id, VisitNote.id.desc())
        .ext(distinct_on(VisitNote.household_id))
    )
    return {note.household_id: note_row(note) for note in rows}


def note_row(note: VisitNote) -> NoteRow:
    """A note as it is read."""
    return NoteRow(
        id=note.id,
        household_id=note.household_id,
        text=vault().unseal(note.text_sealed, VISIT_NOTE),
        written_as=note.written_as,
        written_at=note.written_at,
    )


def _has_bound_phone() -> ColumnElement[bool]:
    return exists().where(Binding.household_id == Household.id, Binding.ended_at.is_(None))


def _rows(county_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(CareEntry, Household.door_number, Member.name, _has_bound_phone())
        .join(Household, Household.id == CareEntry.household_id)
        .join(Member, (Member.household_id == Household.id) & Member.is_head)
        .where(CareEntry.county_id == county_id)
    )


def _read(query: Select[*tuple[Any, ...]], day: date) -> list[CareRow]:
    return [
        CareRow(
            id=row.id,
            household_id=row.household_id,
            head=masked_name(name),
            door_number=door_number,
            reasons=[CareReason(reason) for reason in row.reasons],
            note=vault().unseal(row.note_sealed, CARE_NOTE) if row.note_sealed else None,
            review_on=row.review_on,
            is_review_due=row.ended_at is None and row.review_on <= day,
            has_bound_phone=has_bound_phone,
            entered_as=row.entered_as,
            entered_at=row.entered_at,
            ended_at=row.ended_at,
            ended_because=row.ended_because,
        )
        for row, door_number, name, has_bound_phone in db.session.execute(query)
    ]
