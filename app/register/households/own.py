"""Which households are a user's own."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    exists,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.register.households.models import Binding, HouseholdRelation, Member
from app.register.identity.models import User


def own_households(user_ids: Collection[UUID]) -> frozenset[UUID]:
    """The households that are the users' own: bound to now or ever, or theirs by the roster."""
    if not user_ids:
        return frozenset()
    return frozenset(db.session.scalars(own_of(user_ids)))


def own_of(
    user_ids: Collection[UUID | BindParameter[UUID]] | Select[UUID],
) -> CompoundSelect[UUID]:
    """Bound now or ever, or with a member who is the same person or has the same phone.

    By any phone of theirs: who is known on two is of the households of both.
    """
    other = aliased(User)
    the_same_person = other.person_id == User.person_id
    by_person = User.person_id == Member.person_id
    by_phone = and_(User.phone_index == Member.phone_index, User.county_id == Member.county_id)
    return union(
        select(Binding.household_id.label("id")).where(Binding.user_id.in_(user_ids)),
        select(Member.household_id).join(User, by_person).where(User.id.in_(user_ids)),
        select(Member.household_id).join(User, by_phone).where(User.id.in_(user_ids)),
        select(Binding.household_id)
        .join(User, User.id == Binding.user_id)
        .join(other, the_same_person)
        .where(other.id.in_(user_ids)),
        select(Member.household_id)
        .join(User, by_phone)
        .join(other, the_same_person)
        .where(other.id.in_(user_ids)),
    )


def is_related_to(
    household_id: UUID | BindParameter[UUID],
    user_id: UUID | BindParameter[UUID],
    at: datetime | BindParameter[datetime],
) -> ColumnElement[bool]:
    """A condition: the household is related to one of the user's own, or was within a year."""
    own = own_of([user_id]).subquery()
    one, other = HouseholdRelation.household_id, HouseholdRelation.other_id
    its_own = select(own.c.id)
    return exists().where(
        or_(
            (one == household_id) & other.in_(its_own),
            (other == household_id) & one.in_(its_own),
        ),
        HouseholdRelation.counts(at),
    )
