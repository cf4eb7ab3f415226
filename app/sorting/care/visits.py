"""Whom a liaison should visit first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, select

from app.kernel import clock
from app.kernel.db import db
from app.register.households.models import Binding, Household, Member
from app.register.regions.models import Region
from app.sorting.care import queries
from app.sorting.care.errors import ListChanged
from app.sorting.care.models import CareReason
from app.sorting.inspections import queries as inspections
from app.sorting.inspections.queries import SortingSeen
from app.sorting.inspections.settings import settings_of
from app.sorting.self_checks.queries import days_with_self_check

PERIOD_DAYS = 30
# A household slips when it put waste out, or photographed it, on so many days fewer than in the
# period before (a tenth of it): less is chance.
SLIP_DAYS = 3
_NOTHING = SortingSeen(put_out_days=0, mean_grade=None)


class Need(StrEnum):
    """Why a household should be visited; also what the list can be narrowed to."""

    DUE = "due"
    SLIPPING = "slipping"
    CARE = "care"


@dataclass(frozen=True)
class AssignedHousehold:
    """A household as its liaison sees it in the list. Days are those of the last 30."""

    id: UUID
    head: str  # in full: they are to visit this household (screens.md, decision 1)
    group: str
    door_number: str
    has_phone: bool  # somebody acts for it on one
    last_check_at: datetime | None  # at the door, by any liaison
    is_checked_this_month: bool
    put_out_days: int
    put_out_days_before: int  # of the 30 days before
    self_check_days: int
    self_check_days_before: int
    is_due: bool
    is_slipping: bool
    needs_care: bool
    care_reasons: Sequence[CareReason]
    review_on: date | None  # of the care register
    last_note: queries.NoteRow | None

    @property
    def put_out_percent(self) -> int:
        """The put-out rate of the last 30 days, rounded down."""
        return self.put_out_days * 100 // PERIOD_DAYS

    @property
    def self_check_percent(self) -> int:
        """The self-check rate of the last 30 days, rounded down."""
        return self.self_check_days * 100 // PERIOD_DAYS

    def has(self, need: Need) -> bool:
        return {
            Need.DUE: self.is_due,
            Need.SLIPPING: self.is_slipping,
            Need.CARE: self.needs_care,
        }[need]


@dataclass(frozen=True)
class Counts:
    """How many of a liaison's households need what; ``done``: visited this month."""

    all: int
    due: int
    slipping: int
    care: int
    done: int

    @classmethod
    def of(cls, rows: Sequence[AssignedHousehold]) -> "Counts":
        return cls(
            all=len(rows),
            due=sum(row.is_due for row in rows),
            slipping=sum(row.is_slipping for row in rows),
            care=sum(row.needs_care for row in rows),
            done=sum(row.is_checked_this_month for row in rows),
        )


@dataclass(frozen=True)
class AssignedList:
    """A page of a liaison's households, and how many there are in all."""

    rows: list[AssignedHousehold]
    counts: Counts


@dataclass(frozen=True)
class _Home:
    door_number: str
    head: str
    group: str
    has_phone: bool


@dataclass(frozen=True)
class _Periods:
    """The last 30 days, today among them, and the 30 before."""

    at: datetime
    since: datetime = field(init=False)
    before: datetime = field(init=False)

    def __post_init__(self) -> None:
        first = clock.day_of(self.at) - timedelta(days=PERIOD_DAYS - 1)
        object.__setattr__(self, "since", clock.day_start(first))
        object.__setattr__(self, "before", clock.day_start(first - timedelta(days=PERIOD_DAYS)))


def assigned_households(
    *,
    county_id: int,
    member_id: UUID,
    at: datetime,
    need: Need | None,
    before: UUID | None,
    limit: int,
) -> AssignedList:
    """A page of a liaison's households but their own, those that need a visit most first.

    Due before in care before slipping; among equals the one not visited for longest. The whole
    list is put in order to give a page of it: a liaison has some dozens of households.

    Raises:
        ListChanged: the household with which the page before ended is no longer on the list.
    """
    households = _assigned(county_id, member_id)
    rows = sorted(_rows(county_id, households, at), key=_urgency)
    counts = Counts.of(rows)
    if before is not None:
        ids = [row.id for row in rows]
        if before not in ids:
            raise ListChanged()
        rows = rows[ids.index(before) + 1 :]
    wanted = [row for row in rows if need is None or row.has(need)][:limit]
    return AssignedList(wanted, counts)


