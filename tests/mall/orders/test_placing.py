"""An order is placed for the points that were shown: all of it, or nothing."""

from datetime import timedelta

import pytest

from app.kernel.db import transaction
from app.points import ledger
from mall.catalogue import goods
from mall.catalogue.models import LimitPeriod
from mall.merchants import service as merchants
from tests.given.built import built
from tests.given.factories import COUNTY
from tests.given.http import assert_refused

NOTHING = {"orders": 0, "order_lines": 0, "order_refunds": 0}


def quote(town, *wanted, **more):
    answer = town.phone.post(
        "/api/v1/orders/quote", json=_without_way(town.basket(*wanted, **more))
    )
    assert answer.status_code == 200, answer.json
    return answer.json


def _without_way(body):
    return {key: value for key, value in body.items() if key != "way"}


def test_a_basket_is_priced_as_it_would_be_ordered(town):
    told = quote(town, (town.soap, 2), (town.rice, 1))

    assert (told["points"], told["available"], told["missing"]) == (1_600, 5_000, 0)
    assert told["can_be_ordered"] is True
    assert [(line["name"], line["points"], line["market_price_fen"]) for line in told["lines"]] == [
        ("肥皂", 600, 700),
        ("大米", 1_000, 1_000),
    ]
    assert town.order((town.soap, 2), (town.rice, 1), points=1_600).status_code == 201


def test_a_quote_says_what_is_not_to_be_had_and_why(town, shelves, mall):
    elsewhere = shelves.stocked(mall.counter(), "别家的盐")
    rare = shelves.stocked(town.counter, "油", limit=goods.Limit(1, LimitPeriod.DAY))

    told = quote(town, (town.soap, 11), (town.rice, 6), (elsewhere, 1), (rare, 2))

    assert told["can_be_ordered"] is False
    assert [line["why_not"] for line in told["lines"]] == [
        "“肥皂”不够了，只剩 10 件",
        None,
        "这件商品现在买不到了，请从篮子里拿掉",
        "“油”每户每天限买 1 件，您家还可以买 1 件",
    ]
    assert (told["points"], told["missing"]) == (6_000, 1_000)


def test_an_order_holds_its_points_and_sets_its_pieces_aside(town, noon):
    answer = town.order((town.soap, 2), (town.rice, 1), points=1_600)

    assert answer.status_code == 201
    assert (answer.json["state"], answer.json["points"]) == ("placed", 1_600)
    assert answer.json["due_at"] == (noon() + timedelta(hours=48)).isoformat()
    assert (town.points(), town.takings()) == (3_400, 0)
    assert (town.pieces(town.soap), town.pieces(town.rice)) == ((8, 2, 0), (9, 1, 0))
    assert town.findings() == set()


def test_the_same_request_again_orders_nothing_more(town):
    first = town.order((town.soap, 2), points=600, key="basket-0001")

    again = town.order((town.soap, 2), points=600, key="basket-0001")

    assert again.json == first.json
    assert (town.points(), town.pieces(town.soap)) == (4_400, (8, 2, 0))


def test_another_price_than_was_shown_is_refused_and_changes_nothing(town):
    answer = town.order((town.soap, 2), points=599)

    assert_refused(
        answer,
        409,
        "orders.price_differs",
        "价格变了：现在一共 600 分，您刚才看到的是 599 分。请看过新价格再下单",
    )
    assert (town.points(), town.pieces(town.soap), town.rows()) == (5_000, (10, 0, 0), NOTHING)


def test_too_few_points_order_nothing(town):
    answer = town.order((town.rice, 4), (town.soap, 4), points=5_200)

    assert_refused(answer, 409, "orders.not_enough_points", "积分不够，一共要 5200 分，还差 200 分")
    assert (town.points(), town.pieces(town.rice), town.rows()) == (5_000, (10, 0, 0), NOTHING)


def test_what_is_not_there_is_not_ordered(town, shelves, mall):
    elsewhere = shelves.stocked(mall.counter(), "别家的盐")

    assert_refused(town.order((town.soap, 11), points=3_300), 409, "catalogue.out_of_stock")
    assert_refused(
        town.order((town.soap, 1), (elsewhere, 1), points=600), 422, "orders.one_shop_only"
    )
    assert (town.points(), town.pieces(town.soap), town.rows()) == (5_000, (10, 0, 0), NOTHING)
    assert town.pieces(elsewhere) == (10, 0, 0)


