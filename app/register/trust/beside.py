"""Whether somebody stands beside the makers of a thing, and apart from whom it concerns.

Every rule of two people asks here, and nothing else does. What a rule compares beyond that (the
roles of the two) has its place here as well.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, or_, select

from app.kernel.db import db
from app.kernel.decisions import SamePerson
from app.register.households.models import HouseholdRelation
from app.register.households.own import own_households
from app.register.identity import queries
from app.register.identity.errors import PersonUnknown
from app.register.identity.models import RoleGrant, User
from app.register.identity.roles import DECIDES, OFFICES
from app.register.regions.models import County
from app.register.trust.errors import Interested, Related, SameHousehold, TooFresh
from app.register.trust.settings import settings_of


@dataclass(frozen=True)
class Concerned:
    """Whom a decision concerns besides its maker.

    ``users`` have an interest in it: they serve at the shop, own it, weighed what is judged. The
    caller names them, for it knows of what stands above the register. ``about``: users whom the
    thing itself is about, say, who get a role.
    """

    households: Collection[UUID] = ()
    users: Collection[UUID] = ()
    about: Collection[UUID] = ()


NOBODY = Concerned()


def beside(
    makers: Collection[UUID], checker: UUID, *, concerned: Concerned = NOBODY, at: datetime
) -> None:
    """Refuse the user ``checker`` as the second person after the users ``makers``.

    Without makers: whether the first person is apart from whom the thing concerns.

    Raises:
        PersonUnknown: they hold an office, and nobody has seen who they are.
        SamePerson: they made it or it is about them, on this phone or on another.
        Interested: they have an interest in it, on this phone or on another.
        SameHousehold: their household is that of a maker or one that it concerns.
        Related: their household is related to such a one, or was within a year.
        TooFresh: they have held an office that decides for too few days.
    """
    makers_and_about = [*makers, *concerned.about]
    person = _persons([checker, *makers_and_about, *concerned.users])
    if makers and person[checker] == checker and queries.holds(checker, OFFICES):
        raise PersonUnknown()
    if person[checker] in {person[user] for user in makers_and_about}:
        raise SamePerson()
    if person[checker] in {person[user] for user in concerned.users}:
        raise Interested()
    own = own_households([checker])
    others = own_households(makers_and_about) | set(concerned.households)
    if own & others:
        raise SameHousehold()
    if own and others and _are_related(own, others, at):
        raise Related()
    if makers and _is_fresh(checker, at):
        raise TooFresh()


def phones_of(user_id: UUID) -> set[UUID]:
    """The user, and every other user who is the same person."""
    person_id = select(User.person_id).where(User.id == user_id).scalar_subquery()
    return {user_id, *db.session.scalars(select(User.id).where(User.person_id == person_id))}


def _persons(user_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Who each user is: a person, or just this user while nobody knows."""
    rows = db.session.execute(select(User.id, User.person_id).where(User.id.in_(user_ids)))
    return {user_id: user_id for user_id in user_ids} | {
        user_id: person_id for user_id, person_id in rows if person_id is not None
    }


def _are_related(ones: Collection[UUID], others: Collection[UUID], at: datetime) -> bool:
    one, other = HouseholdRelation.household_id, HouseholdRelation.other_id
    found = exists().where(
        or_(one.in_(ones) & other.in_(others), one.in_(others) & other.in_(ones)),
        HouseholdRelation.counts(at),
    )
    return bool(db.session.scalar(select(found)))


def _is_fresh(user_id: UUID, at: datetime) -> bool:
    """Whether one of the user's offices that decide is new to them.

    A further place of an office that they have held long enough is not new. In a county that
    begins everybody is: who is granted a role in its first days is not fresh.
    """
    rows = db.session.execute(
        select(County.id, County.created_at, func.min(RoleGrant.granted_at))
        .join(User, User.county_id == County.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            User.id == user_id,
            RoleGrant.role.in_(DECIDES),
            RoleGrant.revoked_at.is_(None),
        )
        .group_by(County.id, RoleGrant.role)
    ).all()
    if not rows:
        return False
    age = timedelta(days=settings_of(rows[0].id).grant_age_days)
    return any(at < since + age and since >= begun + age for _, begun, since in rows)
