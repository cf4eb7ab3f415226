"""A village's budget that is used up delays points and loses no decision."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from app.kernel.db import db, transaction
from app.points import ledger
from app.points.awards import explanations, jobs, service
from app.points.awards.models import Award
from app.points.awards.rules import Rule
from tests.given.factories import COUNTY


@pytest.fixture
def poor(given):
    """A household in a village whose budget is empty."""
    return given.household(village=given.village())


@pytest.fixture
def award_now(app):
    def read(award: Award) -> Award:
        with app.app_context():
            return db.session.get(Award, (COUNTY, award.id))

    return read


def test_a_used_up_budget_leaves_the_award_waiting(decide, given, poor):
    award = decide(poor)

    assert (award.points, award.is_paid, award.transfer_id) == (5, False, None)
    assert given.spendable(poor) == 0
    assert explanations.sentence(award) == "自查照片审核通过，5 分等村里的积分预算到账后自动发放"


def test_what_waits_counts_under_the_cap(decide, poor):
    decide(poor)

    assert decide(poor).points == 0


def test_the_sweep_pays_when_the_budget_is_there_and_only_once(
    decide, given, poor, award_now, noon
):
    award = decide(poor)
    given.budget(poor.village, 100)
    noon.move(minutes=5)

    jobs.pay_waiting()
    jobs.pay_waiting()

    assert award_now(award).is_paid
    assert award_now(award).paid_at == noon()
    assert given.spendable(poor) == 5
    assert given.balance(ledger.village_budget(poor.village.id)) == 95


def test_a_small_budget_pays_the_oldest_first(decide, given, poor, award_now, noon):
    neighbour = given.household(village=poor.village)
    first = decide(poor, Rule.CHECKED_A)
    noon.move(minutes=1)
    second = decide(neighbour, Rule.CHECKED_A)
    given.budget(poor.village, 15)

    jobs.pay_waiting()

    assert (award_now(first).is_paid, award_now(second).is_paid) == (True, False)
    assert given.balance(ledger.village_budget(poor.village.id)) == 5


def test_one_villages_empty_budget_does_not_stop_another(decide, given, poor, award_now):
    elsewhere = given.household(village=given.village())
    waiting = [decide(poor), decide(elsewhere)]
    given.budget(elsewhere.village, 100)

    jobs.pay_waiting()

    assert [award_now(award).is_paid for award in waiting] == [False, True]


def test_a_frozen_household_waits_and_holds_up_nobody(app, decide, given, poor, award_now):
    neighbour = given.household(village=poor.village)
    given.points(poor, 1)
    with app.app_context(), transaction():
        ledger.freeze(county_id=COUNTY, account=ledger.household(poor.id, date(2027, 3, 31)))
    waiting = [decide(poor), decide(neighbour)]
    given.budget(poor.village, 100)

    jobs.pay_waiting()

    assert [award_now(award).is_paid for award in waiting] == [False, True]


@pytest.mark.race("app.points.awards.service._locked_award")
def test_two_sweeps_at_once_pay_an_award_once(app, committed, decide, given, poor, noon):
    award = decide(poor)
    given.budget(poor.village, 100)

    def pay(_):
        with app.app_context(), transaction():
            return service.pay(county_id=COUNTY, award_id=award.id, at=noon())

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(pay, range(8))) == 1

    assert given.spendable(poor) == 5
