"""The books of vouchers agree with the ledger, and every lie in them is found."""

import pytest

from mall.vouchers.proof import QUESTIONS

BATCH_BY_TWO = "a_code_on_sale_is_of_a_batch_of_two"
BATCH, SOLD, ONCE = (
    "a_batch_of_vouchers_holds_what_it_says",
    "a_voucher_is_sold_with_a_purchase",
    "a_voucher_is_sold_once",
)
MOVED, BACK = "a_purchase_of_a_voucher_moved_its_points", "a_refund_of_a_voucher_moved_its_points"
FAULTY, DECIDED = "a_faulty_voucher_was_judged_by_two", "a_refund_of_a_voucher_was_decided"
AGREED, BY_TWO, VERSION = (
    "a_voucher_costs_what_was_agreed",
    "a_price_of_a_voucher_was_agreed_to",
    "a_purchase_of_a_voucher_cost_its_version",
)
INVENTED = (
    "INSERT INTO voucher_prices (county_id, id, kind_id, market_price_fen, points_price, set_at) "
    "SELECT county_id, gen_random_uuid(), kind_id, market_price_fen,"
)
LATER = "set_at + interval '1 hour' FROM voucher_prices"
SEEN = "a_voucher_was_seen_by_its_household_only"


@pytest.fixture
def story(desk, given, phone):
    """Three sold of six: one as it should be, one refunded, one exchanged; each was looked at."""
    kind = desk.kind(6)
    for outcome in (None, "refund", "another"):
        bought = desk.bought(phone, kind)
        desk.view(phone, bought)
        if outcome:
            assert desk.judged(phone, bought, outcome).status_code == 200


def test_a_true_story_of_vouchers_is_found_true(story, lies):
    assert lies(QUESTIONS) == set()


PLAIN = "id NOT IN (SELECT purchase_id FROM voucher_claims)"
REFUNDED = "state = 'refunded'"


LIES = [
    ("DELETE FROM voucher_codes WHERE state = 'free'", {BATCH}),
    ("UPDATE voucher_kinds SET points_price = 1", {AGREED}),
    ("UPDATE voucher_prices SET points_price = 1", {AGREED, VERSION}),
    (f"{INVENTED} points_price - 1, {LATER}", {AGREED, BY_TWO}),
    (
        f"{INVENTED} points_price, {LATER};"
        "UPDATE voucher_purchases SET bought_at = bought_at + interval '1 day'",
        {BY_TWO, VERSION},
    ),
    ("UPDATE voucher_batches SET count = 7", {BATCH, BATCH_BY_TWO}),
    ("UPDATE voucher_codes SET state = 'sold' WHERE state = 'free'", {SOLD}),
    ("UPDATE voucher_codes SET state = 'free' WHERE state = 'sold'", {SOLD}),
    (f"UPDATE voucher_purchases SET shop_id = gen_random_uuid() WHERE {PLAIN}", {SOLD, MOVED}),
    (f"DELETE FROM voucher_purchases WHERE {PLAIN}", {SOLD, MOVED, SEEN}),
    (
        f"UPDATE voucher_purchases SET household_id = gen_random_uuid() WHERE {PLAIN}",
        {MOVED, SEEN},
    ),
    (f"UPDATE voucher_purchases SET points = points - 1 WHERE {PLAIN}", {MOVED, VERSION}),
    (
        "UPDATE voucher_purchases SET code_id = (SELECT code_id FROM voucher_claims"
        f" WHERE outcome = 'another') WHERE {PLAIN}",
        {SOLD, ONCE},
    ),
    (
        f"UPDATE voucher_purchases SET state = 'bought', refunded_at = NULL WHERE {REFUNDED}",
        {SOLD, BACK, DECIDED},
    ),
    (
        f"UPDATE voucher_purchases SET state = 'refunded', refunded_at = bought_at WHERE {PLAIN}",
        {SOLD, BACK, DECIDED},
    ),
    ("UPDATE voucher_codes SET state = 'expired' WHERE state = 'faulty'", {FAULTY}),
    ("UPDATE voucher_codes SET state = 'faulty' WHERE state = 'free'", {FAULTY}),
    ("UPDATE voucher_claims SET outcome = 'refused' WHERE outcome = 'another'", {FAULTY}),
    (
        "ALTER TABLE voucher_claims DROP CONSTRAINT ck_voucher_claims_decided_by_another;"
        "UPDATE voucher_claims SET decided_by = proposed_by",
        {FAULTY},
    ),
    ("UPDATE voucher_claims SET outcome = 'another' WHERE outcome = 'refund'", {DECIDED}),
    ("UPDATE voucher_viewings SET user_id = gen_random_uuid()", {SEEN}),
    ("UPDATE voucher_viewings SET viewed_at = viewed_at - interval '1 year'", {SEEN}),
]


def test_every_lie_about_vouchers_is_found(told, story):
    assert told(QUESTIONS, LIES) == LIES
