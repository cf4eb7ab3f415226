"""Questions about users, their tokens and their roles."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, func, or_, select

from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.kernel.secrets import masked_phone, vault
from app.register.identity.models import RoleGrant, User, WechatAccount
from app.register.identity.roles import OFFICES, Grant, Role
from app.register.regions import queries as regions
from app.register.regions.models import County, Region


@dataclass(frozen=True)
class Profile:
    """What a user is told of themselves; ``name`` is that of staff."""

    name: str | None
    county: str


@dataclass(frozen=True)
class GrantRow:
    """A role grant in force, as an administrator reads it."""

    id: UUID
    user_id: UUID
    name: str | None
    phone: str | None  # masked
    role: Role
    place_id: UUID
    place: str
    granted_at: datetime


def holds(user_id: UUID, roles: Iterable[Role]) -> bool:
    """Whether the user holds one of the roles anywhere."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    RoleGrant.user_id == user_id,
                    RoleGrant.role.in_(list(roles)),
                    RoleGrant.revoked_at.is_(None),
                )
            )
        )
    )


def person_holds(user_id: UUID, roles: Iterable[Role]) -> bool:
    """Whether who the user is holds one of the roles anywhere, on this phone or on another."""
    person_id = select(User.person_id).where(User.id == user_id).scalar_subquery()
    phones = select(User.id).where((User.id == user_id) | (User.person_id == person_id))
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    RoleGrant.user_id.in_(phones),
                    RoleGrant.role.in_(list(roles)),
                    RoleGrant.revoked_at.is_(None),
                )
            )
        )
    )


def roles_at(user_id: UUID, at: datetime) -> set[Role]:
    """The roles that the user held anywhere at that moment."""
    rows = db.session.scalars(
        select(RoleGrant.role).where(
            RoleGrant.user_id == user_id,
            RoleGrant.granted_at <= at,
            or_(RoleGrant.revoked_at.is_(None), RoleGrant.revoked_at > at),
        )
    )
    return set(rows)


def grants_ever(user_ids: Collection[UUID]) -> Sequence[RoleGrant]:
    """Every grant that the users have or had, the oldest first."""
    return db.session.scalars(
        select(RoleGrant).where(RoleGrant.user_id.in_(user_ids)).order_by(RoleGrant.granted_at)
    ).all()


_PROFILE = (
    select(User.name, County.name.label("county"))
    .join(County, County.id == User.county_id)
    .where(User.id == bindparam("user_id"))
)


def profile(user_id: UUID) -> Profile:
    row = db.session.execute(_PROFILE, {"user_id": user_id}).one()
    return Profile(name=row.name, county=row.county)


