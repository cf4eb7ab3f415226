"""Reversals against everything that moves the same points, with real commits."""

from threading import Event
from time import sleep
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.kernel.db import db
from app.points import awards, ledger
from app.points.awards import Rule
from app.points.awards import service as award_service
from app.points.awards.models import Evidence
from app.register.identity.roles import Role
from mall.redemption import service as redemption
from mall.redemption.models import Redemption, RedemptionState
from mall.reversals import service as reversals
from mall.reversals.models import Reversal
from tests.given.factories import COUNTY
from tests.given.reversals import REASON


@pytest.fixture
def officials(given):
    return [given.caller(Role.COUNTY_ADMIN, given.county()) for _ in range(16)]


@pytest.fixture
def confirming(desk, officials, noon):
    """Sixteen people who confirm one request, each in a transaction of their own."""

    def run(subject, subject_id):
        asked = UUID(desk.ask(subject, subject_id).json["id"])
        return [
            lambda by=by: reversals.confirm(reversal_id=asked, by=by, at=noon()) for by in officials
        ]

    return run


@pytest.mark.race("mall.reversals.service._undecided")
def test_of_many_who_confirm_one_moves_the_points(given, family, decide, confirming, together):
    award = decide(family, Rule.CHECKED_A)
    given.points(family, 100)

    outcomes = together(confirming("award", award.id))

    assert outcomes == {"done": 1, "AlreadyDecided": 15}
    assert given.spendable(family) == 100


@pytest.mark.race("app.points.awards.service._locked_award")
def test_an_award_is_reversed_once_whoever_asks(app, given, family, decide, noon, together):
    award = decide(family, Rule.CHECKED_A)
    given.points(family, 100)

    outcomes = together(
        lambda: awards.reverse(
            county_id=COUNTY, award_id=award.id, because=REASON, at=noon.move(seconds=1)
        )
        for _ in range(16)
    )

    assert outcomes == {"done": 1, "AwardReversed": 15}
    assert given.spendable(family) == 100


@pytest.mark.race("mall.redemption.service.giving_back._locked_paid")
def test_a_redemption_that_somebody_is_making_void_is_not_given_back_as_well(
    app, given, mall, pay, noon, together
):
    family = given.household(points=100)
    counter = mall.counter()
    mall.takings(counter, 500)
    redeemed = UUID(pay(family, counter, 30))
    is_held, was_asked = Event(), Event()

    def void():
        row = db.session.scalars(select(Redemption).with_for_update()).one()
        row.state = RedemptionState.VOID
        is_held.set()
        was_asked.wait(5)
        sleep(0.3)  # with the lock the other one waits here

    def reverse():
        is_held.wait(5)
        was_asked.set()
        redemption.reverse(county_id=COUNTY, redemption_id=redeemed, at=noon())

    assert together([void, reverse]) == {"done": 1, "AlreadyVoid": 1}
    assert given.balance(ledger.shop(counter.shop_id)) == 530


def test_a_redemption_is_given_back_once_whoever_asks(given, mall, pay, noon, together):
    family = given.household(points=100)
    counter = mall.counter()
    mall.takings(counter, 500)
    redeemed = UUID(pay(family, counter, 30))

    outcomes = together(
        lambda: redemption.reverse(
            county_id=COUNTY, redemption_id=redeemed, at=noon.move(seconds=1)
        )
        for _ in range(16)
    )

    assert outcomes == {"done": 1, "AlreadyVoid": 15}
    assert given.spendable(family) == 100
    assert given.balance(ledger.shop(counter.shop_id)) == 500


def test_of_many_who_ask_one_request_stands(app, given, family, decide, officials, noon, together):
    award = decide(family, Rule.CHECKED_A)

    outcomes = together(
        lambda by=by: reversals.propose(
            subject=reversals.Subject.AWARD,
            subject_id=award.id,
            reason=REASON,
            by=by,
            at=noon(),
        )
        for by in officials
    )

    assert outcomes == {"done": 1, "AlreadyProposed": 15}
    with app.app_context():
        assert db.session.query(Reversal).count() == 1


def test_spending_against_a_reversal_loses_and_invents_nothing(
    app, given, family, decide, noon, together, desk
):
    """Ten payments of 1 race with the reversal of all 10 points: taken + owed is always 10."""
    award = decide(family, Rule.CHECKED_A)
    shop = ledger.shop(uuid4())

    def spending(n):
        return lambda: ledger.spend(
            county_id=COUNTY,
            household_id=family.id,
            reference=f"redemption:{n}",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=shop,
            amount=1,
        )

    works = [spending(n) for n in range(10)]
    works.insert(
        5,
        lambda: awards.reverse(county_id=COUNTY, award_id=award.id, because=REASON, at=noon()),
    )
    together(works)

    spent = given.balance(shop)
    assert given.spendable(family) == 0
    with app.app_context():
        assert award_service.debts.debt(COUNTY, family.id) == spent
    assert given.balance(ledger.village_budget(family.village.id)) == 1_000 - spent


def test_awards_at_once_repay_a_debt_once(app, given, family, decide, pay, mall, noon, together):
    given_award = decide(family, Rule.CHECKED_A)
    pay(family, mall.counter(), 10)
    reviewer = given.user()
    together(
        [
            lambda: awards.reverse(
                county_id=COUNTY, award_id=given_award.id, because=REASON, at=noon()
            )
        ]
    )
    days = [noon().replace(day=day) for day in range(2, 10)]

    def deciding(day):
        event = awards.Event(
            household_id=family.id,
            village_id=family.village.id,
            rule=Rule.SELF_CHECK,
            evidence_kind=Evidence.SELF_CHECK,
            evidence_id=uuid4(),
            happened_at=day,
        )
        return lambda: awards.decide(
            county_id=COUNTY,
            events=[event],
            decided_by=reviewer,
            decided_as=Role.REVIEWER,
            at=day,
        )

    outcomes = together(deciding(day) for day in days)

    assert outcomes == {"done": 8}
    assert given.spendable(family) == 30
    with app.app_context():
        assert award_service.debts.debt(COUNTY, family.id) == 0
