"""Guards of the SQL that no other test reaches; ``test_mutations.py`` removes them one by one."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.points import ledger
from tests.given.factories import COUNTY
from tests.given.ledger import SHOP as SHOP_WITH_POINTS
from tests.given.ledger import THIS_YEARS, payment


def test_a_frozen_account_is_not_debited_by_a_posting(act, given, noon):
    family = given.household(points=10)
    account = ledger.household(family.id, THIS_YEARS)
    act(ledger.freeze, account=account)

    with pytest.raises(ledger.AccountFrozen):
        act(
            ledger.post,
            reference="reversal:1",
            decided_at=noon(),
            kind=ledger.TransferKind.REVERSAL,
            debit=account,
            credit=ledger.village_budget(family.village.id),
            amount=1,
        )

    assert given.balance(account) == 10


def test_a_household_pays_past_its_frozen_points(act, given, noon):
    family = given.household(points=10)
    given.points(family, 5, expires_on=date(2028, 3, 31))
    act(ledger.freeze, account=ledger.household(family.id, THIS_YEARS))

    act(ledger.spend, **payment(family, 5, noon))

    assert given.balance(ledger.household(family.id, THIS_YEARS)) == 10
    assert given.balance(ledger.household(family.id, date(2028, 3, 31))) == 0


def test_nothing_is_held_on_a_frozen_account(act, given, shop_with, hold):
    shop_with(100)
    act(ledger.freeze, account=ledger.shop(SHOP_WITH_POINTS))

    with pytest.raises(ledger.AccountFrozen):
        hold(70)

    assert given.balance(ledger.shop(SHOP_WITH_POINTS)) == 100


def test_one_hold_asked_for_by_thirty_two_at_once_holds_once(given, noon, together, app):
    family, shop = given.household(points=100), ledger.shop(uuid4())
    with app.app_context(), transaction():
        ledger.spend(
            county_id=COUNTY,
            household_id=family.id,
            reference="redemption:1",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=shop,
            amount=100,
        )

    def holding(amount, reference):
        return lambda: ledger.hold(
            county_id=COUNTY,
            reference=reference,
            decided_at=noon(),
            kind=ledger.TransferKind.CASH_OUT,
            debit=shop,
            credit=ledger.payout_in_flight(),
            amount=amount,
            expires_at=None,
        )

    together([holding(1, "cash_out:0")])  # opening an account would make the others take turns

    outcomes = together(holding(3, "cash_out:1") for _ in range(32))

    assert outcomes == {"done": 32}
    assert given.balance(shop) == 96


@pytest.mark.parametrize("amount", [0, -5])
def test_an_amount_is_positive_whoever_calls(app, given, noon, amount):
    """Past the Python above, which never asks for less than one."""
    family = given.household(points=10)
    values = {"county": COUNTY, "id": uuid7(noon()), "owner": family.id, "amount": amount}
    values |= {"village": family.village.id, "day": THIS_YEARS}
    statement = text(
        "SELECT ledger.post(:county, :id, 'award', 'award:0', 'village_budget', :village, NULL,"
        " 'household', :owner, :day, :amount)"
    )

    with app.app_context(), pytest.raises(DBAPIError, match="amount_positive"):
        db.session.execute(statement, values)

    assert given.spendable(family) == 10


@pytest.mark.parametrize("table", ["accounts", "transfers", "holds", "hold_resolutions", "seals"])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET county_id = 1", "DELETE FROM {0}"])
def test_not_even_the_owner_changes_a_row(a_row_in_every_table, owner, table, statement):
    with owner.connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(text(statement.format(f"ledger.{table}")))

    assert refused.value.orig.sqlstate == "LG009"
    assert f"rows of ledger.{table}" in str(refused.value)
