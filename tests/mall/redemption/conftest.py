"""A household with points before a shop's counter, and the county's limits there."""

from functools import partial

import pytest

from app.points import ledger
from mall.redemption.settings import SETTINGS
from tests.given.campaigns import office
from tests.given.http import post
from tests.given.races import together
from tests.given.related import related
from tests.given.shelves import shelves
from tests.given.shops import counter, mall


@pytest.fixture
def family(given):
    return given.household(points=15_000)


@pytest.fixture
def phone(given, family):
    return given.resident(family)


@pytest.fixture
def limits(given):
    """Let the county have these limits: ``limits(shop_day_points=500)``."""
    return partial(given.setting, SETTINGS)


@pytest.fixture
def pay(phone, counter, shelves):
    """The phone shows a new code and the clerk takes the points; with a price, for goods that
    stand on the shelf."""

    def run(points, *, client=None, by=None, **more):
        if more.get("price_fen"):
            more.setdefault("lines", shelves.lines(counter, more["price_fen"]))
        code = (by or phone).post("/api/v1/pay-codes").json["code"]
        body = {"code": code, "points": points, **more}
        return post(client or counter.clerk, "redemptions", body)

    return run


@pytest.fixture
def moved(given, family, counter):
    """What the household can spend, and what the shop has."""
    return lambda: (given.spendable(family), given.balance(ledger.shop(counter.shop_id)))
