"""What was checked, what it earned, and what waits for a person's decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.lists import ONE, Listed, Wanted, listed
from app.kernel.secrets import masked_name
from app.kernel.waste import WasteKind
from app.points.awards import explanations
from app.points.awards import queries as awards
from app.points.awards.models import Award
from app.register.households.models import Household, Member
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from app.register.regions.models import Region
from app.sorting.inspections.models import (
    Check,
    CheckConflict,
    CheckState,
    ConflictReason,
    Grade,
    Outcome,
    Setting,
)

_WITHOUT_AWARD = {
    CheckState.COUNTED: "已记下：这次没有投放",
    CheckState.HELD: "已收到，等村管理员核对后再计分",
    CheckState.SET_ASIDE: "村管理员核对后，这次检查不计",
}


@dataclass(frozen=True)
class CheckAndAward:
    """A check with what it earned the household that was checked."""

    id: UUID
    household_id: UUID
    setting: Setting
    photo_id: UUID | None
    at: datetime
    grade: Grade | None
    kinds: list[WasteKind]
    wrong_kinds: list[WasteKind]
    state: CheckState
    points: int
    message: str


@dataclass(frozen=True)
class JudgedCheck:
    """A check as the person reads it who decides about a conflict."""

    id: UUID
    setting: Setting
    checked_as: Role
    at: datetime
    received_at: datetime
    phone_time: datetime | None
    grade: Grade | None
    kinds: list[WasteKind]
    wrong_kinds: list[WasteKind]
    photo_id: UUID | None
    state: CheckState
    award_id: UUID | None  # to ask for its reversal, when the check is set aside
    points: int


@dataclass(frozen=True)
class ConflictRow:
    """A conflict with the checks that it is about."""

    id: UUID
    household_id: UUID
    head: str  # masked
    door_number: str
    reason: ConflictReason
    found_at: datetime
    check: JudgedCheck
    first_check: JudgedCheck | None
    outcome: Outcome | None
    note: str | None
    resolved_at: datetime | None


@dataclass(frozen=True)
class SortingSeen:
    """How a household sorted in a period, by the checks that count."""

    put_out_days: int
    mean_grade: float | None  # 2 is A, 1 is B, 0 is C; none without a graded check


def with_award(check: Check) -> CheckAndAward:
    """A check with what it earned."""
    return _with_award(check, awards.awards_for(check.county_id, [check.id]).get(check.id))


def checks_of(county_id: int, household_id: UUID, wanted: Wanted) -> Listed[CheckAndAward]:
    """How others found a household's sorting, newest first, and what it earned."""
    query = select(Check).where(Check.county_id == county_id, Check.household_id == household_id)
    found = listed(query, Check, wanted, day=Check.at)
    earned = awards.awards_for(county_id, [check.id for check in found])
    return found.each(lambda check: _with_award(check, earned.get(check.id)))


@dataclass(frozen=True)
class OwnCheck:
    """A check as the person who made it finds it again."""

    check: CheckAndAward
    group: str
    door_number: str
    head: str  # masked

    @property
    def id(self) -> UUID:
        return self.check.id


def checks_by(county_id: int, user_id: UUID, wanted: Wanted) -> Listed[OwnCheck]:
    """What somebody checked, newest first, with the households' doors."""
    query = (
        select(Check, Region.name, Household.door_number, Member.name)
        .join(Household, Household.id == Check.household_id)
        .join(Region, Region.id == Household.group_id)
        .outerjoin(Member, and_(Member.household_id == Household.id, Member.is_head))
        .where(Check.county_id == county_id, Check.checked_by == user_id)
    )
    found = listed(query, Check, wanted, day=Check.at)
    earned = awards.awards_for(county_id, [row[0].id for row in found])
    return found.each(
        lambda row: OwnCheck(
            _with_award(row[0], earned.get(row[0].id)), row[1], row[2], masked_name(row[3] or "")
        )
    )


def _with_award(check: Check, award: Award | None) -> CheckAndAward:
    return CheckAndAward(
        id=check.id,
        household_id=check.household_id,
        setting=check.setting,
        photo_id=check.photo_id,
        at=check.at,
        grade=check.grade,
        kinds=_kinds(check.kinds),
        wrong_kinds=_kinds(check.wrong_kinds),
        state=check.state,
        points=award.points if award is not None else 0,
        message=explanations.sentence(award) if award is not None else _WITHOUT_AWARD[check.state],
    )


