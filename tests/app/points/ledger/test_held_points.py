"""Holding a household's points over its accounts, and settling or releasing them once."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from app.kernel.db import transaction
from app.points import ledger
from tests.given.factories import COUNTY
from tests.given.ledger import HELD_AS, LATER, SHOP, SOON


def test_points_are_held_in_the_order_in_which_they_expire(given, home, hold_points, buckets):
    pieces = hold_points(home, 60)

    assert [(p.expires_on, p.amount, p.is_replay) for p in pieces] == [
        (SOON, 30, False),
        (LATER, 20, False),
        (None, 10, False),
    ]
    assert buckets(home) == [(30, 30), (20, 20), (50, 10)]
    assert given.spendable(home) == 40


def test_what_is_held_is_neither_spent_nor_held_again(app, given, home, hold_points, buckets, noon):
    hold_points(home, 60)

    with pytest.raises(ledger.InsufficientPoints) as refused:
        hold_points(home, 41, reference="order:2:hold")
    with (
        pytest.raises(ledger.InsufficientPoints),
        app.app_context(),
        transaction(),
    ):
        ledger.spend(
            county_id=COUNTY,
            household_id=home.id,
            reference="redemption:1",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(SHOP),
            amount=41,
        )

    assert refused.value.details == {"balance": 40, "needed": 41}
    assert buckets(home) == [(30, 30), (20, 20), (50, 10)]


def test_a_repeated_hold_of_points_holds_once(home, hold_points, buckets):
    first, again = hold_points(home, 60), hold_points(home, 60)

    assert [p.id for p in again] == [p.id for p in first]
    assert all(p.is_replay for p in again)
    assert [(p.expires_on, p.amount) for p in again] == [(SOON, 30), (LATER, 20), (None, 10)]
    assert buckets(home) == [(30, 30), (20, 20), (50, 10)]


def test_a_hold_repeated_with_other_contents_is_refused(given, home, hold_points, buckets):
    other = given.household(points=100)
    hold_points(home, 60)

    with pytest.raises(ledger.ReferenceReused):
        hold_points(home, 61)
    with pytest.raises(ledger.ReferenceReused):
        hold_points(home, 60, credit=ledger.shop(uuid4()))
    with pytest.raises(ledger.ReferenceReused):
        hold_points(other, 60)

    assert buckets(home) == [(30, 30), (20, 20), (50, 10)]
    assert given.spendable(other) == 100


def test_settling_all_moves_every_piece(given, home, hold_points, resolve_points, buckets):
    hold_points(home, 60)

    posted = resolve_points(60)

    assert [one.amount for one in posted] == [30, 20, 10]
    assert buckets(home) == [(0, 0), (0, 0), (40, 0)]
    assert given.balance(ledger.shop(SHOP)) == 60


def test_settling_a_part_gives_back_what_expires_last(
    given, home, hold_points, resolve_points, buckets
):
    hold_points(home, 60)

    posted = resolve_points(35)

    assert [one.amount for one in posted] == [30, 5]
    assert buckets(home) == [(0, 0), (15, 0), (50, 0)]
    assert given.balance(ledger.shop(SHOP)) == 35


def test_releasing_points_moves_nothing(given, home, hold_points, resolve_points, buckets):
    hold_points(home, 60)

    assert resolve_points(0) is None

    assert buckets(home) == [(30, 0), (20, 0), (50, 0)]
    assert given.balance(ledger.shop(SHOP)) == 0


@pytest.mark.parametrize(("first", "second"), [(60, 60), (35, 60), (35, 0), (0, 60), (0, 0)])
def test_a_hold_of_points_is_resolved_at_most_once(
    home, hold_points, resolve_points, buckets, first, second
):
    hold_points(home, 60)
    resolve_points(first)
    before = buckets(home)

    again = resolve_points(first)  # the same resolution again is a repeat
    with pytest.raises(ledger.HoldResolved):
        resolve_points(second, reference="order:1:other")

    assert not first or (all(p.is_replay for p in again), sum(p.amount for p in again)) == (
        True,
        first,
    )
    assert buckets(home) == before


def test_the_same_resolution_with_another_amount_is_refused(
    home, hold_points, resolve_points, buckets
):
    hold_points(home, 60)
    resolve_points(35)

    with pytest.raises(ledger.HoldResolved):
        resolve_points(36)

    assert buckets(home) == [(0, 0), (15, 0), (50, 0)]


def test_more_points_than_were_held_are_not_settled(home, hold_points, resolve_points, buckets):
    hold_points(home, 60)

    with pytest.raises(ledger.HoldResolved):
        resolve_points(61)
    with pytest.raises(ledger.HoldResolved):
        resolve_points(10, held_as="order:2:hold")

    assert buckets(home) == [(30, 30), (20, 20), (50, 10)]


def test_held_points_outlive_their_last_day(
    app, given, home, hold_points, resolve_points, buckets, noon
):
    hold_points(home, 25)
    noon.at = datetime(2027, 4, 1, 4, tzinfo=UTC)

    with app.app_context(), transaction():
        night = ledger.expire(county_id=COUNTY, day=date(2027, 4, 1), after=0, limit=10)
    posted = resolve_points(10)

    assert (night.accounts, night.points) == (1, 5)
    assert [one.amount for one in posted] == [10]
    assert buckets(home)[0] == (15, 0)
    # What came back has passed its day: nobody can spend it, and the next night takes it.
    assert given.spendable(home) == 70
    with app.app_context(), transaction():
        night = ledger.expire(county_id=COUNTY, day=date(2027, 4, 2), after=0, limit=10)
    assert (night.accounts, night.points) == (1, 15)
    assert buckets(home)[0] == (0, 0)


def test_points_whose_day_has_passed_are_not_held(home, hold_points, buckets, noon):
    with pytest.raises(ledger.InsufficientPoints):
        hold_points(home, 71, at=datetime(2027, 4, 1, 4, tzinfo=UTC))

    assert buckets(home) == [(30, 0), (20, 0), (50, 0)]


def test_frozen_points_are_not_held(app, home, hold_points, buckets):
    with app.app_context(), transaction():
        ledger.freeze(county_id=COUNTY, account=ledger.household(home.id, SOON))

    with pytest.raises(ledger.InsufficientPoints):
        hold_points(home, 71)
    pieces = hold_points(home, 25)

    assert [(p.expires_on, p.amount) for p in pieces] == [(LATER, 20), (None, 5)]
    assert buckets(home) == [(30, 0), (20, 20), (50, 5)]


def test_points_frozen_after_they_were_held_do_not_move(
    app, given, home, hold_points, resolve_points, buckets
):
    hold_points(home, 60)
    with app.app_context(), transaction():
        ledger.freeze(county_id=COUNTY, account=ledger.household(home.id, LATER))

    with pytest.raises(ledger.AccountFrozen):
        resolve_points(60)

    assert buckets(home) == [(30, 30), (20, 20), (50, 10)]
    assert given.balance(ledger.shop(SHOP)) == 0


def test_points_are_held_along_listed_flows_only(home, hold_points, buckets):
    with pytest.raises(ledger.FlowNotAllowed):
        hold_points(home, 10, credit=ledger.reserve())

    assert buckets(home) == [(30, 0), (20, 0), (50, 0)]


def test_one_hold_of_points_asked_for_by_thirty_two_at_once_holds_once(
    app,
    given,
    home,
    noon,
    together,
    buckets,
):
    outcomes = together(_holding(home, HELD_AS, 60, noon) for _ in range(32))

    assert outcomes == {"done": 32}
    assert buckets(home) == [(30, 30), (20, 20), (50, 10)]


def test_of_a_hundred_holds_of_ten_a_balance_of_100_gives_ten(
    app,
    given,
    home,
    noon,
    together,
    buckets,
):
    outcomes = together(_holding(home, f"order:{n}:hold", 10, noon) for n in range(100))

    assert outcomes == {"done": 10, "InsufficientPoints": 90}
    assert buckets(home) == [(30, 30), (20, 20), (50, 50)]


def test_a_hold_of_points_settled_and_released_at_once_is_resolved_once(
    app,
    given,
    home,
    noon,
    together,
    buckets,
):
    together([_holding(home, HELD_AS, 60, noon)])
    named = {"county_id": COUNTY, "held_as": HELD_AS, "held_at": noon(), "decided_at": noon()}

    def resolving(n):
        if n % 2:
            return lambda: ledger.settle_points(reference=f"order:1:{n}", amount=60, **named)
        return lambda: ledger.release_points(reference=f"order:1:{n}", **named)

    outcomes = together(resolving(n) for n in range(32))

    assert outcomes == {"done": 1, "HoldResolved": 31}
    assert buckets(home) in ([(30, 0), (20, 0), (50, 0)], [(0, 0), (0, 0), (40, 0)])


def _holding(family, reference, amount, noon):
    return lambda: ledger.hold_points(
        county_id=COUNTY,
        household_id=family.id,
        reference=reference,
        decided_at=noon(),
        kind=ledger.TransferKind.REDEMPTION,
        credit=ledger.shop(SHOP),
        amount=amount,
        expires_at=None,
    )
