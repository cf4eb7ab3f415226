"""Which two roles are never one person's: the whole rule, as one table.

Whoever holds both halves of a rule of two people is one person. A role is a person's on whichever
of their phones it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.kernel.db import db
from app.register.identity.errors import NotApart
from app.register.identity.models import RoleGrant, User
from app.register.identity.roles import AT_A_MERCHANT, AT_A_SHOP, IN_AN_AREA, Grant, Role
from app.register.regions import queries as regions

GRANTED = IN_AN_AREA | AT_A_SHOP | AT_A_MERCHANT


class Where(StrEnum):
    """Where two roles must not meet in one person."""

    ANYWHERE = "anywhere"
    SAME_AREA = "same_area"  # where the place of one includes that of the other


_AT_COUNTERS = {Role.MERCHANT, Role.CLERK, Role.RECYCLER_AGENT}
_AT_DOORS = {Role.BOOTH_KEEPER, Role.COLLECTOR, Role.REVIEWER, Role.INSPECTOR}
_ROWS = (
    (Role.AUDITOR, GRANTED, Where.ANYWHERE),
    (Role.BANK, GRANTED, Where.ANYWHERE),
    (
        Role.FINANCE,
        {
            *_AT_COUNTERS,
            Role.COUNTY_ADMIN,
            Role.TOWN_ADMIN,
            Role.VILLAGE_ADMIN,
            Role.OPERATOR,
            Role.BOOTH_KEEPER,
            Role.REVIEWER,
        },
        Where.ANYWHERE,
    ),
    (
        Role.COUNTY_ADMIN,
        {*_AT_COUNTERS, Role.REVIEWER, Role.INSPECTOR, Role.OPERATOR},
        Where.ANYWHERE,
    ),
    # 三员分立: who runs it, who lets people in, who supervises (the auditor is above), and money.
    (Role.SECURITY_ADMIN, {Role.OPERATOR, Role.FINANCE, Role.COUNTY_ADMIN}, Where.ANYWHERE),
    (Role.TOWN_ADMIN, _AT_COUNTERS, Where.ANYWHERE),
    (Role.TOWN_ADMIN, _AT_DOORS, Where.SAME_AREA),
    (Role.VILLAGE_ADMIN, _AT_COUNTERS, Where.ANYWHERE),
    (Role.VILLAGE_ADMIN, _AT_DOORS, Where.SAME_AREA),
    (Role.RECYCLER_AGENT, {Role.MERCHANT}, Where.ANYWHERE),
    (Role.RECYCLER_AGENT, {Role.BOOTH_KEEPER, Role.COLLECTOR}, Where.SAME_AREA),
)
NEVER_IN_ONE_PERSON: dict[frozenset[Role], Where] = {
    frozenset({one, other}): where for one, others, where in _ROWS for other in others - {one}
}


@dataclass(frozen=True)
class Together:
    """Two grants in force of one person that must not be."""

    county_id: int
    user_id: UUID
    roles: tuple[Role, Role]


def are_apart(one: Grant, other: Grant) -> bool:
    """Whether one person may hold both."""
    where = NEVER_IN_ONE_PERSON.get(frozenset({one.role, other.role}))
    if one.role is other.role or where is None:
        return True
    return where is Where.SAME_AREA and not (
        regions.is_inside(one.place_id, [other.place_id])
        or regions.is_inside(other.place_id, [one.place_id])
    )


def check_apart(user: User, grant: Grant) -> None:
    """Refuse a role that whoever the user is must not hold beside what they hold already.

    Raises:
        NotApart: it makes a forbidden pair.
    """
    for held in _held(_same_person(user)):
        if not are_apart(Grant(held.role, held.place_id), grant):
            raise NotApart(held=str(held.role), role=str(grant.role))


def found_together() -> Iterator[Together]:
    """Every forbidden pair that is in force: from before the rule, or past it."""
    by_person: dict[UUID, list[tuple[User, RoleGrant]]] = {}
    rows = db.session.execute(
        select(User, RoleGrant)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    for user, grant in rows:
        by_person.setdefault(user.person_id or user.id, []).append((user, grant))
    for of_one in by_person.values():
        for index, (user, grant) in enumerate(of_one):
            for _, before in of_one[:index]:
                one, other = Grant(before.role, before.place_id), Grant(grant.role, grant.place_id)
                if not are_apart(one, other):
                    yield Together(user.county_id, user.id, (one.role, other.role))


def _same_person(user: User) -> ColumnElement[bool]:
    return User.id == user.id if user.person_id is None else User.person_id == user.person_id


def _held(of: ColumnElement[bool]) -> list[RoleGrant]:
    return list(
        db.session.scalars(
            select(RoleGrant)
            .join(User, User.id == RoleGrant.user_id)
            .where(of, RoleGrant.revoked_at.is_(None))
            .order_by(RoleGrant.id)
        )
    )
