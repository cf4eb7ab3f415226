"""Reserving an amount, and settling or releasing it at most once."""

import pytest

from app.points import ledger
from tests.given.factories import COUNTY
from tests.given.ledger import SHOP


def balance(app, account=None):
    with app.app_context():
        return ledger.balance(COUNTY, account or ledger.shop(SHOP))


def test_what_is_held_cannot_be_held_again(app, shop_with, hold):
    shop_with(100)

    hold(70)
    with pytest.raises(ledger.InsufficientPoints) as refusal:
        hold(31, reference="cash_out:2:hold")

    assert refusal.value.details == {"balance": 30, "needed": 31}
    assert balance(app) == ledger.Balance(posted=100, held=70)


def test_a_repeated_hold_holds_once(app, shop_with, hold):
    shop_with(100)

    first, again = hold(70), hold(70)

    assert (again.id, again.is_replay) == (first.id, True)
    assert balance(app).held == 70
    with pytest.raises(ledger.ReferenceReused):
        hold(71)


def test_settling_moves_the_amount_and_releases_the_rest(app, shop_with, hold, resolve):
    shop_with(100)

    posted = resolve(hold(70).id, 60)

    assert (posted.amount, posted.debit_after, posted.credit_after) == (60, 40, 60)
    assert balance(app) == ledger.Balance(posted=40, held=0)
    assert balance(app, ledger.payout_in_flight()).posted == 60


def test_releasing_moves_nothing(app, shop_with, hold, resolve):
    shop_with(100)

    resolve(hold(70).id, 0)

    assert balance(app) == ledger.Balance(posted=100, held=0)


@pytest.mark.parametrize(("first", "second"), [(70, 70), (70, 0), (0, 70), (0, 0)])
def test_a_hold_is_resolved_at_most_once(app, shop_with, hold, resolve, first, second):
    shop_with(100)
    held = hold(70)
    resolve(held.id, first)
    before = balance(app)

    resolve(held.id, first)  # the same resolution again is a repeat
    with pytest.raises(ledger.HoldResolved):
        resolve(held.id, second, reference="cash_out:1:other")

    assert balance(app) == before


def test_more_than_was_held_is_not_settled(app, shop_with, hold, resolve):
    shop_with(100)
    held = hold(70)

    with pytest.raises(ledger.HoldResolved):
        resolve(held.id, 71)

    assert balance(app) == ledger.Balance(posted=100, held=70)
