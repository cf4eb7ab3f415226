"""Many at once, with real commits: what is posted is exact, and nobody waits for ever."""

from datetime import date

from app.kernel.db import transaction
from app.points import ledger
from tests.given.factories import COUNTY
from tests.given.ledger import SHOP

LAST_DAY = date(2027, 3, 31)


def spending(family, amount, reference, at):
    return lambda: ledger.spend(
        county_id=COUNTY,
        household_id=family.id,
        reference=reference,
        decided_at=at,
        kind=ledger.TransferKind.REDEMPTION,
        credit=ledger.shop(SHOP),
        amount=amount,
    )


def test_of_a_hundred_payments_of_ten_a_balance_of_500_pays_exactly_fifty(given, noon, together):
    family = given.household(points=300)
    given.points(family, 200, expires_on=None)

    outcomes = together(spending(family, 10, f"redemption:{n}", noon()) for n in range(100))

    assert outcomes == {"done": 50, "InsufficientPoints": 50}
    assert given.spendable(family) == 0
    assert given.balance(ledger.shop(SHOP)) == 500


def test_one_decision_posted_by_thirty_two_at_once_moves_once(given, noon, together):
    village = given.village()
    given.budget(village, 1000)
    family = given.household(village=village, points=1)  # its account is open: nobody waits there

    outcomes = together(
        lambda: ledger.post(
            county_id=COUNTY,
            reference="award:1",
            decided_at=noon(),
            kind=ledger.TransferKind.AWARD,
            debit=ledger.village_budget(village.id),
            credit=ledger.household(family.id, LAST_DAY),
            amount=10,
        )
        for _ in range(32)
    )

    assert outcomes == {"done": 32}
    assert given.spendable(family) == 11


def test_one_payment_sent_by_thirty_two_at_once_pays_once(given, noon, together):
    family = given.household(points=100)
    together([spending(family, 1, "redemption:0", noon())])  # the shop's account is open

    outcomes = together(spending(family, 60, "redemption:1", noon()) for _ in range(32))

    assert outcomes == {"done": 32}
    assert given.spendable(family) == 39


def test_payments_and_voids_between_two_accounts_do_not_deadlock(given, noon, together):
    family = given.household(points=1000)
    together([spending(family, 500, "redemption:first", noon())])

    def void(n):
        return lambda: ledger.post(
            county_id=COUNTY,
            reference=f"void:{n}",
            decided_at=noon(),
            kind=ledger.TransferKind.VOID,
            debit=ledger.shop(SHOP),
            credit=ledger.household(family.id, LAST_DAY),
            amount=1,
        )

    outcomes = together(
        work
        for n in range(100)
        for work in (spending(family, 1, f"redemption:{n}", noon()), void(n))
    )

    assert outcomes == {"done": 200}
    assert given.spendable(family) == 500


def test_a_hold_settled_and_released_at_once_is_resolved_once(app, given, noon, together):
    family = given.household(points=100)
    together([spending(family, 100, "redemption:1", noon())])
    with app.app_context(), transaction():
        held = ledger.hold(
            county_id=COUNTY,
            reference="cash_out:1",
            decided_at=noon(),
            kind=ledger.TransferKind.CASH_OUT,
            debit=ledger.shop(SHOP),
            credit=ledger.payout_in_flight(),
            amount=100,
            expires_at=None,
        )

    def settle(n):
        return lambda: ledger.settle(
            county_id=COUNTY, hold_id=held.id, reference=f"s:{n}", decided_at=noon(), amount=100
        )

    def release(n):
        return lambda: ledger.release(
            county_id=COUNTY, hold_id=held.id, reference=f"r:{n}", decided_at=noon()
        )

    outcomes = together(work for n in range(8) for work in (settle(n), release(n)))

    assert outcomes == {"done": 1, "HoldResolved": 15}
    with app.app_context():
        shop = ledger.balance(COUNTY, ledger.shop(SHOP))
        flight = ledger.balance(COUNTY, ledger.payout_in_flight())
    assert (shop.posted + flight.posted, shop.held) == (100, 0)


def test_an_account_first_used_by_many_at_once_is_opened_once(given, noon, together):
    family = given.household(points=100)

    outcomes = together(spending(family, 1, f"redemption:{n}", noon()) for n in range(32))

    assert outcomes == {"done": 32}
    assert given.balance(ledger.shop(SHOP)) == 32
