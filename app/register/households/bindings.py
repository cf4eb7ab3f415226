"""Who acts for a household, on which phones."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from app.kernel import audit
from app.kernel.db import db
from app.register.households.models import Binding, BindingMethod, Household, Member


@dataclass(frozen=True)
class BoundPhone:
    """A phone that acts for the household, as the household reads it."""

    id: UUID
    user_id: UUID
    member_name: str
    is_head: bool
    method: BindingMethod
    bound_at: datetime


def bound(household_ids: Collection[UUID]) -> set[UUID]:
    """Which of the households somebody acts for on a phone."""
    rows = select(Binding.household_id).where(
        Binding.household_id.in_(household_ids), Binding.ended_at.is_(None)
    )
    return set(db.session.scalars(rows))


def of_household(household_id: UUID) -> Sequence[BoundPhone]:
    """Every phone that acts for the household, the oldest first, in one query."""
    rows = db.session.execute(
        select(
            Binding.id,
            Binding.user_id,
            Member.name.label("member_name"),
            Member.is_head,
            Binding.method,
            Binding.bound_at,
        )
        .join(Member, Member.id == Binding.member_id)
        .where(Binding.household_id == household_id, Binding.ended_at.is_(None))
        .order_by(Binding.bound_at, Binding.id)
    )
    return [BoundPhone(**row) for row in rows.mappings()]


def liaison_users(household_id: UUID) -> set[UUID]:
    """On which phones the household's liaison acts; none where it has none, or they no phone."""
    rows = (
        select(Binding.user_id)
        .join(Household, Household.liaison_id == Binding.member_id)
        .where(Household.id == household_id, Binding.ended_at.is_(None))
    )
    return set(db.session.scalars(rows))


def named_liaison(
    user_id: UUID, county_id: int, household_id: UUID, *, since: datetime
) -> set[UUID]:
    """Who has lately named the household's liaison, or bound this phone as theirs."""
    bound = db.session.scalars(
        select(Binding.verified_by).where(
            Binding.user_id == user_id, Binding.ended_at.is_(None), Binding.bound_at >= since
        )
    )
    named = audit.doers(
        "households.name_liaison",
        county_id=county_id,
        household_id=household_id,
        since=since,
    )
    return named | {one for one in bound if one is not None}


def is_bound_by_others(binding: Binding) -> bool:
    """Whether another phone acts for the household of this one's binding."""
    another = exists().where(
        Binding.household_id == binding.household_id,
        Binding.ended_at.is_(None),
        Binding.id != binding.id,
    )
    return bool(db.session.scalar(select(another)))
