"""Offering goods at a shop, and counting what stands on its shelf."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, case, literal
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from mall.catalogue.errors import OfferNotFound
from mall.catalogue.goods import locked_goods
from mall.catalogue.models import Goods, MoveKind, Offer, StockMove
from mall.catalogue.stock import locked_offers
from mall.merchants.errors import ShopNotFound
from mall.merchants.models import Shop


@dataclass(frozen=True)
class OnSale:
    """Whether and from when until when (exclusive) goods are offered at a shop."""

    is_listed: bool
    since: datetime
    until: datetime | None = None


def offer(*, goods: Goods, shop_id: UUID, on_sale: OnSale, by: UUID, at: datetime) -> Offer:
    """Offer goods at a shop of their merchant, or change when; a new offer has no stock yet.

    ``goods`` were found for the caller by ``queries.goods_of``.

    Raises:
        ShopNotFound: their merchant has no such shop.
        GoodsWithdrawn: they are gone for good.
    """
    locked_goods(goods.county_id, goods.id, None)
    shop = db.session.get(Shop, shop_id)
    if shop is None or shop.merchant_id != goods.merchant_id:
        raise ShopNotFound()
    facts: dict[str, Any] = {
        "is_listed": on_sale.is_listed,
        "on_sale_from": on_sale.since,
        "on_sale_until": on_sale.until,
    }
    begins_at = max(on_sale.since, at) if on_sale.is_listed else None
    offer_id = db.session.scalars(
        insert(Offer)
        .values(
            id=uuid7(at),
            county_id=goods.county_id,
            merchant_id=goods.merchant_id,
            goods_id=goods.id,
            shop_id=shop_id,
            stock=0,
            reserved=0,
            sold=0,
            created_at=at,
            stood_since=begins_at,
            **facts,
        )
        .on_conflict_do_update(
            index_elements=["goods_id", "shop_id"],
            set_=facts | {"stood_since": _stood_since(on_sale, begins_at, at)},
        )
        .returning(Offer.id)
    ).one()
    subject = ("offer", offer_id)
    audit.record("catalogue.offer", county_id=goods.county_id, actor_id=by, subject=subject, at=at)
    return db.session.get_one(Offer, offer_id, populate_existing=True)


def _stood_since(
    on_sale: OnSale, begins_at: datetime | None, at: datetime
) -> ColumnElement[datetime | None]:
    """What is on sale before and after the change has stood since then; all else begins anew,
    whatever day the merchant names."""
    was_on_sale = Offer.is_listed & Offer.is_on_sale(at)
    goes_on = on_sale.is_listed and on_sale.since <= at
    begins = literal(begins_at, DateTime(timezone=True))
    return case((was_on_sale & literal(goes_on), Offer.stood_since), else_=begins)


def count_stock(
    *, county_id: int, shop_id: UUID, offer_id: UUID, stock: int, by: UUID, at: datetime
) -> Offer:
    """Write down how many pieces stand on the shelf, those set aside for orders not counted.

    Raises:
        OfferNotFound: the shop offers no such thing.
    """
    # Goods before offers, like an order: its journal line looks at the row of the goods too.
    found = next((one for one, _ in locked_offers(county_id, [offer_id])), None)
    if found is None or found.shop_id != shop_id:
        raise OfferNotFound()
    change = stock - found.stock
    if change:
        move_id = uuid7(at)
        db.session.add(
            StockMove(
                county_id=county_id,
                id=move_id,
                offer_id=found.id,
                goods_id=found.goods_id,
                kind=MoveKind.COUNT,
                stock_change=change,
                reserved_change=0,
                reference=f"count:{move_id}",
                household_id=None,
                moved_by=by,
                moved_at=at,
            )
        )
        found.stock = stock
    return found
