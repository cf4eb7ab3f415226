"""A merchant alone: a funder's part for prices that nobody ever read on a shelf."""

import pytest

from app.points import ledger
from mall.redemption.settings import SETTINGS
from tests.given.http import assert_refused, post


@pytest.fixture(autouse=True)
def nobody_is_asked(given):
    given.setting(SETTINGS, confirm_above_points=20_000, household_day_points=None)


@pytest.fixture
def funder(office):
    funder = office.funder(100_000)
    office.campaign(funder, first_on="2026-06-01", last_on="2026-06-30")
    return funder


def sale(phone, price_fen, goods_id):
    code = phone.post("/api/v1/pay-codes").json["code"]
    line = {"name": "酒", "quantity": 1, "price_fen": price_fen, "goods_id": str(goods_id)}
    return {"code": code, "points": price_fen // 2, "price_fen": price_fen, "lines": [line]}


def test_a_price_that_lay_in_a_drawer_for_a_week_has_no_subsidy(
    given, counter, shelves, office, funder
):
    """Written down as a draft, which nobody but the merchant sees; listed when it is to be paid."""
    goods_id = shelves.goods(counter, "酒", points=2_000, market=2_000, is_listed=False)
    shelves.offer(counter, goods_id)
    listed = counter.owner.post(f"/api/v1/goods/{goods_id}/listing")
    assert listed.status_code in {200, 201, 204}, listed.json
    phone = given.resident(given.household(points=5_000))

    paid = post(counter.clerk, "redemptions", sale(phone, 2_000, goods_id))

    assert office.left(funder) == 100_000
    assert_refused(paid, 409, "campaigns.price_too_fresh")


def test_goods_that_stand_on_no_shelf_of_the_shop_have_no_subsidy(
    app, given, counter, mall, shelves, office, funder
):
    """Listed for a week and offered by no shop, by another one, or under a day that has passed."""
    goods_id = shelves.goods(counter, "酒", points=2_000, market=2_000)
    phone = given.resident(given.household(points=10_000))
    nowhere = post(counter.clerk, "redemptions", sale(phone, 2_000, goods_id))
    assert_refused(nowhere, 409, "campaigns.price_not_on_shelf")

    days = {"is_listed": True, "on_sale_from": "2026-05-01T00:00:00+08:00", "on_sale_until": None}
    offered = counter.owner.put(f"/api/v1/goods/{goods_id}/offers/{counter.shop_id}", json=days)
    assert offered.status_code == 200, offered.json
    today = post(counter.clerk, "redemptions", sale(phone, 2_000, goods_id))
    assert_refused(today, 409, "campaigns.price_too_fresh")

    # Off the shelf and on it again begins anew; a change of its days does not.
    old = shelves.stocked(counter, "醋", points=2_000, market=2_000)
    where = f"/api/v1/goods/{old.goods_id}/offers/{counter.shop_id}"
    for is_listed in (False, True):
        counter.owner.put(where, json=days | {"is_listed": is_listed})
    again = post(counter.clerk, "redemptions", sale(phone, 2_000, old.goods_id))
    assert_refused(again, 409, "campaigns.price_too_fresh")
    assert (office.left(funder), given.balance(ledger.shop(counter.shop_id))) == (100_000, 0)

    salt = shelves.stocked(counter, "盐", points=2_000, market=2_000)
    where = f"/api/v1/goods/{salt.goods_id}/offers/{counter.shop_id}"
    assert counter.owner.put(where, json=days).status_code == 200
    paid = post(counter.clerk, "redemptions", sale(phone, 2_000, salt.goods_id))
    assert (paid.status_code, office.left(funder)) == (201, 99_000)


def test_what_stood_under_another_name_or_where_nobody_could_read_it_has_no_subsidy(
    given, counter, shelves, office, funder
):
    """Wine at its price for a week, called soap today; or shown to a group without households."""
    wine = shelves.stocked(counter, "酒", points=2_000, market=2_000)
    facts = {"category_id": str(shelves.category("日用")), "unit": "块"}
    renamed = counter.owner.put(f"/api/v1/goods/{wine.goods_id}", json=facts | {"name": "肥皂"})
    assert renamed.status_code == 200, renamed.json
    nobodys = [given.village().group_id]
    salt = shelves.stocked(counter, "盐", points=2_000, market=2_000, buyer_region_ids=nobodys)
    widened = counter.owner.put(f"/api/v1/goods/{salt.goods_id}", json=facts | {"name": "盐"})
    assert widened.status_code == 200, widened.json
    phone = given.resident(given.household(points=5_000))

    for goods in (wine, salt):
        paid = post(counter.clerk, "redemptions", sale(phone, 2_000, goods.goods_id))
        assert_refused(paid, 409, "campaigns.price_too_fresh")

    assert office.left(funder) == 100_000


def test_points_that_were_lifted_today_below_an_old_market_price_have_no_subsidy(
    given, town, shelves, counter, office, funder
):
    """A market price that nobody pays stands for years; what is really asked rises today."""
    wine = shelves.stocked(counter, "酒", points=1_000, market=2_000)
    body = {"market_price_fen": 2_000, "points_price": 2_000}
    lifted = counter.owner.put(f"/api/v1/goods/{wine.goods_id}/price", json=body)
    assert lifted.status_code == 200, lifted.json

    placed = town.order((wine, 1), points=1_000)

    assert office.left(funder) == 100_000
    assert_refused(placed, 409, "orders.price_differs")


def test_a_substitute_of_today_has_no_subsidy(given, town, shelves, counter, office, funder):
    """What was ordered stood on the shelf; what is handed over was invented this morning."""
    order_id = town.placed((town.rice, 1), points=500)
    assert town.step(order_id, "preparation").status_code == 200
    fresh = shelves.stocked(counter, "空盒", points=1_000, market=1_000, days_old=0)
    line_id = town.line(order_id, "大米")["id"]
    body = {"offer_id": str(fresh.offer_id), "count": 1}

    offered = town.step(order_id, f"lines/{line_id}/substitute", body)

    assert_refused(offered, 409, "orders.substitute_too_dear")
    assert town.pieces(fresh) == (10, 0, 0)
