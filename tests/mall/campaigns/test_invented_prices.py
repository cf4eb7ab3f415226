"""A funder adds only to prices that stood on the shelf, and every day only so much (case 15)."""

import pytest

from app.kernel.db import transaction
from app.kernel.units import Fen, Points
from app.points import ledger
from mall.campaigns.models import Subsidy
from mall.catalogue import goods
from mall.catalogue.prices import Charged
from tests.given.campaigns import pay_half
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post
from tests.given.rows import count


@pytest.fixture
def funder(office):
    return office.funder(1_000_000)


@pytest.fixture
def one_percent(office, funder, given):
    """A campaign of one per cent that names no limits."""
    body = {
        "name": "一折再一折",
        "percent": 1,
        "first_on": "2026-06-01",
        "last_on": "2026-06-30",
        "funder_id": str(funder),
        "region_id": str(given.county()),
    }
    made = post(office.maker, "campaigns", body)
    assert made.status_code == 201, made.json
    assert office.decide(made.json["id"]).status_code == 200
    return made.json


@pytest.fixture
def rich(given):
    return given.resident(given.household(points=25_000))


def test_a_campaign_has_limits_for_a_day_though_nobody_names_them(one_percent):
    limits = ("day_limit_fen", "shop_day_limit_fen", "funder_day_limit_fen")

    assert [one_percent[limit] for limit in limits] == [2_000, 50_000, 100_000]


def test_an_invented_price_without_goods_has_no_subsidy(
    app, given, one_percent, rich, counter, pay, price, office, funder
):
    told = price(10_000, lines=[]).json
    assert (told["points"], told["subsidy_fen"]) == (10_000, 0)
    assert told["why_full_price"] == "没有选商品，或者不是标价"
    assert_refused(pay(rich, counter, 100, 10_000, lines=[]), 409, "campaigns.price_not_on_shelf")

    answers = [pay(rich, counter, 10_000, 10_000, lines=[]) for _ in range(30)]

    assert [answer.status_code for answer in answers] == [201] * 2 + [409] * 28
    assert {answer.json["code"] for answer in answers[2:]} == {"redemption.not_enough_points"}
    assert count(app, Subsidy) == 0
    assert office.left(funder) == 1_000_000


def test_a_price_of_yesterday_has_no_subsidy(
    app, one_percent, rich, counter, pay, price, office, funder, shelves
):
    fresh = shelves.lines(counter, 2_000, days_old=1)

    told = price(2_000, lines=fresh).json

    assert (told["points"], told["why_full_price"]) == (2_000, "标价未满七天")
    assert_refused(pay(rich, counter, 20, 2_000, lines=fresh), 409, "campaigns.price_too_fresh")
    assert pay(rich, counter, 2_000, 2_000, lines=fresh).status_code == 201
    assert (count(app, Subsidy), office.left(funder)) == (0, 1_000_000)


def test_a_price_that_stood_eight_days_has_it_once_a_day(
    one_percent, rich, counter, pay, office, funder, shelves
):
    stood = shelves.lines(counter, 2_000)

    first = pay(rich, counter, 20, 2_000, lines=stood)
    second = pay(rich, counter, 20, 2_000, lines=stood)

    assert first.status_code == 201, first.json
    assert (first.json["points"], first.json["subsidy_fen"]) == (20, 1_980)
    assert_refused(second, 409, "campaigns.day_limit_reached")
    assert second.json["details"]["left_fen"] == 20
    assert pay(rich, counter, 2_000, 2_000, lines=stood).status_code == 201
    assert office.left(funder) == 998_020


def repriced(shelves, goods_id, fen) -> None:
    with shelves.app.app_context(), transaction():
        goods.reprice(
            county_id=COUNTY,
            goods_id=goods_id,
            price=goods.Price(Fen(fen), Points(fen)),
            merchant_ids=None,
            by=shelves.by,
            at=shelves.noon(),
        )


def test_a_price_that_was_lifted_today_has_none_and_one_that_was_lowered_has(
    one_percent, rich, counter, pay, shelves, noon
):
    lifted, lowered = shelves.lines(counter, 500), shelves.lines(counter, 500)
    repriced(shelves, lifted[0]["goods_id"], 1_000)
    repriced(shelves, lowered[0]["goods_id"], 400)
    lifted[0]["price_fen"], lowered[0]["price_fen"] = 1_000, 400
    noon.move(hours=1)

    refused = pay(rich, counter, 10, 1_000, lines=lifted)
    paid = pay(rich, counter, 4, 400, lines=lowered)

    assert_refused(refused, 409, "campaigns.price_too_fresh")
    assert paid.status_code == 201, paid.json
    assert paid.json["subsidy_fen"] == 396


def test_goods_of_another_merchant_or_above_their_price_have_none(
    one_percent, rich, counter, mall, pay, shelves
):
    elsewhere = shelves.lines(mall.counter(), 1_000)
    dearer = shelves.lines(counter, 900)
    dearer[0]["price_fen"] = 1_000

    for lines in (elsewhere, dearer):
        assert_refused(
            pay(rich, counter, 10, 1_000, lines=lines), 409, "campaigns.price_not_on_shelf"
        )


def test_a_shop_and_a_funder_have_their_day(given, counter, mall, pay, office, shelves):
    funder = office.funder(100_000)
    office.campaign(funder, shop_day_limit_fen=800, funder_day_limit_fen=1_200)
    phones = [given.resident(given.household(points=5_000)) for _ in range(4)]

    assert pay(phones[0], counter, 500, 1_000).status_code == 201
    at_shop = pay(phones[1], counter, 500, 1_000)
    other = mall.counter()
    assert pay(phones[2], other, 500, 1_000).status_code == 201
    of_funder = pay(phones[3], mall.counter(), 500, 1_000)

    assert_refused(at_shop, 409, "campaigns.shop_limit_reached")
    assert at_shop.json["details"]["left_fen"] == 300
    assert_refused(of_funder, 409, "campaigns.funder_limit_reached")
    assert of_funder.json["details"]["left_fen"] == 200
    assert office.left(funder) == 99_000


@pytest.mark.race("mall.campaigns.subsidies.take_turns")
def test_payments_at_once_keep_the_funders_day(
    app, committed, given, mall, office, noon, together, shelves
):
    funder = office.funder(100_000)
    office.campaign(funder, funder_day_limit_fen=1_000)
    counters = [mall.counter() for _ in range(4)]
    homes = [given.household(points=5_000) for _ in counters]

    def agree(home, counter):
        pay_half(home, counter, on_shelf[counter.shop_id], at=noon())

    on_shelf = {
        one.shop_id: [Charged(shelves.stocked(one, points=1_000, market=1_000).goods_id, 1_000)]
        for one in counters
    }
    outcomes = together(
        [
            lambda home=home, one=one: agree(home, one)
            for home, one in zip(homes, counters, strict=True)
        ]
    )

    assert outcomes == {"done": 2, "FunderLimitReached": 2}
    assert given.balance(ledger.subsidy(funder)) == 99_000
