"""Writing grants of roles and their ends. Any change ends the tokens of the user at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.register.identity import service
from app.register.identity.apart import check_apart
from app.register.identity.caller import Caller
from app.register.identity.errors import (
    GrantNotAllowed,
    GrantNotFound,
    RoleFollowsFromFacts,
    RoleNeedsAnotherPlace,
    UserNotFound,
)
from app.register.identity.granting import giving, kinds_for
from app.register.identity.models import RoleGrant, User
from app.register.identity.roles import BY_FACT, IN_AN_AREA, Grant, Role
from app.register.regions import queries as regions
from app.register.regions.errors import RegionNotFound


def check_place(county_id: int, role: Role, place_id: UUID) -> None:
    """Refuse a role that cannot be granted, or not at this place.

    Raises:
        RoleFollowsFromFacts: nobody can grant it.
        RoleNeedsAnotherPlace: the role is not held at this kind of region.
        RegionNotFound: not in this county.
    """
    if role in BY_FACT:
        raise RoleFollowsFromFacts()
    region = regions.region(county_id, place_id)
    if region is None:
        raise RegionNotFound()
    if role not in IN_AN_AREA or region.kind not in kinds_for(role):
        raise RoleNeedsAnotherPlace()


def check_right(by: Caller, role: Role, place_id: UUID) -> None:
    """Refuse a caller whose roles do not reach this role or this place. Raises GrantNotAllowed."""
    if not regions.is_inside(place_id, by.places(*giving(role))):
        raise GrantNotAllowed()


def record_grant(
    *,
    county_id: int,
    user_id: UUID,
    role: Role,
    place_id: UUID,
    actor_id: UUID | None,
    at: datetime,
) -> RoleGrant:
    """Write a grant that others have judged: two people, or a shop that names its clerk.

    No endpoint and no command comes here straight for a role in an area: ``app.agreements.grants``
    stands before it.

    Raises:
        UserNotFound: no such user in this county.
        NotApart: the same person holds a role that must not meet this one.
    """
    user = service.lock_user(user_id)
    if user.county_id != county_id:
        raise UserNotFound()
    grant = db.session.scalar(
        select(RoleGrant).where(
            RoleGrant.user_id == user_id,
            RoleGrant.role == role,
            RoleGrant.place_id == place_id,
            RoleGrant.revoked_at.is_(None),
        )
    )
    if grant is not None:
        return grant
    check_apart(user, Grant(role, place_id))
    grant = RoleGrant(
        id=uuid7(at),
        user_id=user_id,
        role=role,
        place_id=place_id,
        granted_by=actor_id,
        granted_at=at,
    )
    db.session.add(grant)
    db.session.flush()  # read back by queries of this transaction
    _changed("identity.grant_role", grant, county_id=county_id, actor_id=actor_id, at=at)
    return grant


def locked_grant(*, user_id: UUID, role: Role, place_id: UUID) -> RoleGrant | None:
    """The grant in force, if there is one, locked: of two who end it, the second finds none."""
    return db.session.scalar(
        locked(
            select(RoleGrant).where(
                RoleGrant.user_id == user_id,
                RoleGrant.role == role,
                RoleGrant.place_id == place_id,
                RoleGrant.revoked_at.is_(None),
            )
        )
    )


def locked_grant_of(*, county_id: int, grant_id: UUID) -> RoleGrant:
    """A grant in force at a region of the county, locked: of two who end it, one finds none.

    Raises:
        GrantNotFound: there is none.
    """
    grant = db.session.scalar(
        locked(
            select(RoleGrant)
            .join(User, User.id == RoleGrant.user_id)
            .where(
                RoleGrant.id == grant_id,
                RoleGrant.revoked_at.is_(None),
                User.county_id == county_id,
            )
        )
    )
    if grant is None or regions.region(county_id, grant.place_id) is None:
        raise GrantNotFound()
    return grant


def record_revocation(
    grant: RoleGrant, *, county_id: int, actor_id: UUID | None, at: datetime
) -> None:
    """End a grant, locked by the caller, who has judged the right to do so."""
    grant.revoked_at = at
    _changed("identity.revoke_role", grant, county_id=county_id, actor_id=actor_id, at=at)


def _changed(
    action: str, grant: RoleGrant, *, county_id: int, actor_id: UUID | None, at: datetime
) -> None:
    service.revoke_tokens(user_id=grant.user_id)
    audit.record(
        action,
        county_id=county_id,
        actor_id=actor_id,
        subject=("user", grant.user_id),
        at=at,
        role=str(grant.role),
        place_id=str(grant.place_id),
    )
