"""Granting and revoking roles. Any change ends the tokens of the user at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.register.identity import service
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
from app.register.identity.roles import BY_FACT, IN_AN_AREA, Role
from app.register.regions import queries as regions
from app.register.regions.errors import RegionNotFound


def grant_role(
    *, county_id: int, user_id: UUID, role: Role, place_id: UUID, by: Caller | None, at: datetime
) -> RoleGrant:
    """Give a user a role in a region. ``by`` is the giver; None is the command line.

    A grant that is in force already is returned as it is, and changes nothing.

    Raises:
        RoleFollowsFromFacts: nobody can grant it.
        RoleNeedsAnotherPlace: the role is not held at this kind of region.
        RegionNotFound, UserNotFound: not in this county.
        GrantNotAllowed: the giver's roles do not reach so far.
    """
    if role in BY_FACT:
        raise RoleFollowsFromFacts()
    region = regions.region(county_id, place_id)
    if region is None:
        raise RegionNotFound()
    if role not in IN_AN_AREA or region.kind not in kinds_for(role):
        raise RoleNeedsAnotherPlace()
    _check_right(by, role, place_id)
    return record_grant(
        county_id=county_id,
        user_id=user_id,
        role=role,
        place_id=place_id,
        actor_id=by.user_id if by else None,
        at=at,
    )


def revoke_role(*, county_id: int, grant_id: UUID, by: Caller | None, at: datetime) -> None:
    """Take a role in a region back. ``by`` needs the same right as for granting it.

    Raises:
        GrantNotFound: no such grant in force at a region of this county.
        GrantNotAllowed: the roles of ``by`` do not reach so far.
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
    _check_right(by, grant.role, grant.place_id)
    record_revocation(grant, county_id=county_id, actor_id=by.user_id if by else None, at=at)


def record_grant(
    *,
    county_id: int,
    user_id: UUID,
    role: Role,
    place_id: UUID,
    actor_id: UUID | None,
    at: datetime,
) -> RoleGrant:
    """Write a grant whose rightness the caller has judged: say, a shop that names its clerk.

    Raises:
        UserNotFound: no such user in this county.
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


def _check_right(by: Caller | None, role: Role, place_id: UUID) -> None:
    if by is not None and not regions.is_inside(place_id, by.places(*giving(role))):
        raise GrantNotAllowed()
