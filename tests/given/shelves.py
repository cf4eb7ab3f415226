"""Goods on the shelves of shops, and households that want them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.kernel.db import db, transaction
from app.kernel.units import Fen, Points
from mall.catalogue import categories, goods, offers, queries, stock
from mall.catalogue.models import Category, Offer
from mall.catalogue.proof import QUESTIONS
from tests.given.beginnings import step
from tests.given.factories import COUNTY, Family
from tests.given.shops import Counter, Mall

_numbers = count(1)
HOUR_AGO = {"hours": -1}


@dataclass(frozen=True)
class Stocked:
    """Goods at one shop."""

    goods_id: UUID
    offer_id: UUID
    counter: Counter


class Shelves:
    """Puts goods on shelves through the services, as user ``by``."""

    def __init__(self, app, given, mall: Mall, noon) -> None:
        self.app, self.given, self.mall, self.noon = app, given, mall, noon
        self._by: UUID | None = None

    @property
    def by(self) -> UUID:
        self._by = self._by or self.given.user()
        return self._by

    @step
    def category(self, name: str | None = None, parent_id: UUID | None = None) -> UUID:
        self.given.county()
        name = name or f"{next(_numbers)}类"
        with self.app.app_context():
            found = db.session.scalar(
                select(Category.id).where(Category.name == name, Category.county_id == COUNTY)
            )
            if found:
                return found
            with transaction():
                return categories.add_category(
                    county_id=COUNTY,
                    parent_id=parent_id,
                    name=name,
                    position=0,
                    by=self.by,
                    at=self.noon(),
                ).id

    def facts(self, name: str | None = None, **facts) -> goods.Facts:
        if "category_id" not in facts:
            facts["category_id"] = self.category("日用")
        return goods.Facts(name=name or f"{next(_numbers)}号肥皂", unit="块", **facts)

    @step
    def goods(
        self,
        counter: Counter,
        name: str | None = None,
        *,
        points: int = 300,
        market: int = 350,
        is_listed: bool = True,
        days_old: int = 8,
        **facts,
    ) -> UUID:
        """Goods at a price that has stood long enough for a campaign."""
        made = self.facts(name, **facts)
        by, at = self.by, self.noon() - timedelta(days=days_old)
        with self.app.app_context(), transaction():
            entered = goods.enter_goods(
                county_id=COUNTY,
                merchant_id=counter.merchant_id,
                facts=made,
                price=goods.Price(Fen(market), Points(points)),
                by=by,
                at=at,
            )
            if is_listed:
                goods.list_goods(
                    county_id=COUNTY, goods_id=entered.id, merchant_ids=None, by=by, at=at
                )
            return entered.id

    def lines(self, counter: Counter, price_fen: int, **about) -> list[dict[str, object]]:
        """The lines of a payment for one piece of goods on the shelf."""
        goods_id = self.stocked(counter, points=price_fen, market=price_fen, **about).goods_id
        line = {"name": "肥皂", "quantity": 1, "price_fen": price_fen, "goods_id": str(goods_id)}
        return [line]

    @step
    def offer(
        self,
        counter: Counter,
        goods_id: UUID,
        *,
        pieces: int = 10,
        is_listed: bool = True,
        since: datetime | None = None,
        until: datetime | None = None,
        days_old: int = 8,
    ) -> Stocked:
        by, then = self.by, self.noon() - timedelta(days=days_old)
        with self.app.app_context(), transaction():
            made = offers.offer(
                goods=queries.goods_of(COUNTY, goods_id, None),
                shop_id=counter.shop_id,
                on_sale=offers.OnSale(is_listed, since or then, until),
                by=by,
                at=then,
            )
            if pieces:
                offers.count_stock(
                    county_id=COUNTY,
                    shop_id=counter.shop_id,
                    offer_id=made.id,
                    stock=pieces,
                    by=by,
                    at=self.noon(),
                )
            return Stocked(goods_id, made.id, counter)

    @step
    def stocked(
        self,
        counter: Counter | None = None,
        name: str | None = None,
        *,
        pieces: int = 10,
        days_old: int = 8,
        **about,
    ) -> Stocked:
        """Goods that have stood on a shelf for long enough for a campaign."""
        counter = counter or self.mall.counter()
        goods_id = self.goods(counter, name, days_old=days_old, **about)
        return self.offer(counter, goods_id, pieces=pieces, days_old=days_old)

    def reserving(self, reference: str, family: Family, *wanted: tuple[Stocked, int]):
        """The work of reserving, for a transaction of its own."""
        return lambda: stock.reserve(
            county_id=COUNTY,
            reference=reference,
            wanted=[stock.Wanted(one.offer_id, pieces) for one, pieces in wanted],
            buyer=stock.Buyer(family.id, [family.village.id, family.village.group_id]),
            by=None,
            at=self.noon(),
        )

    def reserve(self, reference: str, family: Family, *wanted: tuple[Stocked, int]):
        with self.app.app_context(), transaction():
            return self.reserving(reference, family, *wanted)()

    def consume(self, reference: str) -> None:
        with self.app.app_context(), transaction():
            stock.consume(county_id=COUNTY, reference=reference, by=None, at=self.noon())

    def give_back(self, reference: str) -> None:
        with self.app.app_context(), transaction():
            stock.give_back(county_id=COUNTY, reference=reference, by=None, at=self.noon())

    def pieces(self, one: Stocked) -> tuple[int, int, int]:
        """On the shelf, set aside, sold."""
        with self.app.app_context():
            found = db.session.get(Offer, one.offer_id, populate_existing=True)
            return found.stock, found.reserved, found.sold

    def findings(self) -> set[str]:
        """What the proof says of the catalogue."""
        with self.app.app_context():
            asked = db.session.connection()
            return {
                name for name, question in QUESTIONS.items() if asked.execute(text(question)).all()
            }


@pytest.fixture
def shelves(app, given, mall, noon):
    return Shelves(app, given, mall, noon)
