"""A liaison's households, and whom to visit."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.awards import queries as awards
from app.awards import why
from app.households.models import Household, Member
from app.inspections.models import Check, Grade, WasteKind
from app.kernel import clock
from app.kernel.db import db
from app.kernel.secrets import masked_name


@dataclass(frozen=True)
class CheckAndAward:
    """A check with what it earned the household that was checked."""

    id: UUID
    household_id: UUID
    photo_id: UUID
    at: datetime
    grade: Grade
    wrong_kinds: list[WasteKind]
    points: int
    message: str


@dataclass(frozen=True)
class AssignedHousehold:
    """A household as its liaison sees it in the list."""

    id: UUID
    head: str  # masked
    door_number: str
    last_check_at: datetime | None
    is_checked_this_month: bool


def with_award(check: Check) -> CheckAndAward:
    """A check with what it earned."""
    award = awards.awards_for(check.county_id, [check.id])[check.id]
    return CheckAndAward(
        id=check.id,
        household_id=check.household_id,
        photo_id=check.photo_id,
        at=check.at,
        grade=check.grade,
        wrong_kinds=[WasteKind(kind) for kind in check.wrong_kinds],
        points=award.points,
        message=why.sentence(award),
    )


def assigned_households(
    *,
    county_id: int,
    member_id: UUID,
    household_id: UUID,
    at: datetime,
    before: UUID | None,
    limit: int,
) -> list[AssignedHousehold]:
    """The households of a liaison but their own, a page at a time, newest on the roster first.

    A check by anybody counts as a visit, not only one by this liaison.
    """
    last_check_at = (
        select(func.max(Check.at))
        .where(Check.county_id == county_id, Check.household_id == Household.id)
        .scalar_subquery()
    )
    query = (
        select(Household.id, Member.name, Household.door_number, last_check_at)
        .join(Member, (Member.household_id == Household.id) & Member.is_head)
        .where(
            Household.county_id == county_id,
            Household.liaison_id == member_id,
            Household.id != household_id,
        )
    )
    if before is not None:
        query = query.where(Household.id < before)
    month_start = clock.day_start(clock.day_of(at).replace(day=1))
    return [
        AssignedHousehold(
            id=id_,
            head=masked_name(name),
            door_number=door_number,
            last_check_at=last,
            is_checked_this_month=last is not None and last >= month_start,
        )
        for id_, name, door_number, last in db.session.execute(
            query.order_by(Household.id.desc()).limit(limit)
        )
    ]
