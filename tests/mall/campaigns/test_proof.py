"""The books of campaigns agree with the ledger, and every lie in them is found."""

import pytest

from mall.campaigns.proof import QUESTIONS as CAMPAIGNS
from mall.redemption.proof import QUESTIONS as REDEMPTIONS
from tests.given.reversals import Desk

QUESTIONS = {**CAMPAIGNS, **REDEMPTIONS}
ADD_UP = "the_goods_of_a_redemption_add_up"
PAID = "given_back_fen = 0"
MOVED, BACK = "a_subsidy_moved_what_it_says", "what_came_back_of_a_subsidy_moved"
PROMISED, FUNDED = "a_subsidy_is_what_its_campaign_promises", "a_funding_moved_as_approved"
FUNDED_BY = "a_funding_names_who_is_on_the_trace"
BELONGS = "a_subsidy_belongs_to_its_redemption"


@pytest.fixture
def story(office, phone, counter, pay, noon):
    """A funding, a reclaim of another campaign's money, a subsidy and one that went back."""
    office.approved(office.fund(office.funder(500, name="镇妇联"), 400, "reclaim"))
    office.campaign(office.funder(5_000), day_limit_fen=1_500, weekdays=[1, 2])
    pay(phone, counter, 1_000, 2_000)
    noon.move(days=1)
    gone = pay(phone, counter, 400, 800).json["id"]
    Desk(office.maker, office.checker).reverse("redemption", gone)


def test_a_true_story_of_campaigns_is_found_true(story, lies):
    assert lies(QUESTIONS) == set()


LIES = [
    (f"DELETE FROM subsidies WHERE {PAID}", {MOVED, ADD_UP}),
    (f"UPDATE subsidies SET funder_id = gen_random_uuid() WHERE {PAID}", {MOVED, PROMISED}),
    (
        "UPDATE subsidies SET subsidy_fen = subsidy_fen - 1,"
        f" settlement_fen = settlement_fen - 1 WHERE {PAID}",
        {MOVED},
    ),
    (f"UPDATE subsidies SET market_price_fen = 2100 WHERE {PAID}", {PROMISED, ADD_UP}),
    (f"UPDATE subsidies SET given_back_fen = 1 WHERE {PAID}", {BACK, BELONGS}),
    ("UPDATE subsidies SET given_back_fen = 0", {BACK, BELONGS}),
    (f"UPDATE subsidies SET household_id = gen_random_uuid() WHERE {PAID}", {BELONGS}),
    ("UPDATE campaigns SET percent = 40", {PROMISED}),
    ("UPDATE campaigns SET last_on = first_on", {PROMISED}),
    ("UPDATE campaigns SET weekdays = ARRAY[2]", {PROMISED}),
    ("UPDATE campaigns SET region_id = gen_random_uuid()", {PROMISED}),
    (
        "UPDATE campaigns SET state = 'draft', decided_by = NULL, decided_at = NULL",
        {PROMISED, "a_campaign_names_who_is_on_the_trace"},
    ),
    ("UPDATE campaigns SET day_limit_fen = 999", {"a_household_keeps_to_its_limit_of_a_day"}),
    (
        "ALTER TABLE campaigns DROP CONSTRAINT ck_campaigns_decided_by_another;"
        "UPDATE campaigns SET decided_by = made_by",
        {"a_campaign_has_two_people", "a_campaign_names_who_is_on_the_trace"},
    ),
    (
        "ALTER TABLE subsidies DROP CONSTRAINT uq_subsidies_county_id_reference;"
        "INSERT INTO subsidies SELECT (jsonb_populate_record(s,"
        " jsonb_build_object('id', gen_random_uuid()))).* FROM subsidies s"
        " WHERE given_back_fen > 0",
        {"a_purchase_is_subsidised_once"},
    ),
    ("UPDATE subsidy_fundings SET amount_fen = 501 WHERE amount_fen = 500", {FUNDED}),
    ("UPDATE subsidy_fundings SET direction = 'funding'", {FUNDED}),
    ("UPDATE subsidy_fundings SET state = 'declined'", {FUNDED}),
    ("DELETE FROM subsidy_fundings WHERE amount_fen = 400", {FUNDED, FUNDED_BY}),
    (
        "ALTER TABLE subsidy_fundings DROP CONSTRAINT"
        " ck_subsidy_fundings_decided_by_another;"
        "UPDATE subsidy_fundings SET decided_by = proposed_by",
        {FUNDED, FUNDED_BY},
    ),
]


def test_every_lie_about_campaigns_is_found(told, story):
    assert told(QUESTIONS, LIES) == LIES
