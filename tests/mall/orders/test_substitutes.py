"""When something is missing the household decides, and pays no more than it agreed to."""

import pytest

from app.kernel.db import db
from mall.orders import jobs
from tests.given.http import assert_refused, post


@pytest.fixture
def millet(town, shelves):
    return shelves.stocked(town.counter, "小米", points=900, market=950)


@pytest.fixture
def preparing(town):
    order_id = town.placed((town.soap, 1), (town.rice, 1), points=1_300)
    assert town.step(order_id, "preparation").status_code == 200
    return order_id


def offer(town, order_id, name, one, count=1, client=None):
    line_id = town.line(order_id, name)["id"]
    body = {"offer_id": str(one.offer_id), "count": count}
    return town.step(order_id, f"lines/{line_id}/substitute", body, client=client)


def answer(town, order_id, is_wanted, name="小米", client=None):
    line_id = town.line(order_id, name)["id"]
    path = f"orders/{order_id}/lines/{line_id}/answer"
    return post(client or town.phone, path, {"is_wanted": is_wanted})


def states(town, order_id):
    return {line["name"]: line["state"] for line in town.seen(order_id)["lines"]}


def test_a_substitute_that_is_wanted_stands_in_and_the_difference_comes_back(
    town, preparing, millet
):
    offered = offer(town, preparing, "大米", millet)
    assert offered.status_code == 201, offered.json
    assert town.pieces(millet) == (9, 1, 0)
    assert_refused(town.step(preparing, "readiness"), 409, "orders.substitute_pending")

    taken = answer(town, preparing, is_wanted=True)

    assert taken.json["points"] == 1_200
    assert states(town, preparing) == {"肥皂": "open", "大米": "replaced", "小米": "open"}
    assert (town.pieces(town.rice), town.pieces(millet)) == ((10, 0, 0), (9, 1, 0))
    assert town.findings() == set()
    town.step(preparing, "readiness")
    town.step(preparing, "hand-over", {"code": town.digits(preparing)})
    assert (town.points(), town.takings(), town.pieces(millet)) == (3_800, 1_200, (9, 0, 1))
    assert town.findings() == set()


def test_one_that_is_not_wanted_is_dropped_with_what_was_missing(town, preparing, millet):
    offer(town, preparing, "大米", millet)

    declined = answer(town, preparing, is_wanted=False)

    assert (declined.json["state"], declined.json["points"]) == ("preparing", 300)
    assert states(town, preparing) == {"肥皂": "open", "大米": "dropped", "小米": "declined"}
    assert (town.points(), town.pieces(town.rice), town.pieces(millet)) == (
        4_700,
        (10, 0, 0),
        (10, 0, 0),
    )
    assert_refused(answer(town, preparing, is_wanted=True), 409, "orders.substitute_over")
    assert town.findings() == set()


def test_no_answer_in_time_drops_it(town, app, preparing, millet, noon):
    offer(town, preparing, "大米", millet)
    noon.move(minutes=120)
    assert_refused(answer(town, preparing, is_wanted=True), 409, "orders.substitute_over")

    with app.app_context():
        found = jobs.queries.unanswered(noon(), limit=10)
        for county_id, order_id in [*found, *found]:
            jobs.end_substitutes(str(county_id), str(order_id))
        assert jobs.queries.unanswered(noon(), limit=10) == []
        db.session.rollback()

    assert states(town, preparing) == {"肥皂": "open", "大米": "dropped", "小米": "declined"}
    assert (town.points(), town.pieces(millet)) == (4_700, (10, 0, 0))
    assert town.findings() == set()


def test_an_order_of_which_nothing_is_left_is_cancelled(town, millet):
    order_id = town.placed((town.rice, 1), points=1_000)
    town.step(order_id, "preparation")
    offer(town, order_id, "大米", millet)

    ended = answer(town, order_id, is_wanted=False)

    assert (ended.json["state"], ended.json["cancelled_by"]) == ("cancelled", "shop")
    assert ended.json["reason"] == "商品缺货"
    assert (town.points(), town.pieces(millet)) == (5_000, (10, 0, 0))
    assert town.findings() == set()


def test_a_shop_that_cancels_takes_its_substitute_back_too(town, preparing, millet):
    offer(town, preparing, "大米", millet)

    town.step(preparing, "refusal", {"reason": "停电了"})

    assert (town.points(), town.pieces(millet), town.pieces(town.rice)) == (
        5_000,
        (10, 0, 0),
        (10, 0, 0),
    )
    assert town.findings() == set()


def test_a_substitute_of_a_substitute_uses_the_same_points(town, shelves, preparing, millet):
    oats = shelves.stocked(town.counter, "燕麦", points=800, market=800)
    offer(town, preparing, "大米", millet)
    answer(town, preparing, is_wanted=True)

    offer(town, preparing, "小米", oats)
    answer(town, preparing, is_wanted=True, name="燕麦")

    assert town.findings() == set()
    town.step(preparing, "readiness")
    town.step(preparing, "hand-over", {"code": town.digits(preparing)})
    assert (town.points(), town.takings()) == (3_900, 1_100)
    assert town.findings() == set()


def test_a_substitute_costs_what_the_campaign_of_the_order_says(town, office, shelves, noon):
    funder = office.funder(10_000)
    office.campaign(funder, last_on="2026-06-01")
    order_id = town.placed((town.rice, 1), points=500)
    noon.move(days=1)  # the campaign is over, its terms are not
    town.step(order_id, "preparation")
    wheat = shelves.stocked(town.counter, "面粉", points=800, market=800)

    offer(town, order_id, "大米", wheat)
    taken = answer(town, order_id, is_wanted=True, name="面粉")

    assert taken.json["points"] == 400
    assert town.findings() == set()
    town.step(order_id, "readiness")
    town.step(order_id, "hand-over", {"code": town.digits(order_id)})
    assert (town.points(), town.takings(), office.left(funder)) == (4_600, 800, 9_600)
    assert town.findings() == set()


def test_what_costs_more_or_is_the_same_is_not_offered(town, shelves, mall, preparing, millet):
    dear = shelves.stocked(town.counter, "好米", points=1_001, market=1_100)
    elsewhere = shelves.stocked(mall.counter(), "别家的米", points=900, market=900)

    refused = offer(town, preparing, "大米", dear)

    assert_refused(
        refused,
        409,
        "orders.substitute_too_dear",
        "替换的商品要 1001 分，不能超过原来的 1000 分，请换一件",
    )
    same = offer(town, preparing, "大米", town.rice)
    assert_refused(same, 422, "orders.substitute_is_same")
    assert_refused(offer(town, preparing, "大米", elsewhere), 422, "orders.one_shop_only")
    assert_refused(offer(town, preparing, "大米", millet, 11), 409, "catalogue.out_of_stock")
    assert offer(town, preparing, "大米", millet).status_code == 201
    pending = offer(town, preparing, "大米", millet)
    assert_refused(pending, 409, "orders.substitute_pending")
    assert (town.pieces(dear), town.pieces(elsewhere)) == ((10, 0, 0), (10, 0, 0))
    assert town.findings() == set()


def test_nothing_is_offered_before_the_shop_begins(town, millet):
    order_id = town.placed((town.rice, 1), points=1_000)

    refused = offer(town, order_id, "大米", millet)

    assert_refused(refused, 409, "orders.step_not_possible")
    assert town.pieces(millet) == (10, 0, 0)
