"""Prices that rose while a subsidy ran: what residents complain about, found by the numbers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    ScalarSelect,
    Uuid,
    Values,
    and_,
    column,
    func,
    or_,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.units import yuan_text
from mall.catalogue.models import Goods, GoodsState, Offer, PriceChange
from mall.merchants.models import Merchant

STOOD = timedelta(days=7)  # so long a price must have been on the shelf before a funder adds to it


@dataclass(frozen=True)
class Charged:
    """What somebody is to pay for one piece, and of which goods; none: only a sum was named.

    ``points_price`` is what it costs in points without a campaign; none: as much as in money.
    """

    goods_id: UUID | None
    price_fen: int
    points_price: int | None = None


@dataclass(frozen=True)
class ShelfPrice:
    """The market price of goods, and the highest at which they stood all of the last week, in
    money and in points."""

    market_price_fen: int
    stood_fen: int | None  # none: they are newer
    stood_points: int | None


def shelf_prices(
    shop_id: UUID, goods_ids: Collection[UUID], *, at: datetime
) -> dict[UUID, ShelfPrice]:
    """The prices of goods that are on sale at the shop; the others are left out."""
    found = _prices(at, Offer.shop_id == shop_id, Goods.id.in_(goods_ids))
    return {goods_id: price for _, goods_id, price in found}


def standing_prices(offer_ids: Collection[UUID], *, at: datetime) -> dict[UUID, ShelfPrice]:
    """The prices of goods where they are on sale, by offer, in one query."""
    return {offer_id: price for offer_id, _, price in _prices(at, Offer.id.in_(offer_ids))}


def _prices(at: datetime, *which: ColumnElement[bool]) -> list[tuple[UUID, UUID, ShelfPrice]]:
    """Of offers: their id, that of their goods, and the prices."""
    # A price that nobody could read, in a draft or at no shop, has not stood anywhere.
    is_new = or_(
        func.coalesce(func.bool_or(PriceChange.number == 1), False),
        func.coalesce(Goods.listed_at > at - STOOD, False),
        func.coalesce(Offer.stood_since > at - STOOD, True),
    )
    lowest = func.least(Goods.market_price_fen, func.min(PriceChange.market_from_fen))
    lowest_points = func.least(Goods.points_price, func.min(PriceChange.points_from))
    lately = and_(
        PriceChange.county_id == Goods.county_id,
        PriceChange.goods_id == Goods.id,
        PriceChange.changed_at > at - STOOD,
    )
    rows = db.session.execute(
        select(Offer.id, Goods.id, Goods.market_price_fen, is_new, lowest, lowest_points)
        .join(Offer, Offer.goods_id == Goods.id)
        .outerjoin(PriceChange, lately)
        .where(*which, Offer.is_listed, Offer.is_on_sale(at), Goods.state == GoodsState.LISTED)
        .group_by(Goods.id, Offer.id)
    )
    return [
        (offer_id, goods_id, ShelfPrice(market_fen, *((None, None) if is_fresh else stood)))
        for offer_id, goods_id, market_fen, is_fresh, *stood in rows
    ]


@dataclass(frozen=True)
class Period:
    """When a subsidy runs (``until`` is exclusive) and in which shops; no shops: in all."""

    since: datetime
    until: datetime
    shop_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class PriceRise:
    """A market price that stood above that of the day on which the subsidy began."""

    id: UUID  # of the price change
    goods_id: UUID
    goods: str
    merchant_id: UUID
    merchant: str
    since: datetime  # when the subsidy began
    market_from_fen: int  # the price at that time, or the first one since
    market_to_fen: int
    changed_by: UUID
    changed_at: datetime

    @property
    def reason(self) -> str:
        """Why it is on the list, for people."""
        before, after = yuan_text(self.market_from_fen), yuan_text(self.market_to_fen)
        return f"补贴期间，“{self.goods}”的市场价从 {before} 元涨到 {after} 元"


def price_rises_during(
    county_id: int, periods: Sequence[Period], *, before: UUID | None, limit: int
) -> list[PriceRise]:
    """Changes that lifted a market price above the one with which a period began, newest first.

    A price that was lowered and comes back is no rise. Begin a period some weeks before the
    subsidy to find prices that were lifted just in time for it.
    """
    if not periods:
        return []
    during = _during(periods)
    before_it = _price_at_its_beginning(during)
    offered = select(Offer.id).where(
        Offer.goods_id == PriceChange.goods_id, Offer.shop_id == func.any(during.c.shop_ids)
    )
    in_time = and_(
        PriceChange.changed_at >= during.c.since, PriceChange.changed_at < during.c.until
    )
    query = (
        select(
            PriceChange.id,
            Goods.id,
            Goods.name,
            Merchant.id,
            Merchant.name,
            during.c.since,
            before_it,
            PriceChange.market_to_fen,
            PriceChange.changed_by,
            PriceChange.changed_at,
        )
        .join(during, in_time)
        .join(Goods, Goods.id == PriceChange.goods_id)
        .join(Merchant, Merchant.id == Goods.merchant_id)
        .where(
            PriceChange.county_id == county_id,
            PriceChange.market_to_fen > before_it,
            or_(func.cardinality(during.c.shop_ids) == 0, offered.exists()),
        )
        .ext(distinct_on(PriceChange.id))  # two subsidies at once complain once
        .order_by(PriceChange.id.desc(), during.c.since)
        .limit(limit)
    )
    if before is not None:
        query = query.where(PriceChange.id < before)
    return [PriceRise(*row) for row in db.session.execute(query)]


def _during(periods: Sequence[Period]) -> Values:
    """The periods as a table of their own."""
    return values(
        column("since", DateTime(timezone=True)),
        column("until", DateTime(timezone=True)),
        column("shop_ids", ARRAY(Uuid)),
        name="during",
    ).data([(period.since, period.until, list(period.shop_ids)) for period in periods])


def _price_at_its_beginning(during: Values) -> ScalarSelect[int]:
    """The market price of the changed goods when the period began, or their first one."""
    earlier = aliased(PriceChange)
    return (
        select(earlier.market_to_fen)
        .where(
            earlier.county_id == PriceChange.county_id,
            earlier.goods_id == PriceChange.goods_id,
            or_(earlier.changed_at < during.c.since, earlier.number == 1),
        )
        .order_by(earlier.number.desc())
        .limit(1)
        .scalar_subquery()
    )
