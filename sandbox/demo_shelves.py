"""What the demo county's three shops sell. Merchants and goods are made up."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db
from app.kernel.units import Fen, Points
from mall.catalogue import categories, goods, offers
from mall.catalogue.models import LimitPeriod
from mall.catalogue.prices import STOOD
from mall.merchants import service as merchants
from mall.merchants import shops
from mall.merchants.models import Shop, ShopKind
from mall.merchants.service import Payee

PIECES = 50


@dataclass(frozen=True)
class Thing:
    category: str
    name: str
    unit: str
    market_fen: int
    points: int


THINGS = (
    Thing("日用", "示范牌垃圾袋 20 只", "卷", 80, 60),
    Thing("食品", "示范牌凉茶 310 毫升", "罐", 250, 200),
    Thing("食品", "示范牌加碘食盐 400 克", "袋", 220, 200),
    Thing("日用", "示范牌透明皂 200 克", "块", 350, 300),
    Thing("日用", "示范牌洗发水 400 毫升", "瓶", 1200, 1000),
)


@dataclass(frozen=True)
class Place:
    """A merchant of the demo with its one shop."""

    merchant: str
    licence_number: str
    account: str
    shop: str
    village_id: UUID
    kind: ShopKind


def open_shop(county_id: int, place: Place, *, maker: UUID, checker: UUID, at: datetime) -> None:
    """Register a merchant whose account a second person has verified, with its shop."""
    merchant = merchants.register_merchant(
        county_id=county_id,
        name=place.merchant,
        licence_number=place.licence_number,
        payee=Payee(place.merchant, place.account, "示范银行和平支行"),
        registered_by=maker,
        at=at,
    )
    merchants.verify_payee(
        county_id=county_id,
        merchant_id=merchant.id,
        account=place.account,
        verified_by=checker,
        at=at,
    )
    shop = merchants.open_shop(
        county_id=county_id,
        merchant_id=merchant.id,
        village_id=place.village_id,
        name=place.shop,
        address="村口",
        opened_by=maker,
        at=at,
    )
    db.session.flush()
    shops.set_kind(county_id=county_id, shop_id=shop.id, kind=place.kind, by=maker, at=at)


def stock_all(county_id: int, *, by: UUID, at: datetime) -> None:
    """Fill the shelves of every shop of the county, and say when it serves."""
    named = {
        name: categories.add_category(
            county_id=county_id, parent_id=None, name=name, position=position, by=by, at=at
        ).id
        for position, name in enumerate(dict.fromkeys(thing.category for thing in THINGS))
    }
    week = tuple(shops.Stretch(day, time(8), time(18)) for day in range(1, 8))
    for shop in db.session.scalars(select(Shop).where(Shop.county_id == county_id)).all():
        shops.set_hours(county_id=county_id, shop_id=shop.id, times=shops.Times(week), by=by, at=at)
        for thing in THINGS:
            _stock(shop, thing, named[thing.category], by, at)


def _stock(shop: Shop, thing: Thing, category_id: UUID, by: UUID, at: datetime) -> None:
    priced_at = at - STOOD - timedelta(hours=1)  # so long a price stands before a campaign pays
    made = goods.enter_goods(
        county_id=shop.county_id,
        merchant_id=shop.merchant_id,
        facts=goods.Facts(
            category_id, thing.name, thing.unit, limit=goods.Limit(5, LimitPeriod.MONTH)
        ),
        price=goods.Price(Fen(thing.market_fen), Points(thing.points)),
        by=by,
        at=priced_at,
    )
    goods.list_goods(
        county_id=shop.county_id, goods_id=made.id, merchant_ids=None, by=by, at=priced_at
    )
    offered = offers.offer(
        goods=made, shop_id=shop.id, on_sale=offers.OnSale(is_listed=True, since=at), by=by, at=at
    )
    offers.count_stock(
        county_id=shop.county_id, shop_id=shop.id, offer_id=offered.id, stock=PIECES, by=by, at=at
    )
