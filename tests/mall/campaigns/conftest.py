"""A funder with money, and campaigns that two people have agreed on."""

import pytest

from mall.redemption.settings import SETTINGS
from tests.given.campaigns import office
from tests.given.http import post
from tests.given.races import together
from tests.given.shelves import shelves
from tests.given.shops import counter, mall


@pytest.fixture(autouse=True)
def nobody_is_asked(given):
    """What a payment costs is tried here, not whether the household must say yes to it."""
    given.setting(SETTINGS, confirm_above_points=20_000, household_day_points=None)


@pytest.fixture
def family(given):
    return given.household(points=5_000)


@pytest.fixture
def phone(given, family):
    return given.resident(family)


@pytest.fixture
def pay(shelves):
    """Show a code and let the clerk take what the customer was told for goods on the shelf."""

    def run(phone, counter, points, price_fen=None, client=None, lines=None):
        code = phone.post("/api/v1/pay-codes").json["code"]
        body = {"code": code, "points": points}
        if price_fen is not None:
            body["price_fen"] = price_fen
            body["lines"] = shelves.lines(counter, price_fen) if lines is None else lines
        return post(client or counter.clerk, "redemptions", body)

    return run


@pytest.fixture
def price(counter, shelves):
    """What the clerk reads to the customer."""

    def ask(price_fen, client=None, lines=None):
        lines = shelves.lines(counter, price_fen) if lines is None else lines
        return (client or counter.clerk).post(
            "/api/v1/redemptions/quote", json={"price_fen": price_fen, "lines": lines}
        )

    return ask
