"""What came back after the hand-over: points to their household, subsidies to their funder."""

from datetime import date, timedelta

from app.kernel.db import transaction
from app.points import ledger
from tests.given.factories import COUNTY
from tests.given.http import assert_refused


def refund(town, order_id, name, count, client=None):
    line_id = town.line(order_id, name)["id"]
    body = {"line_id": line_id, "count": count, "reason": "袋子破了"}
    return town.step(order_id, "refunds", body, client=client)


def buckets(town, on=date(2026, 6, 1)):
    with town.app.app_context():
        found = ledger.household_buckets(COUNTY, town.family.id, day=on)
        return {bucket.expires_on: bucket.available for bucket in found if bucket.available}


def test_pieces_are_refunded_one_by_one_until_none_is_left(town):
    order_id = town.handed_over((town.soap, 3), points=900)

    assert refund(town, order_id, "肥皂", 1).json["points"] == 600
    assert (town.points(), town.takings()) == (4_400, 600)
    assert_refused(
        refund(town, order_id, "肥皂", 3), 409, "orders.refund_too_much", "这件商品最多还能退 2 件"
    )
    assert refund(town, order_id, "肥皂", 2).json["points"] == 0

    assert (town.points(), town.takings()) == (5_000, 0)
    assert town.pieces(town.soap) == (7, 0, 3)  # what came back is counted by the shop
    assert town.seen(order_id)["state"] == "handed_over"
    assert town.findings() == set()


def test_points_go_back_to_where_they_came_from_the_lasting_ones_first(town, given):
    given.points(town.family, 700, expires_on=date(2026, 12, 31))
    given.points(town.family, 500, expires_on=None)
    order_id = town.handed_over((town.rice, 2), points=2_000)
    assert buckets(town) == {date(2027, 3, 31): 3_700, None: 500}

    refund(town, order_id, "大米", 1)
    assert buckets(town) == {date(2027, 3, 31): 4_700, None: 500}
    refund(town, order_id, "大米", 1)

    assert buckets(town) == {date(2026, 12, 31): 700, date(2027, 3, 31): 5_000, None: 500}
    assert town.findings() == set()


def test_points_whose_day_has_passed_come_back_for_a_week(town, given, noon):
    given.points(town.family, 1_000, expires_on=date(2026, 6, 2))
    order_id = town.handed_over((town.rice, 1), points=1_000)
    noon.move(days=2)

    refund(town, order_id, "大米", 1)

    assert buckets(town, date(2026, 6, 3)) == {date(2026, 6, 10): 1_000, date(2027, 3, 31): 5_000}
    assert town.findings() == set()


def test_a_subsidy_goes_back_to_its_funder_to_the_last_fen(town, office, shelves):
    funder = office.funder(10_000)
    office.campaign(funder)
    salt = shelves.stocked(town.counter, "盐", points=333, market=333)
    order_id = town.handed_over((salt, 3), points=500)
    assert (town.takings(), office.left(funder)) == (999, 9_501)

    refund(town, order_id, "盐", 1)
    assert (town.points(), office.left(funder)) == (4_666, 9_667)
    refund(town, order_id, "盐", 2)

    assert (town.points(), town.takings(), office.left(funder)) == (5_000, 0, 10_000)
    assert town.findings() == set()


def test_a_shop_refunds_within_a_week(town, noon):
    order_id = town.handed_over((town.soap, 1), points=300)
    noon.move(days=7)

    assert_refused(
        refund(town, order_id, "肥皂", 1),
        409,
        "orders.refund_too_late",
        "交货已经超过 7 天，商店不能退了，请联系县里的工作人员",
    )
    assert (town.points(), town.takings()) == (4_700, 300)
    noon.at -= timedelta(seconds=1)
    assert refund(town, order_id, "肥皂", 1).status_code == 201


def test_only_what_was_handed_over_is_refunded(town):
    ready = town.ready((town.soap, 1), points=300)
    assert_refused(refund(town, ready, "肥皂", 1), 409, "orders.step_not_possible")
    order_id = town.ready((town.soap, 1), (town.rice, 1), points=1_300)
    left_out = town.line(order_id, "大米")["id"]
    town.step(order_id, "hand-over", {"code": town.digits(order_id), "without": [left_out]})

    assert_refused(refund(town, order_id, "大米", 1), 404, "orders.line_not_found")
    assert town.takings() == 300
    assert town.findings() == set()


def test_a_shop_that_has_cashed_out_refunds_nothing(town, app):
    order_id = town.handed_over((town.soap, 2), points=600)
    with app.app_context(), transaction():
        ledger.hold(
            county_id=COUNTY,
            reference="cash_out:gone",
            decided_at=town.shelves.noon(),
            kind=ledger.TransferKind.CASH_OUT,
            debit=ledger.shop(town.counter.shop_id),
            credit=ledger.payout_in_flight(),
            amount=400,
            expires_at=None,
        )

    assert_refused(
        refund(town, order_id, "肥皂", 1),
        409,
        "orders.shop_has_too_little",
        "店铺余额不够退回，还差 100 分，请等店铺有了余额再退",
    )
    assert (town.points(), town.line(order_id, "肥皂")["refunded_count"]) == (4_400, 0)
