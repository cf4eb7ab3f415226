"""An order goes step by step to its household, and ends once."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.messages.delivery.words import words
from app.messages.notices import Notice
from app.points import ledger
from mall.merchants import service as merchants
from mall.orders import jobs
from mall.orders.models import LINE_STEPS, ORDER_STEPS, LineState, Order, OrderLine, OrderState
from mall.orders.settings import SETTINGS
from tests.given.factories import COUNTY
from tests.given.http import assert_refused

POSSIBLE = "orders.step_not_possible"


def told(app) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.scalars(select(Notice)).all()
        return sorted((row.kind, words(row).sentence) for row in rows)


def test_what_was_picked_up_is_paid_and_leaves_the_stock(town, app):
    order_id = town.handed_over((town.soap, 2), (town.rice, 1), points=1_600)

    seen = town.seen(order_id)
    assert (seen["state"], seen["points"], seen["due_at"]) == ("handed_over", 1_600, None)
    assert {line["state"] for line in seen["lines"]} == {"handed_over"}
    assert (town.points(), town.takings()) == (3_400, 1_600)
    assert (town.pieces(town.soap), town.pieces(town.rice)) == ((8, 0, 2), (9, 0, 1))
    assert [kind for kind, _ in told(app)] == ["order_ready", "order_received"]
    assert town.findings() == set()


def test_the_household_reads_until_when_it_can_come(town, app):
    town.ready((town.soap, 1), points=300)

    ((_, sentence),) = told(app)
    assert "订的东西备好了，请在 2026年6月8日以前去拿" in sentence


def test_a_part_is_handed_over_and_the_rest_is_free_again(town):
    order_id = town.ready((town.soap, 2), (town.rice, 1), points=1_600)
    left_out = town.line(order_id, "大米")["id"]

    body = {"code": town.digits(order_id), "without": [left_out]}
    answer = town.step(order_id, "hand-over", body)

    assert (answer.json["state"], answer.json["points"]) == ("handed_over", 600)
    assert answer.json["agreed_points"] == 1_600
    assert (town.points(), town.takings()) == (4_400, 600)
    assert (town.pieces(town.soap), town.pieces(town.rice)) == ((8, 0, 2), (10, 0, 0))
    assert town.findings() == set()


def test_nothing_is_handed_over_without_a_line(town):
    order_id = town.ready((town.soap, 1), points=300)
    lines = [line["id"] for line in town.seen(order_id)["lines"]]

    answer = town.step(order_id, "hand-over", {"code": town.digits(order_id), "without": lines})

    assert_refused(answer, 422, "orders.nothing_left")
    assert (town.seen(order_id)["state"], town.points()) == ("ready", 4_700)


def test_a_campaigns_part_is_paid_at_the_hand_over_also_when_the_campaign_is_over(
    town, office, noon
):
    funder = office.funder(10_000)
    campaign = office.campaign(funder)
    order_id = town.ready((town.rice, 2), (town.soap, 1), points=1_175)
    noon.move(days=3)
    office.stop(campaign)

    left_out = town.line(order_id, "肥皂")["id"]
    town.step(order_id, "hand-over", {"code": town.digits(order_id), "without": [left_out]})

    assert (town.points(), town.takings(), office.left(funder)) == (4_000, 2_000, 9_000)
    assert town.findings() == set()


def test_a_delivery_leaves_and_arrives_by_digits_or_by_name(town, app):
    town.deliver()
    shown = town.ready((town.soap, 1), points=300, way="delivery")
    named = town.ready((town.rice, 1), points=1_000, way="delivery")

    body = {"code": town.digits(shown)}
    assert_refused(town.step(shown, "hand-over", body), 409, POSSIBLE)
    for order_id in (shown, named):
        assert town.step(order_id, "departure").json["state"] == "on_the_way"
    assert town.step(shown, "hand-over", body).json["received_by"] is None
    received = town.step(named, "hand-over", {"received_by": "王大妈"})

    assert received.json["received_by"] == "王大妈"
    assert (town.points(), town.takings()) == (3_700, 1_300)
    kinds = [kind for kind, _ in told(app)]
    assert kinds == ["order_ready", "order_ready", "order_received", "order_received"]
    assert "凭取货码交给了您家，用了 300 分" in told(app)[2][1]
    assert "由“王大妈”收下，用了 1000 分" in told(app)[3][1]
    assert town.findings() == set()


def test_a_delivery_above_twenty_yuan_needs_the_digits(town, app):
    town.deliver()
    order_id = town.ready((town.rice, 2), (town.soap, 1), points=2_300, way="delivery")
    town.step(order_id, "departure")

    refused = town.step(order_id, "hand-over", {"received_by": "王大妈"})

    assert_refused(
        refused,
        422,
        "orders.delivery_needs_code",
        "送到的东西超过 2000 分，要请这一户打开手机上的取货码给您看，只写名字不行",
    )
    assert (town.seen(order_id)["state"], town.points()) == ("on_the_way", 2_700)
    assert town.step(order_id, "hand-over", {"code": town.digits(order_id)}).status_code == 200
    assert (town.points(), town.takings()) == (2_700, 2_300)


def test_a_delivery_of_twenty_yuan_needs_a_name(town, app):
    town.deliver()
    order_id = town.ready((town.rice, 2), points=2_000, way="delivery")
    town.step(order_id, "departure")

    assert town.step(order_id, "hand-over", {"received_by": "王大妈"}).status_code == 200
    assert (town.points(), town.takings()) == (3_000, 2_000)


def test_what_is_picked_up_needs_the_digits(town):
    order_id = town.ready((town.soap, 1), points=300)

    assert_refused(
        town.step(order_id, "hand-over", {"received_by": "王大妈"}), 422, "orders.code_needed"
    )
    assert_refused(town.step(order_id, "departure"), 409, POSSIBLE)
    assert (town.points(), town.takings()) == (4_700, 0)


def test_new_digits_end_those_before_and_wrong_ones_pay_nothing(town):
    order_id = town.ready((town.soap, 1), points=300)
    old = town.digits(order_id)
    new = town.digits(order_id)
    wrong = f"{(int(new) + 1) % 10**8:08}"

    for digits in {old, wrong} - {new}:
        answer = town.step(order_id, "hand-over", {"code": digits})
        assert_refused(answer, 422, "orders.code_wrong")
    assert town.takings() == 0
    assert town.step(order_id, "hand-over", {"code": new}).status_code == 200


def test_only_a_digest_of_the_digits_is_kept(town, app):
    order_id = town.ready((town.soap, 1), points=300)
    shown = town.phone.post(f"/api/v1/orders/{order_id}/code").json

    assert shown["qr"] == f"FENO1.{UUID(order_id).hex}.{shown['digits']}"
    with app.app_context():
        kept = db.session.scalars(select(Order.code_digest)).one()
    assert kept != shown["digits"].encode()
    assert len(kept) == 32


def test_digits_cannot_be_guessed_by_trying(town):
    order_id = town.ready((town.soap, 1), points=300)
    right = town.digits(order_id)
    wrong = f"{(int(right) + 1) % 10**8:08}"
    for _ in range(5):
        assert_refused(town.step(order_id, "hand-over", {"code": wrong}), 422, "orders.code_wrong")

    answer = town.step(order_id, "hand-over", {"code": right})

    assert_refused(answer, 429, "orders.too_many_wrong_codes")
    assert (town.seen(order_id)["state"], town.takings()) == ("ready", 0)


def test_digits_are_shown_only_when_there_is_something_to_hand_over(town):
    order_id = town.placed((town.soap, 1), points=300)

    assert_refused(town.phone.post(f"/api/v1/orders/{order_id}/code"), 409, POSSIBLE)


def test_a_shop_says_why_it_cancels(town, app):
    order_id = town.ready((town.soap, 1), (town.rice, 1), points=1_300)

    answer = town.step(order_id, "refusal", {"reason": "大米受潮了"})

    assert (answer.json["state"], answer.json["cancelled_by"]) == ("cancelled", "shop")
    assert (answer.json["reason"], answer.json["points"]) == ("大米受潮了", 0)
    assert (town.points(), town.pieces(town.rice)) == (5_000, (10, 0, 0))
    sentence = told(app)[0][1]
    assert "的订单取消了：大米受潮了。1300 分没有扣，还在您家的积分里" in sentence
    assert town.findings() == set()


@pytest.mark.parametrize(("is_ready", "wait"), [(False, {"hours": 48}), (True, {"days": 7})])
def test_what_is_not_prepared_or_fetched_in_time_ends(town, app, noon, is_ready, wait):
    make = town.ready if is_ready else town.placed
    order_id = make((town.soap, 1), points=300)
    noon.move(**wait)
    noon.move(seconds=-1)
    run_sweeps(app)
    assert town.points() == 4_700

    noon.move(seconds=1)
    run_sweeps(app)
    run_sweeps(app)

    seen = town.seen(order_id)
    assert (seen["state"], seen["cancelled_by"], seen["reason"]) == ("cancelled", "time", None)
    assert (town.points(), town.pieces(town.soap)) == (5_000, (10, 0, 0))
    assert "的订单取消了，因为过了时间" in told(app)[0][1]
    assert town.findings() == set()


def run_sweeps(app) -> None:
    """Let the sweeps find what is over, and run what they asked for."""
    with app.app_context():
        found = [*jobs.queries.overdue(jobs.clock.now(), limit=10)]
        jobs.end_overdue()
        jobs.end_unanswered()
        for county_id, order_id in found:
            jobs.end_order(str(county_id), str(order_id))
        for county_id, order_id in jobs.queries.unanswered(jobs.clock.now(), limit=10):
            jobs.end_substitutes(str(county_id), str(order_id))


def test_the_sweep_of_a_county_uses_its_own_times(given, town, noon):
    given.setting(SETTINGS, prepare_hours=2, pick_up_days=1, substitute_minutes=10)

    order_id = town.placed((town.soap, 1), points=300)

    assert town.seen(order_id)["due_at"] == (noon() + timedelta(hours=2)).isoformat()


def test_an_ended_order_takes_no_step(town):
    done = town.handed_over((town.soap, 1), points=300)
    gone = town.placed((town.soap, 1), points=300)
    town.step(gone, "cancellation", client=town.phone)

    for order_id in (done, gone):
        for step, body in (
            ("preparation", None),
            ("readiness", None),
            ("departure", None),
            ("refusal", {"reason": "不卖了"}),
            ("hand-over", {"code": "00000000"}),
        ):
            assert_refused(town.step(order_id, step, body), 409, POSSIBLE)
        refused = town.step(order_id, "cancellation", client=town.phone)
        assert_refused(refused, 409, POSSIBLE)
    assert (town.points(), town.takings()) == (4_700, 300)


def test_every_step_that_is_not_listed_is_a_bug():
    for before in OrderState:
        for after in OrderState:
            order = Order(state=before)
            if after in ORDER_STEPS[before]:
                order.step_to(after)
                assert order.state is after
            else:
                with pytest.raises(AssertionError):
                    order.step_to(after)
    for before in LineState:
        for after in set(LineState) - LINE_STEPS[before]:
            with pytest.raises(AssertionError):
                OrderLine(state=before).step_to(after)


def test_lists_show_states_a_page_at_a_time_in_few_queries(town, queries, noon):
    made = []
    for n in range(5):
        lines = [(town.soap, 1), (town.rice, 1)] if n < 3 else [(town.soap, 1)]
        made.append(town.placed(*lines, points=1_300 if n < 3 else 300))
        noon.move(seconds=1)
    town.step(made[0], "preparation")
    own = town.counter.url("orders")

    with queries() as few:
        page = town.phone.get("/api/v1/orders?limit=1").json
    with queries() as many:
        assert len(town.phone.get("/api/v1/orders").json["items"]) == 5

    assert [order["id"] for order in page["items"]] == [made[4]]
    second = town.phone.get(f"/api/v1/orders?limit=2&before={page['next']}").json
    assert [order["id"] for order in second["items"]] == [made[3], made[2]]
    assert len(few) == len(many) == 3  # who calls, the orders, their lines
    placed = town.counter.clerk.get(f"{own}?state=placed").json["items"]
    assert [order["id"] for order in placed] == made[:0:-1]
    preparing = town.counter.owner.get(f"{own}?state=preparing").json["items"]
    assert [order["id"] for order in preparing] == [made[0]]
    assert preparing[0]["customer"] == "王**"


def test_the_shops_day_and_statement_include_what_was_handed_over(town, office):
    funder = office.funder(10_000)
    office.campaign(funder)
    order_id = town.handed_over((town.rice, 2), points=1_000)
    back = {"line_id": town.line(order_id, "大米")["id"], "count": 1, "reason": "袋子破了"}
    town.step(order_id, "refunds", back)

    account = town.counter.clerk.get(town.counter.url("account")).json
    told = town.counter.owner.get(town.counter.url("statement?from=2026-06-01&to=2026-06-01")).json

    assert (account["today_count"], account["today_points"]) == (1, 500)
    assert (account["today_subsidy_fen"], account["balance_fen"]) == (500, 1_000)
    assert sorted((line["words"], line["amount_fen"]) for line in told["movements"]) == [
        ("村民订单，原价 20.00 元", 1_000),
        ("活动补贴，县供销社出资", 1_000),
        ("订单退款", -500),
        ("退回活动补贴，县供销社出资", -500),
    ]
    assert told["closing_fen"] == 1_000


def test_a_message_is_sent_apart_from_its_order(town, app):
    order_id = town.ready((town.soap, 1), points=300)

    with app.app_context():
        (notice,) = db.session.scalars(select(Notice)).all()

    assert notice.state.value == "waiting"
    assert town.seen(order_id)["state"] == "ready"


def test_a_suspended_merchant_is_paid_nothing(town, app, noon):
    order_id = town.ready((town.soap, 1), points=300)
    with app.app_context(), transaction():
        merchants.suspend(
            county_id=COUNTY, merchant_id=town.counter.merchant_id, by=town.shelves.by, at=noon()
        )

    answer = town.step(order_id, "hand-over", {"code": town.digits(order_id)})

    assert_refused(answer, 409, "orders.shop_suspended")
    assert (town.seen(order_id)["state"], town.points(), town.takings()) == ("ready", 4_700, 0)


def test_a_frozen_shop_gets_nothing_and_the_order_waits(town, app):
    order_id = town.ready((town.soap, 1), points=300)
    with app.app_context(), transaction():
        ledger.freeze(county_id=COUNTY, account=ledger.shop(town.counter.shop_id))

    answer = town.step(order_id, "hand-over", {"code": town.digits(order_id)})

    assert_refused(answer, 409, "ledger.account_frozen")
    assert (town.seen(order_id)["state"], town.pieces(town.soap)) == ("ready", (9, 1, 0))