def _assigned(county_id: int, member_id: UUID) -> dict[UUID, _Home]:
    """The liaison's households, without their own."""
    own = select(Member.household_id).where(Member.id == member_id).scalar_subquery()
    acting = exists().where(Binding.household_id == Household.id, Binding.ended_at.is_(None))
    rows = db.session.execute(
        select(Household.id, Household.door_number, Member.name, Region.name, acting)
        .join(Region, Region.id == Household.group_id)
        .join(Member, (Member.household_id == Household.id) & Member.is_head)
        .where(
            Household.county_id == county_id,
            Household.liaison_id == member_id,
            Household.id != own,
        )
    )
    return {
        id_: _Home(door_number, head, group, has_phone)
        for id_, door_number, head, group, has_phone in rows
    }


def _rows(county_id: int, households: dict[UUID, _Home], at: datetime) -> list[AssignedHousehold]:
    ids, periods, today = list(households), _Periods(at), clock.day_of(at)
    lately = _seen(county_id, ids, periods.since, clock.day_end(today))
    earlier = _seen(county_id, ids, periods.before, periods.since)
    visits = inspections.last_visits(county_id, ids)
    cares = queries.in_care(county_id, ids)
    notes = queries.last_notes(county_id, ids)
    due_days = settings_of(county_id).visit_due_days
    month_start = clock.day_start(today.replace(day=1))
    rows = []
    for id_, home in households.items():
        care = cares.get(id_)
        review_on = care.review_on if care else None
        visit, now, then = visits.get(id_), lately[id_], earlier[id_]
        rows.append(
            AssignedHousehold(
                id=id_,
                head=home.head,
                group=home.group,
                door_number=home.door_number,
                has_phone=home.has_phone,
                last_check_at=visit,
                is_checked_this_month=visit is not None and visit >= month_start,
                put_out_days=now.sorting.put_out_days,
                put_out_days_before=then.sorting.put_out_days,
                self_check_days=now.self_check_days,
                self_check_days_before=then.self_check_days,
                is_due=_is_due(visit, review_on, today, due_days),
                is_slipping=_is_slipping(now, then),
                needs_care=care is not None,
                care_reasons=care.reasons if care else (),
                review_on=review_on,
                last_note=notes.get(id_),
            )
        )
    return rows


@dataclass(frozen=True)
class _Seen:
    sorting: SortingSeen
    self_check_days: int


def _seen(
    county_id: int, ids: Sequence[UUID], since: datetime, until: datetime
) -> dict[UUID, _Seen]:
    sorting = inspections.sorting_seen(
        county_id=county_id, household_ids=ids, since=since, until=until
    )
    self_checks = days_with_self_check(
        county_id=county_id, household_ids=ids, since=since, until=until
    )
    return {id_: _Seen(sorting.get(id_, _NOTHING), self_checks.get(id_, 0)) for id_ in ids}


def _is_due(visit: datetime | None, review_on: date | None, today: date, due_days: int) -> bool:
    """No visit for too long, or the day has come to look again whether help is needed."""
    if review_on is not None and review_on <= today:
        return True
    return visit is None or (today - clock.day_of(visit)).days >= due_days


def _is_slipping(now: _Seen, then: _Seen) -> bool:
    if then.sorting.put_out_days - now.sorting.put_out_days >= SLIP_DAYS:
        return True
    if then.self_check_days - now.self_check_days >= SLIP_DAYS:
        return True
    grade, grade_before = now.sorting.mean_grade, then.sorting.mean_grade
    return grade is not None and grade_before is not None and grade < grade_before


def _urgency(row: AssignedHousehold) -> tuple[bool, bool, bool, float, UUID]:
    """Sorts the most urgent first."""
    visited = row.last_check_at.timestamp() if row.last_check_at is not None else 0.0
    return (not row.is_due, not row.needs_care, not row.is_slipping, visited, row.id)
