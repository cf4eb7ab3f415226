"""What a resident finds in the catalogue: only what they could buy at this moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.kernel.db import db
from app.register.households.models import Household
from app.register.regions.models import Region
from mall.catalogue.errors import OfferNotFound
from mall.catalogue.models import Category, Goods, GoodsPhoto, GoodsState, LimitPeriod, Offer
from mall.catalogue.queries import matching
from mall.merchants.models import Merchant, MerchantState, Shop, ShopKind


class Sort(StrEnum):
    NEWEST = "newest"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    POPULAR = "popular"  # by pieces that were handed over


@dataclass(frozen=True)
class Wish:
    """What somebody looks for; what is left out does not matter."""

    words: str = ""
    category_id: UUID | None = None
    points_min: int | None = None
    points_max: int | None = None
    in_stock: bool = False
    shop_id: UUID | None = None
    village_id: UUID | None = None  # its shops, and malls, which deliver there


@dataclass(frozen=True)
class Found:
    """An offer as residents see it."""

    id: UUID
    goods_id: UUID
    category_id: UUID
    name: str
    description: str
    unit: str
    market_price_fen: int
    settlement_price_fen: int
    points_price: int
    limit_count: int | None
    limit_period: LimitPeriod | None
    stock: int
    sold: int
    on_sale_until: datetime | None
    shop_id: UUID
    shop: str
    shop_kind: ShopKind
    photo_id: UUID | None  # the first of its photos


def search(
    county_id: int,
    wish: Wish,
    *,
    household_id: UUID | None,
    sort: Sort,
    after: tuple[int | float, UUID] | None,
    limit: int,
    at: datetime,
) -> list[Found]:
    """A page of offers that fit the wish and that the household may buy now; in one query.

    Somebody without a household finds what everybody may buy. ``after`` is the ``place`` of the
    last one seen. A list whose prices or sales change between two pages may skip or repeat one.
    """
    columns, is_rising = _ORDERS[sort]
    query = _buyable(county_id, household_id, at).where(*_fits(wish))
    if after is not None:
        here, there = tuple_(*columns), after[-len(columns) :]
        query = query.where(here > there if is_rising else here < there)
    order = columns if is_rising else [column.desc() for column in columns]
    return [Found(*row) for row in db.session.execute(query.order_by(*order).limit(limit))]


def place(found: Found, sort: Sort) -> tuple[int, UUID]:
    """Where an offer stands in the list, for the next page."""
    if sort is Sort.POPULAR:
        return found.sold, found.id
    if sort is Sort.NEWEST:
        return 0, found.id
    return found.points_price, found.id


def offer(county_id: int, offer_id: UUID, *, household_id: UUID | None, at: datetime) -> Found:
    """One offer that the household may buy now. Raises OfferNotFound for any other."""
    query = _buyable(county_id, household_id, at).where(Offer.id == offer_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise OfferNotFound()
    return Found(*row)


def offers(
    county_id: int, offer_ids: Collection[UUID], *, household_id: UUID, at: datetime
) -> dict[UUID, Found]:
    """Those of the offers that the household may buy now, by id, in one query."""
    query = _buyable(county_id, household_id, at).where(Offer.id.in_(offer_ids))
    return {row[0]: Found(*row) for row in db.session.execute(query)}


# What a list is sorted by, and whether it rises; ids sort by time and make each place unique.
_ORDERS: dict[Sort, tuple[tuple[InstrumentedAttribute[Any], ...], bool]] = {
    Sort.NEWEST: ((Offer.id,), False),
    Sort.CHEAPEST: ((Goods.points_price, Offer.id), True),
    Sort.DEAREST: ((Goods.points_price, Offer.id), False),
    Sort.POPULAR: ((Offer.sold, Offer.id), False),
}


def _buyable(county_id: int, household_id: UUID | None, at: datetime) -> Select[*tuple[Any, ...]]:
    first_photo = (
        select(GoodsPhoto.id)
        .where(GoodsPhoto.goods_id == Goods.id)
        .order_by(GoodsPhoto.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Offer.id,
            Goods.id,
            Goods.category_id,
            Goods.name,
            Goods.description,
            Goods.unit,
            Goods.market_price_fen,
            Goods.settlement_price_fen,
            Goods.points_price,
            Goods.limit_count,
            Goods.limit_period,
            Offer.stock,
            Offer.sold,
            Offer.on_sale_until,
            Shop.id,
            Shop.name,
            Shop.kind,
            first_photo,
        )
        .join(Goods, Goods.id == Offer.goods_id)
        .join(Shop, Shop.id == Offer.shop_id)
        .join(Merchant, Merchant.id == Offer.merchant_id)
        .where(
            Offer.county_id == county_id,
            Goods.state == GoodsState.LISTED,
            Offer.is_listed,
            Offer.on_sale_from <= at,
            or_(Offer.on_sale_until.is_(None), Offer.on_sale_until > at),
            Shop.is_open,
            Merchant.state == MerchantState.ACTIVE,
            _may_buy(household_id),
        )
    )


def _may_buy(household_id: UUID | None) -> ColumnElement[bool]:
    for_everybody = func.cardinality(Goods.buyer_region_ids) == 0
    if household_id is None:
        return for_everybody
    path = (
        select(Region.path)
        .join(Household, Household.group_id == Region.id)
        .where(Household.id == household_id)
        .scalar_subquery()
    )
    return or_(for_everybody, Goods.buyer_region_ids.overlap(path))


def _fits(wish: Wish) -> list[ColumnElement[bool]]:
    conditions = matching(wish.words)
    if wish.category_id is not None:
        below = select(Category.id).where(
            or_(Category.id == wish.category_id, Category.parent_id == wish.category_id)
        )
        conditions.append(Goods.category_id.in_(below))
    if wish.points_min is not None:
        conditions.append(Goods.points_price >= wish.points_min)
    if wish.points_max is not None:
        conditions.append(Goods.points_price <= wish.points_max)
    if wish.in_stock:
        conditions.append(Offer.stock > 0)
    if wish.shop_id is not None:
        conditions.append(Offer.shop_id == wish.shop_id)
    if wish.village_id is not None:
        conditions.append(or_(Shop.village_id == wish.village_id, Shop.kind == ShopKind.MALL))
    return conditions
