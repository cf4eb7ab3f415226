"""What a resident finds in the catalogue: only what they could buy at this moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.kernel.db import db
from app.register.households.models import Household
from app.register.regions.models import Region
from mall.catalogue.errors import OfferNotFound
from mall.catalogue.models import Category, Goods, GoodsPhoto, GoodsState, LimitPeriod, Offer
from mall.catalogue.queries import matching, named_patterns
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


_AT = bindparam("at", type_=DateTime(timezone=True))
_FOR_EVERYBODY = func.cardinality(Goods.buyer_region_ids) == 0
# What a list is sorted by, and whether it rises; ids sort by time and make each place unique.
_ORDERS: dict[Sort, tuple[tuple[InstrumentedAttribute[Any], ...], bool]] = {
    Sort.NEWEST: ((Offer.id,), False),
    Sort.CHEAPEST: ((Goods.points_price, Offer.id), True),
    Sort.DEAREST: ((Goods.points_price, Offer.id), False),
    Sort.POPULAR: ((Offer.sold, Offer.id), False),
}


def _buyable(*, by_household: bool) -> Select[*tuple[Any, ...]]:
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
            Offer.county_id == bindparam("county"),
            Goods.state == GoodsState.LISTED,
            Offer.is_listed,
            Offer.on_sale_from <= _AT,
            or_(Offer.on_sale_until.is_(None), Offer.on_sale_until > _AT),
            Shop.is_open,
            Merchant.state == MerchantState.ACTIVE,
            _may_buy() if by_household else _FOR_EVERYBODY,
        )
    )


def _may_buy() -> ColumnElement[bool]:
    path = (
        select(Region.path)
        .join(Household, Household.group_id == Region.id)
        .where(Household.id == bindparam("household"))
        .scalar_subquery()
    )
    return or_(_FOR_EVERYBODY, Goods.buyer_region_ids.overlap(path))


_ONE = {
    by_household: _buyable(by_household=by_household).where(Offer.id == bindparam("offer"))
    for by_household in (True, False)
}
_SEVERAL = _buyable(by_household=True).where(Offer.id.in_(bindparam("offers", expanding=True)))

_OF_GOODS = {
    by_household: _buyable(by_household=by_household)
    .where(Goods.id == bindparam("goods"))
    .order_by(Offer.stock.desc(), Offer.id)
    for by_household in (True, False)
}

# What each part of a wish asks for.
_ASKS: dict[str, ColumnElement[bool]] = {
    "category_id": Goods.category_id.in_(
        select(Category.id).where(
            or_(
                Category.id == bindparam("category_id"),
                Category.parent_id == bindparam("category_id"),
            )
        )
    ),
    "points_min": Goods.points_price >= bindparam("points_min"),
    "points_max": Goods.points_price <= bindparam("points_max"),
    "in_stock": Offer.stock > 0,
    "shop_id": Offer.shop_id == bindparam("shop_id"),
    "village_id": or_(Shop.village_id == bindparam("village_id"), Shop.kind == ShopKind.MALL),
}


@lru_cache(maxsize=256)
def _page(
    sort: Sort, by_household: bool, is_later: bool, words: tuple[str, ...], asked: frozenset[str]
) -> Select[*tuple[Any, ...]]:
    """The query for wishes of one shape: built once, asked with what each of them names."""
    columns, is_rising = _ORDERS[sort]
    query = _buyable(by_household=by_household).where(
        *(_ASKS[name] for name in sorted(asked)), *matching(words)
    )
    if is_later:
        marks: tuple[Any, ...] = (bindparam("after"), bindparam("after_id"))[-len(columns) :]
        here, there = tuple_(*columns), tuple_(*marks)
        query = query.where(here > there if is_rising else here < there)
    order = columns if is_rising else [column.desc() for column in columns]
    return query.order_by(*order).limit(bindparam("limit", type_=Integer()))


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
    told, words = _told(wish), named_patterns(wish.words)
    query = _page(sort, household_id is not None, after is not None, tuple(words), frozenset(told))
    asked = {"county": county_id, "household": household_id, "at": at, "limit": limit}
    mark = {} if after is None else {"after": after[0], "after_id": after[-1]}
    rows = db.session.connection().execute(query, {**asked, **mark, **told, **words})
    return [Found(*row) for row in rows]


def _told(wish: Wish) -> dict[str, object]:
    """What the wish names, but for its words."""
    told = {name: said for name, said in vars(wish).items() if said is not None}
    del told["words"]
    if not wish.in_stock:
        del told["in_stock"]
    return told


def place(found: Found, sort: Sort) -> tuple[int, UUID]:
    """Where an offer stands in the list, for the next page."""
    if sort is Sort.POPULAR:
        return found.sold, found.id
    if sort is Sort.NEWEST:
        return 0, found.id
    return found.points_price, found.id


def offer(county_id: int, offer_id: UUID, *, household_id: UUID | None, at: datetime) -> Found:
    """One offer that the household may buy now. Raises OfferNotFound for any other."""
    asked = {"county": county_id, "household": household_id, "at": at, "offer": offer_id}
    query = _ONE[household_id is not None]
    row = db.session.connection().execute(query, asked).one_or_none()
    if row is None:
        raise OfferNotFound()
    return Found(*row)


def offers(
    county_id: int, offer_ids: Collection[UUID], *, household_id: UUID, at: datetime
) -> dict[UUID, Found]:
    """Those of the offers that the household may buy now, by id, in one query."""
    asked = {"county": county_id, "household": household_id, "at": at, "offers": list(offer_ids)}
    return {row[0]: Found(*row) for row in db.session.connection().execute(_SEVERAL, asked)}


def offers_of(
    county_id: int, goods_id: UUID, *, household_id: UUID | None, at: datetime
) -> list[Found]:
    """Where the household may buy the goods now. Raises OfferNotFound where it nowhere may."""
    asked = {"county": county_id, "household": household_id, "at": at, "goods": goods_id}
    query = _OF_GOODS[household_id is not None]
    found = [Found(*row) for row in db.session.connection().execute(query, asked)]
    if not found:
        raise OfferNotFound()
    return found