def openid(user_id: UUID, appid: str) -> str | None:
    """The WeChat account of a user that signed in last for the first time."""
    return db.session.scalar(
        select(WechatAccount.openid)
        .where(WechatAccount.user_id == user_id, WechatAccount.appid == appid)
        .order_by(WechatAccount.created_at.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class Holder:
    """Who holds a role or is to, as somebody reads who decides about it."""

    name: str | None
    phone: str | None  # masked
    is_known: bool  # somebody has seen their document


def holder(user_id: UUID) -> Holder:
    user = db.session.get_one(User, user_id)
    phone = user.phone_sealed and vault().unseal(user.phone_sealed, "phone")
    return Holder(
        name=user.name,
        phone=masked_phone(phone) if phone else None,
        is_known=user.person_id is not None,
    )


def grant_in_force(user_id: UUID, grant: Grant) -> UUID | None:
    """The id of the user's grant of this role at this place, while it is in force."""
    return db.session.scalar(
        select(RoleGrant.id).where(
            RoleGrant.user_id == user_id,
            RoleGrant.role == grant.role,
            RoleGrant.place_id == grant.place_id,
            RoleGrant.revoked_at.is_(None),
        )
    )


def grants_of(user_id: UUID) -> tuple[Grant, ...]:
    """What the user holds now."""
    rows = db.session.execute(
        select(RoleGrant.role, RoleGrant.place_id)
        .where(RoleGrant.user_id == user_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    return tuple(Grant(role, place_id) for role, place_id in rows)


def ever_granted(county_id: int, role: Role) -> int:
    """How many grants of the role the county has had, ended ones too."""
    count = db.session.scalar(
        select(func.count())
        .select_from(RoleGrant)
        .join(User, User.id == RoleGrant.user_id)
        .where(User.county_id == county_id, RoleGrant.role == role)
    )
    return count or 0


def unknown_holders(county_id: int) -> dict[UUID, list[Role]]:
    """Users who hold an office though nobody has seen who they are, with their roles."""
    found: dict[UUID, list[Role]] = {}
    rows = db.session.execute(
        select(RoleGrant.user_id, RoleGrant.role)
        .join(User, User.id == RoleGrant.user_id)
        .where(
            User.county_id == county_id,
            User.person_id.is_(None),
            RoleGrant.role.in_(OFFICES),
            RoleGrant.revoked_at.is_(None),
        )
        .order_by(RoleGrant.id)
    )
    for user_id, role in rows:
        found.setdefault(user_id, []).append(role)
    return found


def names(user_ids: Collection[UUID]) -> dict[UUID, str | None]:
    """What the users are called, of staff."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}


def users_with_phones(county_id: int, indexes: Iterable[bytes]) -> dict[bytes, UUID]:
    """Who proved, or was entered with, each of these phones, by the phone's blind index."""
    rows = db.session.execute(
        select(User.phone_index, User.id).where(
            User.county_id == county_id, User.phone_index.in_(indexes)
        )
    )
    return {index: user_id for index, user_id in rows if index is not None}


def user_by_phone(county_id: int, phone: str) -> User | None:
    return db.session.scalar(
        select(User).where(
            User.county_id == county_id, User.phone_index == vault().index(phone, "phone")
        )
    )


def holders(county_id: int, role: Role) -> list[tuple[UUID, UUID]]:
    """User and place of everybody in the county who holds the role, the oldest grant first."""
    rows = db.session.execute(
        select(RoleGrant.user_id, RoleGrant.place_id)
        .join(User, User.id == RoleGrant.user_id)
        .where(
            User.county_id == county_id,
            User.is_blocked.is_(False),
            RoleGrant.role == role,
            RoleGrant.revoked_at.is_(None),
        )
        .order_by(RoleGrant.id)
    )
    return [(user_id, place_id) for user_id, place_id in rows]


def grants_inside(
    place_ids: Iterable[UUID],
    wanted: Wanted,
    *,
    region_id: UUID | None = None,
    name: str | None = None,
) -> Listed[GrantRow]:
    """The grants in force in the places, newest first.

    ``region_id`` narrows to what is in this region; ``name`` to people whose name has it.
    """
    query = (
        select(RoleGrant, User, Region.name.label("place"))
        .join(User, User.id == RoleGrant.user_id)
        .join(Region, Region.id == RoleGrant.place_id)
        .where(RoleGrant.revoked_at.is_(None), Region.id.in_(regions.inside(place_ids)))
    )
    if region_id is not None:
        query = query.where(Region.id.in_(regions.inside([region_id])))
    if name is not None:
        query = query.where(User.name.contains(name, autoescape=True))
    return listed(query, RoleGrant, wanted).each(lambda row: _shown(*row))


def _shown(grant: RoleGrant, user: User, place: str) -> GrantRow:
    phone = user.phone_sealed and vault().unseal(user.phone_sealed, "phone")
    return GrantRow(
        id=grant.id,
        user_id=user.id,
        name=user.name,
        phone=masked_phone(phone) if phone else None,
        role=grant.role,
        place_id=grant.place_id,
        place=place,
        granted_at=grant.granted_at,
    )


def offices_of(user_id: UUID) -> Sequence[RoleGrant]:
    """The grants in force of a user in areas, the oldest first."""
    return db.session.scalars(
        select(RoleGrant)
        .where(
            RoleGrant.user_id == user_id,
            RoleGrant.revoked_at.is_(None),
            RoleGrant.role.in_(list(OFFICES)),
        )
        .order_by(RoleGrant.id)
    ).all()
