"""Moving points between accounts."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.kernel.db import db
from app.points import ledger
from tests.given.factories import COUNTY
from tests.given.ledger import LAST_YEARS, SHOP, THIS_YEARS, payment


def award(village, family, amount, noon, reference="award:1"):
    return {
        "reference": reference,
        "decided_at": noon(),
        "kind": ledger.TransferKind.AWARD,
        "debit": ledger.village_budget(village.id),
        "credit": ledger.household(family.id, THIS_YEARS),
        "amount": amount,
    }


def test_an_award_moves_points_from_the_budget_to_the_household(act, given, noon):
    village = given.village()
    given.budget(village, 100)
    family = given.household(village=village)

    posted = act(ledger.post, **award(village, family, 30, noon))

    assert (posted.is_replay, posted.debit_after, posted.credit_after) == (False, 70, 30)
    assert given.spendable(family) == 30
    assert given.balance(ledger.village_budget(village.id)) == 70
    assert given.balance(ledger.custody()) == -100


def test_a_repeat_returns_the_first_outcome_and_moves_nothing(act, given, noon):
    village = given.village()
    given.budget(village, 100)
    family = given.household(village=village)
    first = act(ledger.post, **award(village, family, 30, noon))
    act(ledger.post, **award(village, family, 5, noon, reference="award:2"))

    again = act(ledger.post, **award(village, family, 30, noon))

    assert again.is_replay
    assert (again.id, again.credit_after) == (first.id, 30)
    assert given.spendable(family) == 35


def test_the_same_decision_with_another_amount_is_refused(act, given, noon):
    village = given.village()
    given.budget(village, 100)
    family = given.household(village=village)
    act(ledger.post, **award(village, family, 30, noon))

    with pytest.raises(ledger.ReferenceReused):
        act(ledger.post, **award(village, family, 31, noon))

    assert given.spendable(family) == 30


def test_a_budget_that_is_used_up_pays_nothing(act, given, noon):
    village = given.village()
    given.budget(village, 20)
    family = given.household(village=village)

    with pytest.raises(ledger.InsufficientPoints) as refusal:
        act(ledger.post, **award(village, family, 30, noon))

    assert refusal.value.details == {"balance": 20, "needed": 30}
    assert given.spendable(family) == 0
    assert given.balance(ledger.village_budget(village.id)) == 20


@pytest.mark.parametrize(
    ("kind", "debit", "credit"),
    [
        ("redemption", ledger.household(SHOP), ledger.household(uuid4())),
        ("cash_out", ledger.household(SHOP), ledger.payout_in_flight()),
        ("award", ledger.reserve(), ledger.household(SHOP)),
        ("award", ledger.custody(), ledger.household(SHOP)),
        ("funding", ledger.custody(), ledger.shop(SHOP)),
    ],
)
def test_points_move_only_along_listed_flows(act, noon, kind, debit, credit):
    with pytest.raises(ledger.FlowNotAllowed):
        act(
            ledger.post,
            reference="x:1",
            decided_at=noon(),
            kind=ledger.TransferKind(kind),
            debit=debit,
            credit=credit,
            amount=1,
        )


@pytest.mark.parametrize(
    "account",
    [
        ledger.Account(ledger.AccountKind.SHOP),
        ledger.Account(ledger.AccountKind.SHOP, SHOP, THIS_YEARS),
        ledger.Account(ledger.AccountKind.RESERVE, SHOP),
    ],
)
def test_an_account_has_an_owner_and_a_last_day_only_where_its_kind_does(act, account):
    with pytest.raises(ledger.FlowNotAllowed):
        act(ledger.freeze, account=account)


def test_the_points_that_expire_first_are_spent_first(act, given, noon):
    family = given.household()
    given.points(family, 10, expires_on=None)
    given.points(family, 10, expires_on=date(2028, 3, 31))
    given.points(family, 10, expires_on=THIS_YEARS)

    pieces = act(ledger.spend, **payment(family, 15, noon))

    assert [piece.amount for piece in pieces] == [10, 5]
    assert given.balance(ledger.household(family.id, THIS_YEARS)) == 0
    assert given.balance(ledger.household(family.id, date(2028, 3, 31))) == 5
    assert given.balance(ledger.household(family.id)) == 10


def test_expired_points_are_not_spent_even_before_they_are_taken_back(act, given, noon):
    family = given.household()
    given.points(family, 100, expires_on=LAST_YEARS)
    given.points(family, 7)

    with pytest.raises(ledger.InsufficientPoints) as refusal:
        act(ledger.spend, **payment(family, 8, noon))

    assert refusal.value.details == {"balance": 7, "needed": 8}
    assert given.balance(ledger.household(family.id, LAST_YEARS)) == 100


def test_points_can_be_spent_until_the_end_of_their_last_day(act, given, noon):
    family = given.household()
    given.points(family, 10, expires_on=date(2026, 6, 1))

    act(ledger.spend, **payment(family, 4, noon))
    noon.move(hours=12)  # midnight in China

    with pytest.raises(ledger.InsufficientPoints):
        act(ledger.spend, **payment(family, 4, noon, reference="redemption:2"))


def test_a_repeated_payment_is_paid_once_from_the_same_accounts(act, given, noon):
    family = given.household(points=10)
    given.points(family, 10, expires_on=None)
    first = act(ledger.spend, **payment(family, 15, noon))

    again = act(ledger.spend, **payment(family, 15, noon))

    assert {piece.id for piece in again} == {piece.id for piece in first}
    assert all(piece.is_replay for piece in again)
    assert given.spendable(family) == 5
    with pytest.raises(ledger.ReferenceReused):
        act(ledger.spend, **payment(family, 16, noon))


def test_a_household_spends_365_once_by_200_and_no_more(act, given, noon):
    """Case T5 of the points policy."""
    family = given.household(points=365)

    act(ledger.spend, **payment(family, 200, noon))
    with pytest.raises(ledger.InsufficientPoints) as refusal:
        act(ledger.spend, **payment(family, 200, noon, reference="redemption:2"))

    assert refusal.value.sentence() == "积分不够：现有 165 分，需要 200 分"
    assert given.spendable(family) == 165


def test_a_frozen_account_neither_pays_nor_receives(act, given, noon):
    family = given.household(points=10)
    account = ledger.household(family.id, THIS_YEARS)
    act(ledger.freeze, account=account)

    with pytest.raises(ledger.InsufficientPoints):
        act(ledger.spend, **payment(family, 1, noon))
    given.budget(family.village, 5)
    with pytest.raises(ledger.AccountFrozen):
        act(ledger.post, **award(family.village, family, 5, noon))

    act(ledger.thaw, account=account)
    act(ledger.spend, **payment(family, 1, noon))
    assert given.spendable(family) == 9


def test_the_history_shows_an_owner_what_came_in_and_went_out(app, act, given, noon):
    family = given.household(points=50)
    noon.move(minutes=1)
    act(ledger.spend, **payment(family, 20, noon))

    with app.app_context():
        entries = ledger.history(
            COUNTY, kind=ledger.AccountKind.HOUSEHOLD, owner=family.id, limit=10
        )
        older = ledger.history(
            COUNTY,
            kind=ledger.AccountKind.HOUSEHOLD,
            owner=family.id,
            limit=10,
            before=entries[0].id,
        )

    assert [(e.kind, e.amount, e.balance_after) for e in entries] == [
        ("redemption", -20, 30),
        ("award", 50, 50),
    ]
    assert older == entries[1:]


def test_the_application_cannot_write_ledger_rows_itself(app, given):
    given.household(points=10)
    for statement in (
        "UPDATE ledger.balances SET posted = posted + 1",
        "DELETE FROM ledger.transfers",
        "INSERT INTO ledger.flows VALUES ('award', 'custody', 'household')",
        "SELECT ledger.move(1, gen_random_uuid(), 'award', 'x', 1, 2, 3, NULL, 0)",
        "ALTER TABLE ledger.transfers DISABLE TRIGGER ALL",
    ):
        with app.app_context(), pytest.raises(Exception, match=r"permission denied|must be owner"):
            db.session.execute(text(statement))
