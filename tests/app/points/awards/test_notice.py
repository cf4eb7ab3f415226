"""Days of public notice: an award is decided, shown, and paid after them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from app.kernel import clock
from app.kernel.db import db, transaction
from app.points import awards, ledger
from app.points.awards import explanations, jobs, service
from app.points.awards.models import Award
from app.points.awards.rules import Rule, Rules
from app.register.identity.roles import Role
from tests.given.factories import COUNTY


@pytest.fixture
def three_days(app, given, noon):
    """The county shows awards for three days."""
    given.county()
    with app.app_context(), transaction():
        awards.add_policy(
            county_id=COUNTY,
            table=awards.Table(replace(Rules(), notice_days=3)),
            in_force_from=clock.day_of(noon()),
            made_by=None,
            approved_by=None,
            at=noon(),
        )


@pytest.fixture
def award_now(app):
    def read(award: Award) -> Award:
        with app.app_context():
            return db.session.get(Award, (COUNTY, award.id))

    return read


def test_points_are_paid_once_the_last_day_of_notice_is_over(
    three_days, decide, given, family, award_now, noon
):
    award = decide(family)

    assert (award.points, award.is_paid, award.notice_until) == (5, False, date(2026, 6, 4))
    assert (
        explanations.sentence(award) == "自查照片审核通过，5 分公示到 6 月 4 日，没有异议就自动发放"
    )
    noon.move(days=3, hours=11, minutes=59)  # 23:59 of the 4th in China
    jobs.pay_waiting()
    assert given.spendable(family) == 0
    noon.move(minutes=1)
    jobs.pay_waiting()
    assert given.spendable(family) == 5
    assert award_now(award).paid_at == noon()


def test_an_award_that_earns_nothing_is_not_shown(three_days, decide, family):
    assert decide(family, Rule.CHECKED_C).notice_until is None


def test_what_is_reversed_in_its_notice_is_never_paid(app, three_days, decide, given, family, noon):
    award = decide(family)
    with app.app_context(), transaction():
        service.reverse(county_id=COUNTY, award_id=award.id, because="照片是邻居的", at=noon())
    noon.move(days=4)

    jobs.pay_waiting()

    assert given.spendable(family) == 0


def test_the_village_reads_what_is_in_its_notice_with_masked_names(
    three_days, decide, given, family, noon, queries
):
    decide(given.household(village=given.village()))
    awards_shown = [decide(family, rule) for rule in (Rule.SELF_CHECK, Rule.CHECKED_A)]
    path = f"/api/v1/awards/in-notice?village_id={family.village.id}"
    reader = given.visitor()

    with queries() as seen:
        told = reader.get(path).json
    page = reader.get(f"{path}&limit=1").json
    rest = reader.get(f"{path}&limit=1&before={page['next']}").json

    assert len(seen) == 2  # the caller, the list
    assert [row["id"] for row in page["items"] + rest["items"]] == [
        row["id"] for row in told["items"]
    ]
    assert {row["id"] for row in told["items"]} == {str(award.id) for award in awards_shown}
    assert {(row["household"], row["group"], row["points"]) for row in told["items"]} == {
        ("王**", "一组", 5),
        ("王**", "一组", 10),
    }
    noon.move(days=4)
    assert reader.get(path).json["items"] == []


def test_many_that_wait_are_paid_in_one_movement_of_the_ledger(app, decide, given, noon, queries):
    homes = [given.household(village=given.village()) for _ in range(1)]
    homes += [given.household(village=homes[0].village) for _ in range(19)]
    for home in homes:
        decide(home)
    given.budget(homes[0].village, 1_000)

    with queries() as seen:
        jobs.pay_waiting()

    assert [given.spendable(home) for home in homes] == [5] * 20
    assert sum("ledger.award_batch" in statement for statement in seen) == 1
    assert sum("ledger.post(" in statement for statement in seen) == 0


def test_a_household_that_owes_repays_out_of_its_own_payment(app, decide, given, family, noon):
    """The others of the batch are paid together all the same."""
    neighbour = given.household(village=family.village)
    spent = decide(family, Rule.CHECKED_A)
    with app.app_context(), transaction():
        ledger.spend(
            county_id=COUNTY,
            household_id=family.id,
            reference="given:spent",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(given.user()),
            amount=10,
        )
        service.reverse(county_id=COUNTY, award_id=spent.id, because="误评", at=noon())
        ledger.post(
            county_id=COUNTY,
            reference="given:emptied",
            decided_at=noon(),
            kind=ledger.TransferKind.AWARD,
            debit=ledger.village_budget(family.village.id),
            credit=ledger.household(neighbour.id, date(2027, 3, 31)),
            amount=990,
        )
    waiting = [decide(family), decide(neighbour)]
    given.budget(family.village, 100)

    jobs.pay_waiting()

    with app.app_context():
        repaid = [db.session.get(Award, (COUNTY, award.id)).repaid for award in waiting]
    assert repaid == [5, 0]
    assert (given.spendable(family), given.spendable(neighbour)) == (0, 995)


@pytest.mark.race("app.points.awards.service._locked_awards")
def test_batches_at_once_pay_each_award_once(app, committed, decide, given, noon):
    home = given.household(village=given.village())
    neighbour = given.household(village=home.village)
    ids = [
        decide(one, rule).id
        for one in (home, neighbour)
        for rule in (Rule.SELF_CHECK, Rule.CHECKED_A)
    ]
    given.budget(home.village, 1_000)

    def pay(_):
        with app.app_context(), transaction():
            return service.pay_many(
                county_id=COUNTY, village_id=home.village.id, award_ids=ids, at=noon()
            )

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(pay, range(6))) == 4

    assert (given.spendable(home), given.spendable(neighbour)) == (15, 15)


def test_an_award_answers_every_why(three_days, decide, given, family, noon):
    award = decide(family)
    path = f"/api/v1/awards/{award.id}"

    told = given.resident(family).get(path).json

    assert told["award"]["message"] == "自查照片审核通过，5 分公示到 6 月 4 日，没有异议就自动发放"
    assert {key: value for key, value in told.items() if key != "award"} == {
        "rule_text": "自查照片审核通过，每次得：5 分",
        "policy_in_force_from": "2026-06-01",
        "boost": None,
        "evidence_text": "自查照片",
        "happened_at": noon().isoformat(),
        "decided_by_text": "审核员",
        "appeal_until": "2026-06-16",
        "appeal_text": "对这笔积分有疑问，请最晚在 6 月 16 日找村管理员",
    }
    assert given.staff(Role.VILLAGE_ADMIN, family.village.id).get(path).json == told


def test_somebody_elses_award_is_not_found(app, decide, given, family):
    award = decide(family)
    path = f"/api/v1/awards/{award.id}"
    neighbour = given.household(village=family.village)

    assert given.resident(neighbour).get(path).status_code == 404
    assert given.staff(Role.VILLAGE_ADMIN, given.village().id).get(path).status_code == 404
    assert given.visitor().get(path).status_code == 403
    assert app.test_client().get(path).status_code == 401