def test_a_suspended_merchant_is_ordered_nothing_of(app, town, noon):
    with app.app_context(), transaction():
        merchants.suspend(
            county_id=COUNTY, merchant_id=town.counter.merchant_id, by=town.shelves.by, at=noon()
        )

    assert_refused(town.order((town.soap, 1), points=300), 409, "catalogue.not_on_sale")
    assert town.rows() == NOTHING


def test_only_a_shop_that_delivers_delivers(town):
    refused = town.order((town.soap, 1), points=300, way="delivery")

    assert_refused(refused, 409, "orders.no_delivery", "这家店不送货，请选到店自取")
    town.deliver()
    assert town.order((town.soap, 1), points=300, way="delivery").status_code == 201


def test_an_order_like_the_one_before_builds_no_statement(town):
    for _ in range(2):
        with built() as seen:
            town.placed((town.soap, 1), (town.rice, 1), points=1_300)

    assert seen == []


def test_another_line_costs_one_hold_more(town, queries):
    with queries() as one:
        town.placed((town.soap, 1), points=300)
    with queries() as two:
        town.placed((town.soap, 1), (town.rice, 1), points=1_300)

    assert (len(one), len(two)) == (20, 21)


@pytest.mark.parametrize(
    "change",
    [
        {"lines": []},
        {"points": 0},
        {"points": 300.5},
        {"way": "by_air"},
        {"lines": "twice"},
        {"lines": "none of it"},
    ],
)
def test_a_malformed_body_is_refused(town, change):
    body = town.basket((town.soap, 1), points=300) | change
    if change == {"lines": "twice"}:
        body["lines"] = town.basket((town.soap, 1), (town.soap, 1))["lines"]
    if change == {"lines": "none of it"}:
        body["lines"] = town.basket((town.soap, 0))["lines"]

    answer = town.phone.post("/api/v1/orders", json=body, headers={"Idempotency-Key": "k" * 10})

    assert answer.status_code == 422
    assert town.rows() == NOTHING


def test_a_campaigns_part_is_promised_and_held_on_its_funders_account(town, office):
    funder = office.funder(10_000)
    office.campaign(funder)

    told = quote(town, (town.rice, 2))
    order_id = town.placed((town.rice, 2), points=1_000)

    assert told["points"] == 1_000
    line = town.line(order_id, "大米")
    assert (line["market_price_fen"], line["settlement_fen"]) == (2_000, 2_000)
    assert (line["points"], line["subsidy_fen"]) == (1_000, 1_000)
    assert (line["campaign_name"], line["funder_name"]) == ("五折日", "县供销社")
    assert (office.left(funder), town.points()) == (9_000, 4_000)
    assert town.findings() == set()


def test_a_funders_last_money_goes_to_one_line_and_the_quote_says_so(town, office):
    funder = office.funder(600)
    office.campaign(funder)

    told = quote(town, (town.soap, 1), (town.rice, 1))

    # The order of the offers' ids, so that a quote and its order come to the same sum.
    is_soap_first = town.soap.offer_id < town.rice.offer_id
    points, left = ([175, 1_000], 475) if is_soap_first else ([300, 500], 100)
    assert [line["points"] for line in told["lines"]] == points
    assert "补贴已用完" in told["lines"][1 if is_soap_first else 0]["why_full_price"]
    assert town.order((town.soap, 1), (town.rice, 1), points=sum(points)).status_code == 201
    assert office.left(funder) == left


def test_what_was_ordered_counts_for_the_days_limit(town, office, noon):
    funder = office.funder(10_000)
    office.campaign(funder, day_limit_fen=1_200)
    first = town.placed((town.rice, 2), points=1_000)

    told = quote(town, (town.rice, 1))

    assert told["points"] == 1_000
    assert_refused(town.order((town.rice, 1), points=500), 409, "orders.price_differs")
    town.step(first, "cancellation", client=town.phone)
    assert quote(town, (town.rice, 1))["points"] == 500
    assert town.findings() == set()


def test_points_that_expire_first_are_held_first(town, given):
    given.points(town.family, 700, expires_on=given._clock().date())

    order_id = town.placed((town.rice, 1), points=1_000)

    with town.app.app_context():
        buckets = ledger.household_buckets(COUNTY, town.family.id, day=given._clock().date())
        assert [bucket.available for bucket in buckets if bucket.available] == [4_700]
    town.step(order_id, "cancellation", client=town.phone)
    assert town.points() == 5_700
