"""Placing orders over HTTP, beside a Flask application that does nothing at all."""

import http.client
import json
import random
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from secrets import token_urlsafe
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.kernel.secrets import token_digest
from app.register.households.models import Binding, BindingMethod, Member
from app.register.identity.models import RoleGrant, Session, User
from bench.catalogue import stocked
from bench.counter import Waited
from bench.shop import Counter
from mall.catalogue import categories
from mall.catalogue.models import Goods, Offer
from mall.merchants.models import Shop

GOODS = 100
PIECES = 10**6
LINES = 2

Send = Callable[[http.client.HTTPConnection], None]


@dataclass(frozen=True)
class Mall:
    """A stocked shop, and residents who are signed in: one of each household."""

    shop_id: UUID
    prices: dict[UUID, int]  # points of each offer
    tokens: list[str]


def bare() -> Flask:
    """A view that does nothing, for gunicorn; ``/readyz`` as for Fen."""
    app = Flask(__name__)

    @app.post("/bare")
    def answer() -> tuple[dict[str, str], int]:
        return {"state": "placed"}, 201

    @app.get("/readyz")
    def ready() -> dict[str, str]:
        return {}

    return app


def open_mall(county_id: int, counter: Counter) -> Mall:
    """Fill the shop's shelf, and sign a resident of each household in."""
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
            stocked(shop, category.id, n, (by, at), pieces=PIECES)
        heads = db.session.execute(
            select(Member.household_id, Member.id).where(Member.county_id == county_id)
        ).all()
        tokens = [_resident(county_id, home, head, at) for home, head in heads]
    prices = db.session.execute(
        select(Offer.id, Goods.points_price)
        .join(Goods, Goods.id == Offer.goods_id)
        .where(Offer.shop_id == shop.id)
    )
    return Mall(shop.id, dict(prices.tuples().all()), tokens)


def answer_bare(port: int, clients: int, times: int) -> Waited:
    """How fast the view that does nothing answers the same clients."""

    def send(web: http.client.HTTPConnection) -> None:
        web.request("POST", "/bare", b"{}", {"Content-Type": "application/json"})

    return _measure(port, [send] * times, clients)


def place(port: int, mall: Mall, clients: int, times: int) -> Waited:
    """So many orders of two lines each, by residents in turn."""
    tokens = [mall.tokens[n % len(mall.tokens)] for n in range(times)]
    return _measure(port, [_order(mall, token) for token in tokens], clients)


def basket(mall: Mall) -> dict[str, object]:
    """The body of an order of two things, taken at random."""
    chosen = random.sample(sorted(mall.prices), LINES)
    return {
        "shop_id": str(mall.shop_id),
        "way": "pick_up",
        "lines": [{"offer_id": str(offer), "count": 1} for offer in chosen],
        "points": sum(mall.prices[offer] for offer in chosen),
    }


def _order(mall: Mall, token: str) -> Send:
    body = json.dumps(basket(mall))
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": uuid4().hex,
        "Content-Type": "application/json",
    }
    return lambda web: web.request("POST", "/api/v1/orders", body, headers)


def _measure(port: int, work: list[Send], clients: int) -> Waited:
    """Each client sends its share, one after another."""
    taken: list[float] = []

    def run(share: list[Send]) -> None:
        web = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for send in share:
            began = time.perf_counter()
            send(web)
            answer = web.getresponse()
            said = answer.read()
            if answer.status != HTTPStatus.CREATED:
                raise AssertionError(f"{answer.status} {said.decode()}")
            taken.append(time.perf_counter() - began)
        web.close()

    threads = [threading.Thread(target=run, args=(work[n::clients],)) for n in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    assert len(taken) == len(work), "everything was answered"
    hundredths = statistics.quantiles(taken, n=100)
    return Waited(len(taken) / elapsed, 1000 * hundredths[49], 1000 * hundredths[98])


def _resident(county_id: int, home: UUID, head: UUID, at: datetime) -> str:
    user, token = uuid7(at), token_urlsafe(32)
    db.session.add(User(id=user, county_id=county_id, is_blocked=False, created_at=at))
    db.session.flush()
    db.session.add(
        Binding(
            id=uuid7(at),
            user_id=user,
            household_id=home,
            member_id=head,
            method=BindingMethod.PHONE,
            bound_at=at,
        )
    )
    db.session.add(
        Session(
            digest=token_digest(token),
            user_id=user,
            created_at=at,
            expires_at=at + timedelta(days=365),
        )
    )
    return token
