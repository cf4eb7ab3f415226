"""The books of the counter agree with one another, and every lie in them is found."""

import pytest

from mall.redemption.proof import QUESTIONS
from tests.given.http import post

USED, BY_SHOP_CODE = "a_redemption_used_its_code", "a_redemption_used_its_shop_code"
BACK, SAME_DAY = "a_void_redemption_gave_its_points_back", "a_void_is_of_the_same_day"
ADD_UP, CONFIRMED = "the_goods_of_a_redemption_add_up", "a_confirmed_payment_has_its_redemption"
MOVED = "a_redemption_moved_its_points"
SALT = {"name": "食盐", "quantity": 4, "price_fen": 200}


@pytest.fixture
def story(office, phone, counter, limits, pay, shelves):
    """Goods at half price, a yes and a no, a payment by the shop's code, and a void."""
    limits(household_day_points=None)
    office.campaign(office.funder(5_000))
    goods_id = shelves.lines(counter, 200)[0]["goods_id"]
    lines = [SALT | {"goods_id": goods_id}]
    assert pay(400, price_fen=800, lines=lines).status_code == 201
    for answer in ("confirmation", "refusal"):
        pending = pay(6_000).json["id"]
        assert post(phone, f"pending-payments/{pending}/{answer}").status_code in {200, 201}
    code = counter.owner.post(counter.url("code")).json["code"]
    assert post(phone, "shop-codes/payments", {"code": code, "points": 50}).status_code == 201
    gone = pay(100).json["id"]
    why = {"reason": "wrong_amount"}
    assert post(counter.clerk, f"redemptions/{gone}/void", why).status_code == 200


def test_a_true_story_of_a_counter_is_found_true(story, lies):
    assert lies(QUESTIONS) == set()


LIES = [
    ("UPDATE redemption_lines SET quantity = 5", {ADD_UP}),
    ("UPDATE redemption_lines SET price_fen = 199", {ADD_UP}),
    (
        "INSERT INTO redemption_lines SELECT county_id, gen_random_uuid(), redemption_id, 2,"
        " NULL, name, 1, 1 FROM redemption_lines",
        {ADD_UP},
    ),
    ("UPDATE pending_payments SET points = 1 WHERE state = 'confirmed'", {CONFIRMED}),
    (
        "UPDATE pending_payments SET redemption_id = gen_random_uuid() WHERE state = 'confirmed'",
        {CONFIRMED},
    ),
    (
        "UPDATE pending_payments SET state = 'declined', redemption_id = NULL",
        {CONFIRMED},
    ),
    (
        "UPDATE pending_payments SET state = 'confirmed', redemption_id = gen_random_uuid()"
        " WHERE state = 'declined'",
        {CONFIRMED},
    ),
    ("UPDATE shop_codes SET shop_id = gen_random_uuid()", {BY_SHOP_CODE}),
    ("UPDATE shop_codes SET made_at = made_at + interval '1 day'", {BY_SHOP_CODE}),
    (
        "UPDATE redemptions SET voided_at = voided_at + interval '1 day'"
        " WHERE voided_at IS NOT NULL",
        {SAME_DAY},
    ),
    (
        "UPDATE redemptions SET voided_at = NULL, voided_by = NULL, void_reason = NULL",
        {BACK},
    ),
    (
        "UPDATE redemptions SET state = 'void' WHERE means = 'shop_code'",
        {BACK},
    ),
]


def test_every_lie_is_found(told, story):
    assert told(QUESTIONS, LIES) == LIES
