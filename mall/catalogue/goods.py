"""Goods: entered as a draft, listed, repriced, and withdrawn for good."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.kernel.units import Fen, Points
from app.register.regions.models import Region
from mall.catalogue.categories import known_category
from mall.catalogue.errors import (
    BarcodeTaken,
    GoodsNotFound,
    GoodsWithdrawn,
    OwnNumberTaken,
    PriceAboveMarket,
    RegionNotFound,
)
from mall.catalogue.models import Goods, GoodsState, LimitPeriod, PriceChange
from mall.catalogue.notices import GOODS_REPRICED
from mall.catalogue.telling import tell_owners
from mall.catalogue.words import search_text
from mall.merchants import queries as merchants


@dataclass(frozen=True)
class Limit:
    """How many pieces a household may buy in a period."""

    count: int
    period: LimitPeriod


@dataclass(frozen=True)
class Facts:
    """What goods are, apart from their price."""

    category_id: UUID
    name: str
    unit: str
    description: str = ""
    barcode: str | None = None
    own_number: str | None = None
    limit: Limit | None = None
    buyer_region_ids: tuple[UUID, ...] = ()

    def columns(self) -> dict[str, object]:
        return {
            "category_id": self.category_id,
            "name": self.name,
            "unit": self.unit,
            "description": self.description,
            "barcode": self.barcode,
            "own_number": self.own_number,
            "limit_count": self.limit.count if self.limit else None,
            "limit_period": self.limit.period if self.limit else None,
            "buyer_region_ids": list(self.buyer_region_ids),
            "search_text": search_text(self.name, self.barcode, self.own_number),
        }


@dataclass(frozen=True)
class Price:
    """What goods cost in money, and in points; the merchant is paid for each point a fen.

    Raises:
        PriceAboveMarket: nobody pays more in points than in money.
    """

    market_fen: Fen
    points: Points

    def __post_init__(self) -> None:
        if self.points > self.market_fen:
            raise PriceAboveMarket()

    def columns(self) -> dict[str, int]:
        return {
            "market_price_fen": self.market_fen,
            "points_price": self.points,
            "settlement_price_fen": self.points,
        }


def enter_goods(
    *, county_id: int, merchant_id: UUID, facts: Facts, price: Price, by: UUID, at: datetime
) -> Goods:
    """Write new goods of a merchant down, as a draft.

    Raises:
        MerchantNotFound, CategoryNotFound, RegionNotFound: not in this county.
        BarcodeTaken, OwnNumberTaken: the merchant has goods with this number.
    """
    merchants.merchant(county_id, merchant_id)
    _check_places(county_id, facts)
    goods_id = db.session.scalar(
        insert(Goods)
        .values(
            id=uuid7(at),
            county_id=county_id,
            merchant_id=merchant_id,
            state=GoodsState.DRAFT,
            created_by=by,
            created_at=at,
            **facts.columns(),
            **price.columns(),
        )
        .on_conflict_do_nothing()
        .returning(Goods.id)
    )
    if goods_id is None:
        _refuse_taken_number(merchant_id, facts, except_id=None)
    goods = db.session.get_one(Goods, goods_id)
    remember_price(goods, None, by, at)
    _trace("catalogue.enter_goods", goods, by, at)
    return goods


def change_goods(
    *,
    county_id: int,
    goods_id: UUID,
    merchant_ids: Collection[UUID] | None,
    facts: Facts,
    by: UUID,
    at: datetime,
) -> Goods:
    """Replace what goods are. ``merchant_ids``: whose goods the caller may change; none: all.

    Raises:
        GoodsNotFound: no such goods of these merchants.
        GoodsWithdrawn: they are gone for good.
        CategoryNotFound, RegionNotFound, BarcodeTaken, OwnNumberTaken: see ``enter_goods``.
    """
    goods = locked_goods(county_id, goods_id, merchant_ids)
    _check_places(county_id, facts)
    _refuse_taken_number(goods.merchant_id, facts, except_id=goods.id)
    goods.become_something_else(facts.columns(), at)
    _trace("catalogue.change_goods", goods, by, at)
    return goods


def reprice(
    *,
    county_id: int,
    goods_id: UUID,
    merchant_ids: Collection[UUID] | None,
    price: Price,
    by: UUID,
    at: datetime,
) -> Goods:
    """Set another price, and keep who changed it from what to what. The same price is no change.

    The owners are told of what none of them did.

    Raises:
        GoodsNotFound, GoodsWithdrawn: there is nothing to reprice.
    """
    goods = locked_goods(county_id, goods_id, merchant_ids)
    former = Price(Fen(goods.market_price_fen), Points(goods.points_price))
    if former != price:
        for column, value in price.columns().items():
            setattr(goods, column, value)
        remember_price(goods, former, by, at)
        _trace("catalogue.reprice", goods, by, at)
        tell_owners(
            GOODS_REPRICED,
            goods.merchant_id,
            goods.id,
            county_id=county_id,
            by=by,
            at=at,
            details={
                "goods": goods.name,
                "from_fen": former.market_fen,
                "to_fen": price.market_fen,
                "points": price.points,
            },
        )
    return goods


def list_goods(
    *,
    county_id: int,
    goods_id: UUID,
    merchant_ids: Collection[UUID] | None,
    by: UUID,
    at: datetime,
) -> Goods:
    """Show goods to residents, wherever they are offered.

    Raises:
        GoodsNotFound, GoodsWithdrawn: there is nothing to list.
    """
    goods = locked_goods(county_id, goods_id, merchant_ids)
    goods.become(GoodsState.LISTED, at)
    _trace("catalogue.list_goods", goods, by, at)
    return goods


def withdraw_goods(
    *,
    county_id: int,
    goods_id: UUID,
    merchant_ids: Collection[UUID] | None,
    by: UUID,
    at: datetime,
) -> Goods:
    """Take goods out of the catalogue for good; what is set aside for orders stays so.

    Raises:
        GoodsNotFound, GoodsWithdrawn: there is nothing to withdraw.
    """
    goods = locked_goods(county_id, goods_id, merchant_ids)
    goods.state = GoodsState.WITHDRAWN
    # The numbers are free again, for goods that come after these.
    goods.barcode = goods.own_number = None
    _trace("catalogue.withdraw_goods", goods, by, at)
    return goods


def locked_goods(county_id: int, goods_id: UUID, merchant_ids: Collection[UUID] | None) -> Goods:
    """Goods that may still be changed, locked until commit; see ``change_goods``."""
    query = select(Goods).where(Goods.county_id == county_id, Goods.id == goods_id)
    if merchant_ids is not None:
        query = query.where(Goods.merchant_id.in_(merchant_ids))
    goods = db.session.scalar(locked(query))
    if goods is None:
        raise GoodsNotFound()
    if goods.state is GoodsState.WITHDRAWN:
        raise GoodsWithdrawn()
    return goods


def _check_places(county_id: int, facts: Facts) -> None:
    known_category(county_id, facts.category_id)
    wanted = set(facts.buyer_region_ids)
    if not wanted:
        return
    known = select(func.count()).where(Region.county_id == county_id, Region.id.in_(wanted))
    if db.session.scalar(known) != len(wanted):
        raise RegionNotFound()


def _refuse_taken_number(merchant_id: UUID, facts: Facts, *, except_id: UUID | None) -> None:
    for column, value, refusal in (
        (Goods.barcode, facts.barcode, BarcodeTaken),
        (Goods.own_number, facts.own_number, OwnNumberTaken),
    ):
        if value is None:
            continue
        query = select(Goods.id).where(Goods.merchant_id == merchant_id, column == value)
        if except_id is not None:
            query = query.where(Goods.id != except_id)
        if db.session.scalar(query) is not None:
            raise refusal()


def remember_price(goods: Goods, former: Price | None, by: UUID, at: datetime) -> None:
    """Write the price of locked goods into their history; ``former`` is what it was before."""
    before = select(func.count()).where(
        PriceChange.county_id == goods.county_id, PriceChange.goods_id == goods.id
    )
    db.session.add(
        PriceChange(
            county_id=goods.county_id,
            id=uuid7(at),
            goods_id=goods.id,
            number=db.session.scalars(before).one() + 1 if former else 1,
            market_from_fen=former.market_fen if former else None,
            market_to_fen=goods.market_price_fen,
            settlement_from_fen=former.points if former else None,
            settlement_to_fen=goods.settlement_price_fen,
            points_from=former.points if former else None,
            points_to=goods.points_price,
            changed_by=by,
            changed_at=at,
        )
    )


def _trace(action: str, goods: Goods, by: UUID, at: datetime) -> None:
    audit.record(action, county_id=goods.county_id, actor_id=by, subject=("goods", goods.id), at=at)
