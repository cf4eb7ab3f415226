"""Points that go from one household to another keep the day on which they end."""

from random import Random

import pytest

from app.kernel import clock
from app.kernel.db import transaction
from app.points import ledger
from app.points.ledger import Share
from tests.given.factories import COUNTY
from tests.given.ledger import LAST_YEARS, LATER, SOON

DAYS = (SOON, LATER, None)


@pytest.fixture
def stands(app):
    """What is posted on a household's accounts: soon, later, never."""

    def read(family):
        with app.app_context():
            found = [ledger.balance(COUNTY, ledger.household(family.id, day)) for day in DAYS]
        return [one.posted for one in found]

    return read


@pytest.fixture
def carry(act, noon):
    def run(giver, taker, share, reference="change:1", at=None):
        return act(
            ledger.carry,
            from_id=giver.id,
            to_id=taker.id,
            share=share,
            reference=reference,
            decided_at=at or noon(),
        )

    return run


def home(given, soon=0, later=0, never=0):
    family = given.household(points=soon)
    for points, day in ((later, LATER), (never, None)):
        if points:
            given.points(family, points, expires_on=day)
    return family


def test_k1_k2_k5_a_share_goes_account_by_account(given, noon, carry, stands, hold_points):
    giver, taker = home(given, 1001, 250, 808), given.household()
    given.points(giver, 70, expires_on=LAST_YEARS)

    carried = carry(giver, taker, Share(2, 2, 5))
    again = carry(giver, taker, Share(2, 2, 5))

    assert [(one.expires_on, one.amount) for one in carried] == [
        (SOON, 400),
        (LATER, 100),
        (None, 323),
    ]
    assert [(one.id, one.amount, one.is_replay) for one in again] == [
        (one.id, one.amount, True) for one in carried
    ]
    assert (stands(giver), stands(taker)) == ([601, 150, 485], [400, 100, 323])

    holding, held_of = home(given, 1001, 250, 808), given.household()
    hold_points(holding, 301)
    carry(holding, held_of, Share(2, 2, 5), "change:2")
    assert (stands(holding), stands(held_of)) == ([721, 150, 485], [280, 100, 323])

    agreed, other = home(given, 500, 0, 300), given.household()
    carry(agreed, other, Share(1, 0, 2), "change:3")
    assert (stands(agreed), stands(other)) == ([250, 0, 300], [250, 0, 0])


def test_k16_nothing_else_moves_between_households(app, given, noon, act, stands):
    giver, taker = home(given, 100, 0, 50), given.household(points=1)
    at = {"reference": "x", "decided_at": noon()}
    carry = {"kind": ledger.TransferKind.CARRY} | at
    accounts = ledger.household(giver.id, SOON), ledger.household(taker.id, LATER)
    never = {"debit": ledger.household(giver.id), "credit": ledger.household(taker.id)}

    refused = [
        (ledger.post, {**carry, "debit": accounts[0], "credit": accounts[1], "amount": 5}),
        (ledger.hold, {**carry, **never, "amount": 5, "expires_at": None}),
        (ledger.spend, {**carry, "household_id": giver.id, "credit": never["credit"], "amount": 5}),
        (ledger.carry, {**at, "from_id": giver.id, "to_id": giver.id, "share": ledger.ALL}),
        (ledger.carry, {**at, "from_id": giver.id, "to_id": taker.id, "share": Share(3, 0, 2)}),
        (ledger.carry, {**at, "from_id": giver.id, "to_id": taker.id, "share": Share(0, -1, 2)}),
    ]
    for command, arguments in refused:
        with pytest.raises(ledger.FlowNotAllowed):
            act(command, **arguments)

    assert (stands(giver), stands(taker)) == ([100, 0, 50], [1, 0, 0])


def test_a_frozen_account_or_a_reused_reference_carries_nothing(given, act, carry, stands):
    giver, taker, third = home(given, 100, 40), given.household(), given.household()
    frozen = {"account": ledger.household(giver.id, LATER)}

    act(ledger.freeze, **frozen)
    with pytest.raises(ledger.AccountFrozen):
        carry(giver, taker, ledger.ALL)
    act(ledger.thaw, **frozen)
    carry(giver, taker, Share(1, 1, 2))
    with pytest.raises(ledger.ReferenceReused):
        carry(giver, third, Share(1, 1, 2))

    assert (stands(giver), stands(taker), stands(third)) == ([50, 20, 0], [50, 20, 0], [0, 0, 0])


def test_random_carries_agree_with_a_plain_model(app, given, noon):
    """Three households, all last days, shares at random: 300 carries and what they must leave."""
    random, families = Random(27), [home(given, 1000, 700, 500) for _ in range(3)]
    meant = {family.id: [1000, 700, 500] for family in families}

    with app.app_context(), transaction():
        for number in range(300):
            giver, taker = random.sample(families, 2)
            of = random.randint(1, 7)
            share = Share(random.randint(0, of), random.randint(0, of), of)
            arguments = {
                "county_id": COUNTY,
                "from_id": giver.id,
                "to_id": taker.id,
                "share": share,
                "reference": f"change:{number}",
                "decided_at": noon(),
            }
            carried = {one.expires_on: one.amount for one in ledger.carry(**arguments)}
            for index, day in enumerate(DAYS):
                part = share.sale if day is None else share.earned
                points = meant[giver.id][index] * part // of
                assert carried.get(day, 0) == points
                meant[giver.id][index] -= points
                meant[taker.id][index] += points
            assert not carried or all(one.is_replay for one in ledger.carry(**arguments))

    with app.app_context():
        for family in families:
            free = ledger.free_accounts(COUNTY, family.id, day=clock.day_of(noon()))
            left = dict(zip(DAYS, meant[family.id], strict=True))
            assert {one.expires_on: one.free for one in free} == {
                d: p for d, p in left.items() if p
            }


def test_carries_in_both_directions_beside_payments_end_exact(given, noon, together):
    one, other = home(given, 500, 200, 100), home(given, 400, 300, 100)

    def carrying(number):
        giver, taker = (one, other) if number % 2 else (other, one)
        return lambda: ledger.carry(
            county_id=COUNTY,
            from_id=giver.id,
            to_id=taker.id,
            share=Share(1, 1, 3),
            reference=f"change:{number}",
            decided_at=noon(),
        )

    outcomes = together(carrying(number) for number in range(40))

    assert outcomes == {"done": 40}
    assert given.spendable(one) + given.spendable(other) == 1600
