"""The books of reversals and debts agree with the ledger, and every lie in them is found."""

import pytest

from app.points.awards import Rule
from app.points.expiry import jobs
from mall.reversals.proof import QUESTIONS
from tests.given.reversals import Desk


@pytest.fixture
def story(given, decide, desk: Desk, family, counter, pay, noon):
    """Reversals in full and in part, an unpaid one, a repayment, a redemption, an expiry."""
    spent = decide(family, Rule.CHECKED_A)
    pay(family, counter, 8)
    desk.reverse("award", spent.id)
    noon.move(days=1)
    decide(family, Rule.SELF_CHECK)
    neighbour = given.household(village=family.village)
    desk.reverse("award", decide(neighbour, Rule.CHECKED_A).id)
    poor = given.household(village=given.village())
    desk.reverse("award", decide(poor, Rule.CHECKED_A).id)
    rich = given.household(points=30)
    given.points(rich, 50, expires_on=None)
    desk.reverse("redemption", pay(rich, counter, 40))
    pay(rich, counter, 5)
    noon.at = noon.at.replace(year=2027, month=5)
    jobs.expire_points()


def test_a_true_story_is_found_true(story, lies):
    assert lies(QUESTIONS) == set()


LIES = [
    (
        "UPDATE reversals SET moved = moved - 1, owed = owed + 1 WHERE moved = 2",
        {"a_reversal_moved_what_it_says", "a_debt_is_what_a_reversal_could_not_take"},
    ),
    (
        "DELETE FROM reversals WHERE subject = 'redemption'",
        {"a_reversal_moved_what_it_says", "a_reversal_names_who_is_on_the_trace"},
    ),
    (
        "UPDATE reversals SET household_id = (SELECT id FROM households h "
        "WHERE h.id <> household_id LIMIT 1) WHERE subject = 'redemption'",
        {"a_reversal_moved_what_it_says"},
    ),
    (
        "UPDATE awards SET reversed_at = NULL, reversed_because = NULL WHERE repaid = 0",
        {"what_is_reversed_says_so"},
    ),
    (
        "UPDATE awards SET reversed_at = now(), reversed_because = '' WHERE repaid > 0",
        {"what_is_reversed_says_so"},
    ),
    (
        "UPDATE redemptions SET state = 'paid'",
        {"what_is_reversed_says_so"},
    ),
    (
        "UPDATE debts SET points = points - 1",
        {"a_debt_is_what_a_reversal_could_not_take"},
    ),
    (
        "UPDATE debts SET points = 1",
        {"a_debt_is_what_a_reversal_could_not_take", "no_debt_is_repaid_beyond_itself"},
    ),
    (
        "DELETE FROM debt_repayments",
        {"a_repayment_moved_what_it_says", "an_award_says_what_of_it_repaid"},
    ),
    (
        "UPDATE debt_repayments SET transfer_id = id",
        {"a_repayment_moved_what_it_says"},
    ),
    ("UPDATE awards SET repaid = 4 WHERE repaid = 5", {"an_award_says_what_of_it_repaid"}),
    (
        "UPDATE ledger.balances b SET posted = 1 FROM ledger.accounts a "
        "WHERE a.id = b.account_id AND a.kind = 'expired'",
        {"what_expired_went_back_to_the_reserve"},
    ),
]


def test_every_lie_of_the_owner_is_found(told, story):
    assert told(QUESTIONS, LIES, as_owner=True) == LIES
