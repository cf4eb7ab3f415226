"""Awarding to many households in one call."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.points import ledger
from tests.given.factories import COUNTY

LAST_DAY = date(2027, 3, 31)
SHOP = uuid4()


@pytest.fixture
def village(given):
    village = given.village()
    given.budget(village, 1000)
    return village


@pytest.fixture
def award_many(app, village):
    """Post a batch in a transaction of its own."""

    def run(awards, village_id=None):
        with app.app_context(), transaction():
            return ledger.award_many(
                county_id=COUNTY, village_id=village_id or village.id, awards=awards
            )

    return run


@pytest.fixture
def post(app, village):
    """Post one award of a batch by itself."""

    def run(award):
        with app.app_context(), transaction():
            return ledger.post(
                county_id=COUNTY,
                reference=award.reference,
                decided_at=award.decided_at,
                kind=ledger.TransferKind.AWARD,
                debit=ledger.village_budget(village.id),
                credit=ledger.household(award.household_id, award.expires_on),
                amount=award.amount,
            )

    return run


@pytest.fixture
def awards(noon):
    """Name awards of these amounts, each for a household of its own."""

    def make(*amounts):
        return [
            ledger.Award(f"award:{n}", noon(), uuid4(), LAST_DAY, amount)
            for n, amount in enumerate(amounts)
        ]

    return make


def on_hand(given, award):
    return given.balance(ledger.household(award.household_id, award.expires_on))


def left(given, village):
    return given.balance(ledger.village_budget(village.id))


def test_a_batch_moves_points_to_every_household(given, village, award_many, awards):
    batch = awards(10, 20, 30)

    outcome = award_many(batch)

    assert outcome == ledger.Batch(posted=3, skipped=0, amount=60)
    assert [on_hand(given, award) for award in batch] == [10, 20, 30]
    assert left(given, village) == 940


def test_two_awards_of_one_household_are_two_entries_of_its_account(
    app, given, award_many, awards, noon
):
    first, second = awards(10, 20)
    second = replace(second, household_id=first.household_id)

    award_many([first, second])

    assert on_hand(given, first) == 30
    with app.app_context():
        entries = ledger.history(
            COUNTY, kind=ledger.AccountKind.HOUSEHOLD, owner=first.household_id, limit=9
        )
    assert sorted(entry.amount for entry in entries) == [10, 20]
    assert max(entry.balance_after for entry in entries) == 30


def test_the_entries_of_a_batch_are_numbered_without_gaps_on_the_budget(
    app, village, award_many, awards
):
    award_many(awards(10, 20, 30))

    with app.app_context():
        rows = db.session.execute(
            text("""
                SELECT debit_entry, debit_after + amount FROM ledger.transfers
                 WHERE kind = 'award' ORDER BY debit_entry
            """)
        ).all()
    assert [entry for entry, _ in rows] == [2, 3, 4], "the allotment was the first"
    assert rows[0][1] == 1000


def test_a_repeated_batch_moves_nothing(given, village, award_many, awards):
    batch = awards(10, 20)
    award_many(batch)

    assert award_many(batch) == ledger.Batch(posted=0, skipped=2, amount=0)

    assert left(given, village) == 970


def test_what_was_posted_by_itself_is_skipped_in_a_batch(given, village, award_many, post, awards):
    batch = awards(10, 20)
    post(batch[0])

    assert award_many(batch) == ledger.Batch(posted=1, skipped=1, amount=20)

    assert [on_hand(given, award) for award in batch] == [10, 20]


def test_what_a_batch_posted_is_a_repeat_by_itself(given, award_many, post, awards):
    batch = awards(10, 20)
    award_many(batch)

    again = post(batch[0])

    assert (again.is_replay, again.credit_after) == (True, 10)
    assert on_hand(given, batch[0]) == 10


def test_an_award_named_twice_in_a_batch_is_posted_once(given, award_many, awards):
    (award,) = awards(10)

    assert award_many([award, award]) == ledger.Batch(posted=1, skipped=1, amount=10)

    assert on_hand(given, award) == 10


@pytest.mark.parametrize("change", [{"amount": 11}, {"household_id": uuid4()}])
def test_a_batch_that_gives_one_reference_two_contents_is_refused(
    given, village, award_many, awards, change
):
    (award,) = awards(10)

    with pytest.raises(ledger.ReferenceReused):
        award_many([award, replace(award, **change)])

    assert left(given, village) == 1000


@pytest.mark.parametrize("change", [{"amount": 11}, {"household_id": uuid4()}])
def test_an_award_posted_before_with_other_contents_refuses_the_batch(
    given, village, award_many, awards, change
):
    known, new = awards(10, 20)
    award_many([known])

    with pytest.raises(ledger.ReferenceReused):
        award_many([replace(known, **change), new])

    assert (on_hand(given, known), on_hand(given, new)) == (10, 0)
    assert left(given, village) == 990


def test_an_award_that_another_village_paid_refuses_the_batch(given, village, award_many, awards):
    batch = awards(10)
    award_many(batch)
    other = given.village()
    given.budget(other, 100)

    with pytest.raises(ledger.ReferenceReused):
        award_many(batch, village_id=other.id)

    assert left(given, other) == 100


def test_a_budget_that_cannot_pay_all_pays_none(given, village, award_many, awards):
    batch = awards(600, 401)

    with pytest.raises(ledger.InsufficientPoints) as refusal:
        award_many(batch)

    assert refusal.value.details == {"balance": 1000, "needed": 1001}
    assert [on_hand(given, award) for award in batch] == [0, 0]
    assert left(given, village) == 1000


def test_a_budget_pays_its_last_point(given, village, award_many, awards):
    award_many(awards(600, 400))

    assert left(given, village) == 0


@pytest.mark.parametrize("whose", ["household", "budget"])
def test_a_frozen_account_refuses_the_batch(app, given, village, award_many, awards, whose):
    batch = awards(10, 20)
    award_many(batch[:1])
    frozen = (
        ledger.household(batch[0].household_id, LAST_DAY)
        if whose == "household"
        else ledger.village_budget(village.id)
    )
    with app.app_context(), transaction():
        ledger.freeze(county_id=COUNTY, account=frozen)
    more = replace(batch[0], reference="award:more")

    with pytest.raises(ledger.AccountFrozen):
        award_many([more, batch[1]])

    assert on_hand(given, batch[1]) == 0
    assert award_many(batch[:1]).skipped == 1, "a repeat is answered all the same"


def test_an_amount_that_is_not_positive_never_enters(app, village, awards, noon):
    """Past the front door, whose assertion would stop it: the table has the last word."""
    from sqlalchemy.exc import IntegrityError

    (award,) = awards(10)
    with (
        app.app_context(),
        pytest.raises(IntegrityError, match="amount_positive"),
        transaction(),
    ):
        db.session.execute(
            text("""
                SELECT ledger.award_batch(:county, :village, :ids, :references, :homes,
                                          CAST(:days AS date[]), :amounts)
            """),
            {
                "county": COUNTY,
                "village": village.id,
                "ids": [uuid7(noon()), uuid7(noon.move(seconds=1))],
                "references": ["a", "b"],
                "homes": [award.household_id, award.household_id],
                "days": [None, None],
                "amounts": [10, -5],
            },
        )


@pytest.fixture
def together(app, committed):
    """Run each piece of work in a thread and a transaction of its own."""

    def attempt(work):
        try:
            with app.app_context(), transaction():
                return work()
        except ledger.InsufficientPoints:
            return None

    def run(works):
        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(attempt, works))

    return run


def test_one_batch_sent_by_sixteen_at_once_is_posted_once(given, village, awards, together):
    batch = awards(*[1] * 100)

    outcomes = together(
        lambda: ledger.award_many(county_id=COUNTY, village_id=village.id, awards=batch)
        for _ in range(16)
    )

    assert sorted(outcome.posted for outcome in outcomes) == [0] * 15 + [100]
    assert left(given, village) == 900


def test_batches_of_one_budget_stop_exactly_where_it_is_used_up(given, village, noon, together):
    homes = [uuid4() for _ in range(20)]

    def batch(n):
        # Each names the same households in an order of its own.
        named = [
            ledger.Award(f"award:{n}:{home}", noon(), home, LAST_DAY, 3)
            for home in (homes if n % 2 else reversed(homes))
        ]
        return lambda: ledger.award_many(county_id=COUNTY, village_id=village.id, awards=named)

    outcomes = together(batch(n) for n in range(32))

    assert sum(outcome is not None for outcome in outcomes) == 16, "16 x 60 of 1,000"
    assert left(given, village) == 40
    points = [given.balance(ledger.household(home, LAST_DAY)) for home in homes]
    assert points == [48] * 20


def test_batches_single_awards_and_payments_do_not_deadlock(given, village, noon, together):
    homes = [uuid4() for _ in range(8)]

    def batch(n):
        named = [ledger.Award(f"award:{n}:{home}", noon(), home, LAST_DAY, 1) for home in homes]
        return lambda: ledger.award_many(county_id=COUNTY, village_id=village.id, awards=named)

    def single(n):
        return lambda: ledger.post(
            county_id=COUNTY,
            reference=f"single:{n}",
            decided_at=noon(),
            kind=ledger.TransferKind.AWARD,
            debit=ledger.village_budget(village.id),
            credit=ledger.household(homes[n % 8], LAST_DAY),
            amount=1,
        )

    def payment(n):
        return lambda: ledger.spend(
            county_id=COUNTY,
            household_id=homes[n % 8],
            reference=f"redemption:{n}",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(SHOP),
            amount=1,
        )

    together(work for n in range(40) for work in (batch(n), single(n), payment(n)))

    paid = given.balance(ledger.shop(SHOP))
    points = sum(given.balance(ledger.household(home, LAST_DAY)) for home in homes)
    assert left(given, village) == 1000 - 40 * 8 - 40
    assert points + paid == 40 * 8 + 40
