"""Every lie about cards and their uses is found."""

import pytest

from app.register.cards import proof as register_proof
from mall.cards import proof
from tests.given.cards import named

USE, ACTIVE, THEIRS = (
    "a_card_redemption_has_its_use",
    "a_card_was_active_when_it_paid",
    "a_card_paid_for_its_household",
)
DAYS, ONE, STEPS = (
    "a_proxy_bought_on_their_days",
    "a_household_has_one_card",
    "a_card_stands_where_its_steps_lead",
)


QUESTIONS = register_proof.QUESTIONS | proof.QUESTIONS


@pytest.fixture
def story(given, office, family, pay):
    """A card that was replaced, one that paid, by a proxy too, and one that was lost."""
    office.active(family)
    paper = office.active(family)
    proxy = named(given.resident(family)).json["id"]
    assert pay(paper).status_code == 201
    assert pay(paper, proxy_id=proxy).status_code == 201
    other = given.household(points=100)
    lost = office.active(other)
    office.admin(other).post(f"/api/v1/cards/{office.card(lost).id}/block")


LIES = [
    ("SELECT 1", set()),
    ("DELETE FROM card_uses WHERE proxy_id IS NULL", {USE}),
    ("DELETE FROM redemptions", {USE}),
    ("UPDATE redemptions SET household_id = gen_random_uuid()", {USE}),
    ("UPDATE card_uses SET used_at = used_at + interval '1 hour'", {USE}),
    ("UPDATE card_uses SET step = 1", {ACTIVE}),
    ("UPDATE card_uses SET step = 7", {ACTIVE}),
    ("UPDATE card_uses SET household_id = gen_random_uuid()", {USE, THEIRS}),
    ("UPDATE proxies SET household_id = gen_random_uuid()", {THEIRS}),
    ("UPDATE proxies SET first_on = '2026-06-02'", {DAYS}),
    (
        "UPDATE proxies SET ended_by = named_by, ended_at = named_at - interval '2 minutes'",
        {DAYS},
    ),
    (
        "DROP INDEX uq_cards_household_current;"
        " UPDATE cards SET state = 'printed', pin_hash = NULL, pin_salt = NULL"
        " WHERE state = 'ended'",
        {ONE, STEPS},
    ),
    (
        "UPDATE cards SET state = 'active', block_reason = NULL WHERE state = 'blocked'",
        {STEPS},
    ),
    ("DELETE FROM card_steps WHERE state = 'blocked'", {STEPS}),
    ("UPDATE cards SET step = step + 1 WHERE state = 'active'", {STEPS}),
]


def test_every_lie_is_found(told, story):
    assert told(QUESTIONS, LIES) == LIES
