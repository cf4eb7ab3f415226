"""A stocked shop, a household with points, and orders on their way through it."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.points import ledger
from mall.campaigns.proof import QUESTIONS as CAMPAIGNS
from mall.catalogue.proof import QUESTIONS as CATALOGUE
from mall.catalogue.stock import Wanted
from mall.merchants import shops
from mall.merchants.models import ShopKind
from mall.orders import placing
from mall.orders.models import Order, OrderLine, OrderRefund, Way
from mall.orders.proof import QUESTIONS as ORDERS
from mall.redemption.proof import QUESTIONS as REDEMPTIONS
from tests.given.factories import COUNTY, Family
from tests.given.http import post
from tests.given.shelves import Shelves, Stocked

QUESTIONS = {**CAMPAIGNS, **CATALOGUE, **ORDERS, **REDEMPTIONS}


@dataclass
class Town:
    """One shop with soap at 300 points and rice at 1,000, and a household with 5,000."""

    app: object
    given: object
    shelves: Shelves
    counter: object
    family: Family
    phone: FlaskClient
    soap: Stocked
    rice: Stocked

    def basket(self, *wanted, way="pick_up", shop=None, **more):
        """The body of an order of (what, how many)."""
        return {
            "shop_id": str((shop or self.counter).shop_id),
            "way": way,
            "lines": [{"offer_id": str(one.offer_id), "count": count} for one, count in wanted],
            **more,
        }

    def order(self, *wanted, points, phone=None, key=None, **more):
        """Place an order and return the answer."""
        body = self.basket(*wanted, points=points, **more)
        return post(phone or self.phone, "orders", body, key=key)

    def placed(self, *wanted, points, **more) -> str:
        """An order that was placed; returns its id."""
        answer = self.order(*wanted, points=points, **more)
        assert answer.status_code == 201, answer.json
        return answer.json["id"]

    def step(self, order_id, step, body=None, client=None):
        return post(client or self.counter.clerk, f"orders/{order_id}/{step}", body)

    def ready(self, *wanted, points, **more) -> str:
        """An order that waits to be handed over; returns its id."""
        order_id = self.placed(*wanted, points=points, **more)
        for step in ("preparation", "readiness"):
            answer = self.step(order_id, step)
            assert answer.status_code == 200, answer.json
        return order_id

    def digits(self, order_id, phone=None) -> str:
        answer = (phone or self.phone).post(f"/api/v1/orders/{order_id}/code")
        assert answer.status_code == 201, answer.json
        return answer.json["digits"]

    def handed_over(self, *wanted, points, without=(), **more) -> str:
        """An order whose goods the household has; returns its id."""
        order_id = self.ready(*wanted, points=points, **more)
        body = {"code": self.digits(order_id), "without": [str(one) for one in without]}
        answer = self.step(order_id, "hand-over", body)
        assert answer.status_code == 200, answer.json
        return order_id

    def seen(self, order_id, client=None):
        return (client or self.phone).get(f"/api/v1/orders/{order_id}").json

    def line(self, order_id, name):
        return next(line for line in self.seen(order_id)["lines"] if line["name"] == name)

    def points(self) -> int:
        """What the household can spend."""
        return self.given.spendable(self.family)

    def takings(self) -> int:
        return self.given.balance(ledger.shop(self.counter.shop_id))

    def pieces(self, one: Stocked) -> tuple[int, int, int]:
        """On the shelf, set aside, sold."""
        return self.shelves.pieces(one)

    def deliver(self) -> None:
        """Make the shop one that delivers."""
        with self.app.app_context(), transaction():
            shops.set_kind(
                county_id=COUNTY,
                shop_id=self.counter.shop_id,
                kind=ShopKind.MALL,
                by=self.shelves.by,
                at=self.shelves.noon(),
            )

    def placing(self, family: Family, user_id: UUID, *wanted, points: int):
        """The work of placing, for a transaction of its own."""
        return lambda: placing.place(
            county_id=COUNTY,
            household_id=family.id,
            user_id=user_id,
            basket=placing.Basket(
                self.counter.shop_id,
                Way.PICK_UP,
                [Wanted(one.offer_id, count) for one, count in wanted],
            ),
            points=points,
            at=self.shelves.noon(),
        )

    def rows(self) -> dict[str, int]:
        """How many rows there are."""
        with self.app.app_context():
            return {
                model.__tablename__: len(db.session.execute(select(model.id)).all())
                for model in (Order, OrderLine, OrderRefund)
            }

    def findings(self) -> set[str]:
        """What the proof says of orders and of what they touch."""
        with self.app.app_context():
            asked = db.session.connection()
            return {
                name
                for name, question in QUESTIONS.items()
                if asked.exec_driver_sql(question).all()
            }


@pytest.fixture
def town(app, given, shelves, counter):
    family = given.household(points=5_000)
    soap = shelves.stocked(counter, "肥皂", points=300, market=350)
    rice = shelves.stocked(counter, "大米", points=1_000, market=1_000)
    return Town(app, given, shelves, counter, family, given.resident(family), soap, rice)
