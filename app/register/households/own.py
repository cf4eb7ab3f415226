"""Which households are a user's own."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, and_, select, union

from app.kernel.db import db
from app.register.households.models import Binding, Member
from app.register.identity.models import User


def own_households(user_ids: Collection[UUID]) -> frozenset[UUID]:
    """The households that are the users' own: bound to now or ever, or theirs by the roster."""
    if not user_ids:
        return frozenset()
    return frozenset(db.session.scalars(own_of(user_ids)))


def own_of(user_ids: Collection[UUID] | Select[UUID]) -> CompoundSelect[UUID]:
    """Bound now or ever, or with a member who is the same person or has the same phone."""
    by_person = User.person_id == Member.person_id
    by_phone = and_(User.phone_index == Member.phone_index, User.county_id == Member.county_id)
    return union(
        select(Binding.household_id.label("id")).where(Binding.user_id.in_(user_ids)),
        select(Member.household_id).join(User, by_person).where(User.id.in_(user_ids)),
        select(Member.household_id).join(User, by_phone).where(User.id.in_(user_ids)),
    )
