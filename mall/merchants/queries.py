"""Which merchants and shops there are, and who may act for which."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, or_, select

from app.agreements.proposals.queries import pending
from app.kernel.db import db, locked
from app.kernel.lists import Listed, Wanted, listed
from app.register.identity.models import RoleGrant
from app.register.identity.roles import Role
from app.register.regions.queries import inside
from mall.merchants.errors import MerchantNotFound, ShopNotFound, ShopNotNamed
from mall.merchants.models import Merchant, Shop

PAYEE_CHANGE = "payee_change"  # the kind of proposal


def merchant(county_id: int, merchant_id: UUID) -> Merchant:
    """The merchant. Raises MerchantNotFound, also for one of another county."""
    found = db.session.get(Merchant, merchant_id)
    if found is None or found.county_id != county_id:
        raise MerchantNotFound()
    return found


def locked_merchant(county_id: int, merchant_id: UUID) -> Merchant:
    """The merchant, locked until commit. Raises MerchantNotFound."""
    found = db.session.scalar(
        locked(select(Merchant).where(Merchant.county_id == county_id, Merchant.id == merchant_id))
    )
    if found is None:
        raise MerchantNotFound()
    return found


_SHOP = select(Shop).where(Shop.county_id == bindparam("county"), Shop.id == bindparam("shop"))


def shop(county_id: int, shop_id: UUID) -> Shop:
    """The shop. Raises ShopNotFound, also for one of another county."""
    found = db.session.scalar(_SHOP, {"county": county_id, "shop": shop_id})
    if found is None:
        raise ShopNotFound()
    return found


def locked_shop(county_id: int, shop_id: UUID) -> Shop:
    """The shop, locked until commit. Raises ShopNotFound.

    Rows that refer to the shop can be written meanwhile: only who locks it too takes turns.
    """
    query = locked(select(Shop).where(Shop.county_id == county_id, Shop.id == shop_id))
    found = db.session.scalar(query.with_for_update(key_share=True))
    if found is None:
        raise ShopNotFound()
    return found


def merchants(county_id: int, wanted: Wanted) -> Listed[Merchant]:
    """The merchants of the county, newest first."""
    return listed(select(Merchant).where(Merchant.county_id == county_id), Merchant, wanted)


def merchants_of(
    county_id: int, merchant_ids: Collection[UUID], wanted: Wanted
) -> Listed[Merchant]:
    """These merchants, newest first."""
    query = select(Merchant).where(Merchant.county_id == county_id, Merchant.id.in_(merchant_ids))
    return listed(query, Merchant, wanted)


def seen_shop(
    county_id: int,
    shop_id: UUID,
    *,
    merchant_ids: Collection[UUID],
    region_ids: Collection[UUID],
) -> Shop:
    """A shop of the merchants or in the regions. Raises ShopNotFound for any other."""
    found = db.session.scalar(
        select(Shop).where(
            Shop.county_id == county_id,
            Shop.id == shop_id,
            or_(Shop.merchant_id.in_(merchant_ids), Shop.village_id.in_(inside(region_ids))),
        )
    )
    if found is None:
        raise ShopNotFound()
    return found


def is_inside(shop_id: UUID, region_ids: Collection[UUID]) -> bool:
    """Whether the shop lies in one of the regions."""
    query = select(Shop.id).where(Shop.id == shop_id, Shop.village_id.in_(inside(region_ids)))
    return db.session.scalar(query) is not None


def interested_in(which: ColumnElement[bool], *, since: datetime) -> list[UUID]:
    """The users who own the merchants that are meant, or serve at the shops; or did ``since``.

    ``which`` asks about ``Merchant`` or ``Shop``.
    """
    return list(db.session.scalars(interested(which, since=since)))


def owners(merchant_id: UUID) -> list[UUID]:
    """The users who own the merchant now."""
    query = select(RoleGrant.user_id).where(
        RoleGrant.role == Role.MERCHANT,
        RoleGrant.place_id == merchant_id,
        RoleGrant.revoked_at.is_(None),
    )
    return list(db.session.scalars(query.distinct()))


def interested(
    which: ColumnElement[bool], *, since: datetime | BindParameter[datetime]
) -> Select[UUID]:
    """``interested_in`` as a query, for one that asks more."""
    owns = and_(RoleGrant.role == Role.MERCHANT, RoleGrant.place_id == Merchant.id)
    serves = and_(RoleGrant.role == Role.CLERK, RoleGrant.place_id == Shop.id)
    query = (
        select(RoleGrant.user_id)
        .select_from(Merchant)
        .outerjoin(Shop, Shop.merchant_id == Merchant.id)
        .join(RoleGrant, or_(owns, serves))
        .where(which, or_(RoleGrant.revoked_at.is_(None), RoleGrant.revoked_at > since))
    )
    return query.distinct()


def is_payee_in_question(merchant: Merchant) -> bool:
    """Whether another account is proposed, or agreed to and not yet in force."""
    return bool(pending(merchant.county_id, PAYEE_CHANGE, [merchant.id]))


_SERVED_SHOPS = (
    select(Shop)
    .where(
        Shop.county_id == bindparam("county"),
        or_(
            Shop.id.in_(bindparam("shops", expanding=True)),
            Shop.merchant_id.in_(bindparam("merchants", expanding=True)),
        ),
    )
    .order_by(Shop.id)
)


def served_shops(
    county_id: int, *, shop_ids: Collection[UUID], merchant_ids: Collection[UUID]
) -> list[Shop]:
    """The shops among ``shop_ids`` and those of the merchants, oldest first."""
    asked = {"county": county_id, "shops": list(shop_ids), "merchants": list(merchant_ids)}
    return list(db.session.scalars(_SERVED_SHOPS, asked))


def served_shop(
    county_id: int,
    *,
    shop_id: UUID | None,
    shop_ids: Collection[UUID],
    merchant_ids: Collection[UUID],
) -> Shop:
    """The shop somebody names among those they serve, or the only one they serve.

    Raises:
        ShopNotFound: they do not serve the shop they name, or serve none at all.
        ShopNotNamed: they serve several and name none.
    """
    served = served_shops(county_id, shop_ids=shop_ids, merchant_ids=merchant_ids)
    if shop_id is not None:
        served = [shop for shop in served if shop.id == shop_id]
    if not served:
        raise ShopNotFound()
    if len(served) > 1:
        raise ShopNotNamed()
    return served[0]
