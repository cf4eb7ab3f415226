"""The catalogue over HTTP: how long residents wait for a page of it, searched and sorted."""

import http.client
import statistics
import threading
import time
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db, transaction
from app.kernel.units import Fen, Points
from app.register.identity.models import RoleGrant
from bench.counter import Waited
from bench.shop import Counter
from mall.catalogue import categories, goods, offers
from mall.merchants.models import Shop

GOODS = 1_000
SHORT_MS = 1_000
# What people ask for, in turn: the first page in each order, and what they type.
ASKED = (
    {"sort": "newest"},
    {"sort": "cheapest", "in_stock": "true"},
    {"sort": "dearest", "points_max": "900"},
    {"sort": "popular"},
    {"words": "肥皂"},
    {"words": "fz", "sort": "cheapest"},
)
KINDS = ("肥皂", "食盐", "洗发水", "毛巾", "牙膏", "大米", "酱油", "纸巾", "扫把", "脸盆")


def fill(county_id: int, counter: Counter) -> None:
    """Put a thousand goods on the shelf of the shop."""
    at = datetime.now(UTC)
    with transaction():
        shop = db.session.get_one(Shop, counter.shop_id)
        by = db.session.scalars(
            select(RoleGrant.user_id).where(RoleGrant.place_id == shop.id).limit(1)
        ).one()
        category = categories.add_category(
            county_id=county_id, parent_id=None, name="日用", position=0, by=by, at=at
        )
        for n in range(GOODS):
            stocked(shop, category.id, n, (by, at), pieces=n % 20)


def look(port: int, tokens: list[str], pages: int) -> Waited:
    """Every reader asks for so many pages, one after another."""
    taken: list[float] = []
    threads = [threading.Thread(target=_read, args=(port, token, pages, taken)) for token in tokens]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    assert len(taken) == pages * len(tokens), "every page was answered"
    hundredths = statistics.quantiles(taken, n=100)
    return Waited(len(taken) / elapsed, SHORT_MS * hundredths[49], SHORT_MS * hundredths[98])


def stocked(
    shop: Shop, category_id: UUID, n: int, entered: tuple[UUID, datetime], *, pieces: int
) -> UUID:
    """The n-th goods, so many of them on the shelf; returns the offer."""
    by, at = entered
    points = 100 + 7 * n % 1_000
    made = goods.enter_goods(
        county_id=shop.county_id,
        merchant_id=shop.merchant_id,
        facts=goods.Facts(category_id, f"{KINDS[n % len(KINDS)]}{n}号", "件"),
        price=goods.Price(Fen(points), Points(points)),
        by=by,
        at=at,
    )
    goods.list_goods(county_id=shop.county_id, goods_id=made.id, merchant_ids=None, by=by, at=at)
    offered = offers.offer(
        goods=made, shop_id=shop.id, on_sale=offers.OnSale(is_listed=True, since=at), by=by, at=at
    )
    offers.count_stock(
        county_id=shop.county_id, shop_id=shop.id, offer_id=offered.id, stock=pieces, by=by, at=at
    )
    return offered.id


def _read(port: int, token: str, pages: int, taken: list[float]) -> None:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for n in range(pages):
        path = f"/api/v1/catalogue/offers?{urlencode(ASKED[n % len(ASKED)])}"
        began = time.perf_counter()
        web.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = web.getresponse()
        answer.read()
        took = time.perf_counter() - began
        if answer.status != HTTPStatus.OK:
            raise AssertionError(f"{path}: {answer.status}")
        taken.append(took)
    web.close()
