"""Orders agree with ledger, stock and subsidies, and every lie in them is found."""

import pytest

from tests.given.orders import QUESTIONS

HOLDS, MOVED = "an_order_holds_its_open_points", "a_line_handed_over_moved_its_points"
LINES, STOCK = "an_order_is_as_its_lines", "stock_is_set_aside_for_orders"
SUBSIDY, PROMISES = "a_subsidy_belongs_to_its_order", "an_order_keeps_its_promises"
REFUNDS, HELD = "a_refund_moved_what_it_says", "an_open_promise_is_held"
JOURNAL = "stock_is_the_sum_of_its_moves"
KEPT, BACK = "a_kept_promise_is_a_subsidy", "what_came_back_of_a_subsidy_moved"


@pytest.fixture
def story(town, office):
    """An order handed over in part and refunded in part, one that waits, one that is gone."""
    office.campaign(office.funder(20_000))
    town.placed((town.rice, 1), points=500)
    gone = town.placed((town.soap, 1), points=175)
    town.step(gone, "cancellation", client=town.phone)
    order_id = town.ready((town.soap, 2), (town.rice, 1), points=850)
    left_out = town.line(order_id, "大米")["id"]
    body = {"code": town.digits(order_id), "without": [left_out]}
    assert town.step(order_id, "hand-over", body).status_code == 200
    back = {"line_id": town.line(order_id, "肥皂")["id"], "count": 1, "reason": "袋子破了"}
    assert town.step(order_id, "refunds", back).status_code == 201


def test_a_true_story_of_orders_is_found_true(story, lies):
    assert lies(QUESTIONS) == set()


LIES = [
    (
        "UPDATE order_lines SET held_points = held_points + 1 WHERE state = 'open'",
        {HOLDS},
    ),
    ("UPDATE orders SET household_id = gen_random_uuid() WHERE state = 'placed'", {HOLDS}),
    (
        "UPDATE order_lines SET state = 'dropped' WHERE state = 'open'",
        {HOLDS, LINES, STOCK, PROMISES},
    ),
    (
        "UPDATE order_lines SET points = points - 1, subsidy_fen = subsidy_fen + 1"
        " WHERE state = 'handed_over'",
        {MOVED, LINES, SUBSIDY, REFUNDS},
    ),
    (
        "UPDATE orders SET shop_id = gen_random_uuid() WHERE state = 'handed_over'",
        {MOVED, SUBSIDY, REFUNDS},
    ),
    ("UPDATE orders SET points = points + 1 WHERE state = 'placed'", {LINES}),
    ("UPDATE order_lines SET count = count + 1 WHERE state = 'open'", {STOCK}),
    ("DELETE FROM stock_moves WHERE kind = 'give_back'", {STOCK, JOURNAL}),
    ("DELETE FROM order_refunds", {REFUNDS, SUBSIDY}),
    ("UPDATE order_refunds SET points = points + 1", {REFUNDS}),
    ("UPDATE promised_subsidies SET state = 'released' WHERE state = 'open'", {HELD, PROMISES}),
    (
        "UPDATE promised_subsidies SET subsidy_fen = subsidy_fen + 1 WHERE state = 'open'",
        {HELD, PROMISES},
    ),
    ("DELETE FROM promised_subsidies WHERE state = 'kept'", {HELD, PROMISES, KEPT}),
    ("UPDATE subsidies SET agreed_on = NULL", {KEPT}),
    ("UPDATE subsidies SET given_back_fen = 0", {BACK, SUBSIDY}),
]


def test_every_lie_about_orders_is_found(told, story):
    assert told(QUESTIONS, LIES) == LIES
