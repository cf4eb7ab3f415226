"""What was bought stands on the slip, and adds up to what was paid."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.kernel.db import db
from mall.redemption.models import RedemptionLine
from tests.given.http import assert_refused

SOAP = {"name": "肥皂", "quantity": 2, "price_fen": 300}
SALT = {"name": "食盐", "quantity": 1, "price_fen": 200}


def test_a_slip_says_what_was_bought_for_shop_and_household(phone, counter, pay, moved):
    goods_id = str(uuid4())
    paid = pay(800, lines=[SOAP, SALT | {"goods_id": goods_id}])
    assert paid.status_code == 201, paid.json
    url = f"/api/v1/redemptions/{paid.json['id']}/slip"

    of_shop, of_household = counter.clerk.get(url).json, phone.get(url).json

    assert of_shop == of_household
    assert of_shop == {
        "redemption": paid.json,
        "shop_address": "村口",
        "lines": [SOAP | {"goods_id": None}, SALT | {"goods_id": goods_id}],
        "voided_at": None,
    }
    assert moved() == (14_200, 800)


def test_a_page_for_paper_shows_the_slip_and_runs_nothing(counter, pay, office, shelves):
    office.campaign(office.funder(5_000))
    soap, salt = (
        line | {"goods_id": shelves.lines(counter, line["price_fen"])[0]["goods_id"]}
        for line in (SOAP, SALT)
    )
    paid = pay(400, price_fen=800, lines=[soap, salt | {"name": "<b>盐</b>"}]).json

    page = counter.clerk.get(f"/api/v1/redemptions/{paid['id']}/slip?format=html")

    text = page.get_data(as_text=True)
    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "@page { size: 58mm auto" in text
    assert "肥皂 × 2" in text
    assert "&lt;b&gt;盐&lt;/b&gt; × 1" in text
    assert "五折日，县供销社出资（元）" in text
    assert "400 分" in text
    assert "2026-06-01 12:00" in text
    assert paid["id"] in text


@pytest.mark.parametrize(("points", "more"), [(800, {"price_fen": 801}), (400, {"price_fen": 400})])
def test_goods_that_cost_something_else_are_refused(app, points, more, pay, moved):
    answer = pay(points, lines=[SOAP, SALT], **more)

    assert_refused(
        answer,
        422,
        "redemption.lines_do_not_add_up",
        "商品合计和价钱对不上，请核对数量和单价",
    )
    assert moved() == (15_000, 0)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RedemptionLine)) == 0


def test_points_that_are_not_what_the_goods_cost_are_refused(pay, moved):
    answer = pay(799, lines=[SOAP, SALT])

    assert (answer.status_code, answer.json["details"]["price_fen"]) == (409, 800), answer.json
    assert moved() == (15_000, 0)


def test_on_a_half_price_day_nobody_pays_double_for_goods_whose_price_was_left_out(
    office, counter, shelves, pay, moved
):
    office.campaign(office.funder(5_000))
    lines = shelves.lines(counter, 800)

    double = pay(800, lines=lines)

    assert (double.status_code, double.json["details"]["points"]) == (409, 400), double.json
    assert moved() == (15_000, 0)
    assert pay(400, lines=lines).json["subsidy_fen"] == 400
    assert moved() == (14_600, 800)


@pytest.mark.parametrize(
    "line",
    [
        {},
        SOAP | {"quantity": 0},
        SOAP | {"price_fen": 0},
        SOAP | {"name": ""},
        SOAP | {"quantity": 1.5},
        SOAP | {"goods_id": "x"},
        SOAP | {"sum": 600},
    ],
)
def test_a_malformed_line_is_refused(line, pay, moved):
    assert_refused(pay(600, lines=[line]), 422, "invalid_request")
    assert moved() == (15_000, 0)


def test_a_slip_is_nobody_elses(given, mall, pay):
    paid = pay(800, lines=[SOAP, SALT]).json
    url = f"/api/v1/redemptions/{paid['id']}/slip"

    for stranger in (given.resident(given.household()), mall.counter().clerk):
        assert_refused(stranger.get(url), 404, "redemption.not_found", "没有找到这笔兑换")
    assert given.visitor().get(url).status_code == 403


def test_many_goods_cost_as_many_statements_as_one(counter, pay, queries):
    pay(200, lines=[SALT])
    with queries() as plain:
        pay(200, lines=[SALT])
    with queries() as listed:
        pay(1_000, lines=[SALT | {"name": f"盐{n}"} for n in range(5)])

    assert len(listed) == len(plain)
