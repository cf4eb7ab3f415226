"""Who owns a merchant and who serves at its shops: roles that are held there."""

from datetime import datetime
from uuid import UUID

from app.register.identity.grants import locked_grant, record_grant, record_revocation
from app.register.identity.models import RoleGrant
from app.register.identity.roles import Role
from app.register.identity.service import enrol_staff
from mall.merchants import queries
from mall.merchants.errors import StaffNotFound


def name_owner(
    *, county_id: int, merchant_id: UUID, phone: str, name: str, by: UUID, at: datetime
) -> RoleGrant:
    """Let whoever proves this phone act for the merchant: its shops, clerks and cash-outs.

    For a merchant that nobody owns yet; a further owner is a proposal.

    Raises:
        MerchantNotFound: there is no such merchant in the county.
    """
    merchant = queries.merchant(county_id, merchant_id)
    return _name(county_id, Role.MERCHANT, merchant.id, phone, name, by, at)


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
    *, county_id: int, shop_id: UUID, phone: str, name: str, by: UUID, at: datetime
) -> RoleGrant:
    """Let whoever proves this phone take points at the shop.

    Raises:
        ShopNotFound: there is no such shop in the county.
    """
    shop = queries.shop(county_id, shop_id)
    return _name(county_id, Role.CLERK, shop.id, phone, name, by, at)


def dismiss_clerk(*, county_id: int, shop_id: UUID, user_id: UUID, by: UUID, at: datetime) -> None:
    """End a clerk's right to take points at the shop, from their next request on.

    Raises:
        StaffNotFound: they do not serve there.
    """
    grant = locked_grant(user_id=user_id, role=Role.CLERK, place_id=shop_id)
    if grant is None:
        raise StaffNotFound()
    record_revocation(grant, county_id=county_id, actor_id=by, at=at)


def _name(
    county_id: int, role: Role, place_id: UUID, phone: str, name: str, by: UUID, at: datetime
) -> RoleGrant:
    user = enrol_staff(county_id=county_id, phone=phone, name=name, actor_id=by, at=at)
    return record_grant(
        county_id=county_id, user_id=user.id, role=role, place_id=place_id, actor_id=by, at=at
    )