def conflicts(
    *,
    county_id: int,
    places: Sequence[UUID],
    is_open: bool,
    wanted: Wanted,
) -> Listed[ConflictRow]:
    """Conflicts in the places, newest first: those to decide, or those decided."""
    chosen = [
        CheckConflict.outcome.is_(None) == is_open,
        CheckConflict.village_id.in_(regions.inside(places)),
    ]
    return _conflict_rows(county_id, chosen, wanted)


def conflict(county_id: int, conflict_id: UUID) -> ConflictRow:
    """One conflict, which exists."""
    return _conflict_rows(county_id, [CheckConflict.id == conflict_id], ONE)[0]


def put_out_days(
    *, county_id: int, household_ids: Sequence[UUID], since: datetime, until: datetime
) -> dict[UUID, int]:
    """On how many days of the period each household put waste out; those without any are left out.

    By the days of China's calendar, and by the checks at the booth and the bin that count.
    """
    found = sorting_seen(county_id=county_id, household_ids=household_ids, since=since, until=until)
    return {id_: each.put_out_days for id_, each in found.items() if each.put_out_days}


def sorting_seen(
    *, county_id: int, household_ids: Sequence[UUID], since: datetime, until: datetime
) -> dict[UUID, SortingSeen]:
    """How each household sorted in the period; those without a check are left out."""
    day = func.date(func.timezone("Asia/Shanghai", Check.at))
    grade = func.strpos("cba", Check.grade) - 1
    rows = db.session.execute(
        select(
            Check.household_id,
            func.count(day.distinct()).filter(Check.is_put_out),
            func.avg(grade).filter(Check.grade.is_not(None)),
        )
        .where(
            Check.county_id == county_id,
            Check.household_id.in_(household_ids),
            Check.at >= since,
            Check.at < until,
            Check.state == CheckState.COUNTED,
        )
        .group_by(Check.household_id)
    )
    return {
        id_: SortingSeen(days, None if mean is None else float(mean)) for id_, days, mean in rows
    }


def last_visits(county_id: int, household_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When a liaison was last at each household's door; those never visited are left out."""
    rows = db.session.execute(
        select(Check.household_id, Check.at)
        .where(
            Check.county_id == county_id,
            Check.household_id.in_(household_ids),
            Check.setting == Setting.DOOR,
            Check.state == CheckState.COUNTED,
        )
        .order_by(Check.household_id, Check.at.desc())
        .ext(distinct_on(Check.household_id))
    )
    return dict(rows.all())


def _conflict_rows(
    county_id: int, chosen: Sequence[ColumnElement[bool]], wanted: Wanted
) -> Listed[ConflictRow]:
    later, first = aliased(Check), aliased(Check)
    query = (
        select(CheckConflict, later, first, Household.door_number, Member.name)
        .join(later, _is(later, CheckConflict.check_id))
        .outerjoin(first, _is(first, CheckConflict.first_check_id))
        .join(Household, Household.id == CheckConflict.household_id)
        .join(Member, (Member.household_id == Household.id) & Member.is_head)
        .where(CheckConflict.county_id == county_id, *chosen)
    )
    rows = listed(query, CheckConflict, wanted)
    earned = awards.awards_for(
        county_id, [check.id for row in rows for check in row[1:3] if check is not None]
    )
    return rows.each(lambda row: _conflict_row(*row, earned=earned))


def _conflict_row(
    found: CheckConflict,
    check: Check,
    other: Check | None,
    door_number: str,
    name: str,
    *,
    earned: dict[UUID, Award],
) -> ConflictRow:
    return ConflictRow(
        id=found.id,
        household_id=found.household_id,
        head=masked_name(name),
        door_number=door_number,
        reason=found.reason,
        found_at=found.found_at,
        check=_judged(check, earned),
        first_check=None if other is None else _judged(other, earned),
        outcome=found.outcome,
        note=found.note,
        resolved_at=found.resolved_at,
    )


def _is(check: Any, id_: Any) -> ColumnElement[bool]:
    return and_(check.county_id == CheckConflict.county_id, check.id == id_)


def _judged(check: Check, earned: dict[UUID, Award]) -> JudgedCheck:
    award = earned.get(check.id)
    return JudgedCheck(
        id=check.id,
        setting=check.setting,
        checked_as=check.checked_as,
        at=check.at,
        received_at=check.received_at,
        phone_time=check.phone_time,
        grade=check.grade,
        kinds=_kinds(check.kinds),
        wrong_kinds=_kinds(check.wrong_kinds),
        photo_id=check.photo_id,
        state=check.state,
        award_id=award.id if award is not None else None,
        points=award.points if award is not None else 0,
    )


def _kinds(words: Sequence[str]) -> list[WasteKind]:
    return [WasteKind(word) for word in words]
