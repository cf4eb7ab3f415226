"""Who owns a merchant and who serves at its shops: roles that are held there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.agreements.grants import persons
from app.kernel.db import db
from app.kernel.secrets import masked_phone, vault
from app.register.identity.grants import locked_grant, record_grant, record_revocation
from app.register.identity.models import RoleGrant, User
from app.register.identity.roles import Role
from app.register.identity.service import enrol_staff
from mall.merchants import queries
from mall.merchants.errors import StaffNotFound


@dataclass(frozen=True)
class _Named:
    """Who is to serve, by the phone that they prove and the document that was seen."""

    phone: str
    name: str
    id_number: str


def name_owner(
    *,
    county_id: int,
    merchant_id: UUID,
    phone: str,
    name: str,
    id_number: str,
    by: UUID,
    at: datetime,
) -> RoleGrant:
    """Let whoever proves this phone act for the merchant: its shops, clerks and cash-outs.

    For a merchant that nobody owns yet; a further owner is a proposal.

    Raises:
        MerchantNotFound: there is no such merchant in the county.
        BadIdNumber, AnotherPerson: it is no ID number, or the phone is somebody else's.
        NotApart: the same person holds a role that must not meet it.
    """
    merchant = queries.merchant(county_id, merchant_id)
    named = _Named(phone, name, id_number)
    return _name(county_id, Role.MERCHANT, merchant.id, named, by, at)


def add_owner(
    *, county_id: int, merchant_id: UUID, user_id: UUID, by: UUID, at: datetime
) -> RoleGrant:
    """Let the user own the merchant too, as its owner or two administrators agreed.

    Raises:
        MerchantNotFound: there is no such merchant in the county.
        NotApart: the same person holds a role that must not meet it.
    """
    merchant = queries.merchant(county_id, merchant_id)
    return record_grant(
        county_id=county_id,
        user_id=user_id,
        role=Role.MERCHANT,
        place_id=merchant.id,
        actor_id=by,
        at=at,
    )


def name_clerk(
    *, county_id: int, shop_id: UUID, phone: str, name: str, id_number: str, by: UUID, at: datetime
) -> RoleGrant:
    """Let whoever proves this phone take points at the shop, as the person of this ID number.

    Without that, who serves their own household from a second phone would be two.

    Raises:
        ShopNotFound: there is no such shop in the county.
        BadIdNumber, AnotherPerson, NotApart: as for ``name_owner``.
    """
    shop = queries.shop(county_id, shop_id)
    named = _Named(phone, name, id_number)
    return _name(county_id, Role.CLERK, shop.id, named, by, at)


def dismiss_clerk(*, county_id: int, shop_id: UUID, user_id: UUID, by: UUID, at: datetime) -> None:
    """End a clerk's right to take points at the shop, from their next request on.

    Raises:
        StaffNotFound: they do not serve there.
    """
    grant = locked_grant(user_id=user_id, role=Role.CLERK, place_id=shop_id)
    if grant is None:
        raise StaffNotFound()
    record_revocation(grant, county_id=county_id, actor_id=by, at=at)


@dataclass(frozen=True)
class Clerk:
    """Somebody who takes points at a shop, as its owner reads it."""

    user_id: UUID
    name: str | None
    phone: str | None  # masked
    granted_at: datetime


def clerks_of(shop_id: UUID) -> list[Clerk]:
    """Who serves at the shop now, the oldest first."""
    rows = db.session.execute(
        select(User.id, User.name, User.phone_sealed, RoleGrant.granted_at)
        .join(User, User.id == RoleGrant.user_id)
        .where(
            RoleGrant.role == Role.CLERK,
            RoleGrant.place_id == shop_id,
            RoleGrant.revoked_at.is_(None),
        )
        .order_by(RoleGrant.id)
    )
    return [
        Clerk(id_, name, masked_phone(vault().unseal(sealed, "phone")) if sealed else None, at)
        for id_, name, sealed, at in rows
    ]


def _name(
    county_id: int, role: Role, place_id: UUID, named: _Named, by: UUID, at: datetime
) -> RoleGrant:
    user = enrol_staff(county_id=county_id, phone=named.phone, name=named.name, actor_id=by, at=at)
    persons.identify(user_id=user.id, id_number=named.id_number, by=by, at=at)
    return record_grant(
        county_id=county_id, user_id=user.id, role=role, place_id=place_id, actor_id=by, at=at
    )
