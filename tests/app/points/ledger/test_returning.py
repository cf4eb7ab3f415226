"""Giving spent points back, each to where it came from, all or none."""

from datetime import date
from uuid import uuid4

import pytest

from app.kernel.db import transaction
from app.points import ledger
from tests.given.factories import COUNTY

SHOP = uuid4()
SOON, LATER = date(2027, 3, 31), date(2028, 3, 31)


@pytest.fixture
def home(app, given, noon):
    """A household that has spent 30 points that end soon, and 20 of 50 that end later."""
    family = given.household(points=30)
    given.points(family, 50, expires_on=LATER)
    with app.app_context(), transaction():
        ledger.spend(
            county_id=COUNTY,
            household_id=family.id,
            reference="redemption:1",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(SHOP),
            amount=50,
        )
    return family


@pytest.fixture
def give_back(app, noon):
    at = noon()

    def run(family, *pieces):
        with app.app_context(), transaction():
            ledger.give_back(
                county_id=COUNTY,
                household_id=family.id,
                pieces=pieces,
                reference="void:1",
                decided_at=at,
                kind=ledger.TransferKind.VOID,
                debit=ledger.shop(SHOP),
            )

    return run


def test_each_piece_comes_back_with_its_last_day(given, home, give_back):
    give_back(home, ledger.Piece(SOON, 30), ledger.Piece(LATER, 20))

    assert given.balance(ledger.household(home.id, SOON)) == 30
    assert given.balance(ledger.household(home.id, LATER)) == 50
    assert given.balance(ledger.shop(SHOP)) == 0


def test_pieces_come_back_once(given, home, give_back):
    for _ in range(2):
        give_back(home, ledger.Piece(SOON, 30))

    assert given.balance(ledger.household(home.id, SOON)) == 30
    assert given.balance(ledger.shop(SHOP)) == 20


def test_an_account_that_has_too_little_for_all_gives_nothing_back(given, home, give_back):
    with pytest.raises(ledger.InsufficientPoints) as refused:
        give_back(home, ledger.Piece(SOON, 30), ledger.Piece(LATER, 31))

    assert refused.value.details == {"balance": 20, "needed": 31}
    assert refused.value.missing == 11
    assert refused.value.missing_money() == {"missing_fen": 11, "missing_yuan": "0.11"}
    assert given.balance(ledger.household(home.id, SOON)) == 0
    assert given.balance(ledger.household(home.id, LATER)) == 30
    assert given.balance(ledger.shop(SHOP)) == 50


def test_what_is_missing_counts_the_pieces_behind(given, home, give_back):
    with pytest.raises(ledger.InsufficientPoints) as refused:
        give_back(home, *[ledger.Piece(day, 40) for day in (SOON, LATER, None)])

    assert refused.value.details == {"balance": 10, "needed": 80}
    assert given.balance(ledger.shop(SHOP)) == 50


@pytest.mark.parametrize(
    ("amount", "already", "pieces"),
    [
        (60, 0, [(None, 10), (LATER, 20), (SOON, 30)]),
        (25, 0, [(None, 10), (LATER, 15)]),
        (25, 10, [(LATER, 20), (SOON, 5)]),
        (7, 25, [(LATER, 5), (SOON, 2)]),
        (0, 60, []),
    ],
)
def test_what_can_be_used_longest_comes_back_first(amount, already, pieces):
    spent = [ledger.Piece(SOON, 30), ledger.Piece(LATER, 20), ledger.Piece(None, 10)]

    found = ledger.last_pieces(spent, amount=amount, already=already)

    assert [(piece.expires_on, piece.amount) for piece in found] == pieces


def test_no_more_comes_back_than_was_spent():
    with pytest.raises(AssertionError):
        ledger.last_pieces([ledger.Piece(SOON, 30)], amount=21, already=10)
