"""What events earn under the policy of their day."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.db import db, transaction
from app.points import awards, ledger
from app.points.awards import explanations
from app.points.awards.errors import NoPolicy, PolicyTooLate
from app.points.awards.models import Award, Evidence, Policy, ZeroReason
from app.points.awards.rules import Rule, Rules
from app.register.identity.roles import Role
from tests.given.factories import COUNTY


def in_china(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=clock.CALENDAR).astimezone(UTC)


def test_a_self_check_earns_five_points_out_of_the_villages_budget(decide, given, family):
    award = decide(family)

    assert (award.points, award.rule, award.policy_version) == (5, Rule.SELF_CHECK, 1)
    assert (award.day, award.ordinal, award.zero_reason) == (date(2026, 6, 1), 1, None)
    assert given.spendable(family) == 5
    assert given.balance(ledger.village_budget(family.village.id)) == 995
    assert explanations.sentence(award) == "自查照片审核通过，得 5 分"


def test_points_earned_in_a_year_can_be_spent_until_31_march_of_the_next(decide, given, family):
    decide(family)

    assert given.balance(ledger.household(family.id, date(2027, 3, 31))) == 5


def test_points_count_for_the_year_of_the_deed_not_of_the_verdict(decide, given, family, noon):
    noon.at = in_china(1, 2, 9).replace(year=2027)

    decide(family, happened_at=in_china(12, 31, 23, 59))

    assert given.balance(ledger.household(family.id, date(2027, 3, 31))) == 5


def test_self_checks_at_23_59_and_00_01_are_both_paid(decide, given, family, noon):
    noon.at = in_china(6, 3, 9)

    late = decide(family, happened_at=in_china(6, 1, 23, 59))
    early = decide(family, happened_at=in_china(6, 2, 0, 1))

    assert (late.points, late.day) == (5, date(2026, 6, 1))
    assert (early.points, early.day) == (5, date(2026, 6, 2))
    assert given.spendable(family) == 10


def test_of_self_checks_at_8_and_9_one_is_paid_and_the_other_says_why(decide, given, family, noon):
    noon.at = in_china(6, 3, 9)

    first = decide(family, happened_at=in_china(6, 1, 8))
    second = decide(family, happened_at=in_china(6, 1, 9))

    assert (first.points, second.points) == (5, 0)
    assert second.zero_reason is ZeroReason.DAY_CAP
    assert (
        explanations.sentence(second) == "自查照片审核通过，当天的自查积分已经领过了，这次不再计分"
    )
    assert given.spendable(family) == 5


@pytest.mark.parametrize(
    ("rule", "points"), [(Rule.CHECKED_A, 10), (Rule.CHECKED_B, 5), (Rule.CHECKED_C, 0)]
)
def test_a_check_earns_by_its_grade(decide, given, family, rule, points):
    assert decide(family, rule).points == points
    assert given.spendable(family) == points


def test_grade_c_says_that_the_policy_gives_nothing_and_uses_up_no_cap(decide, given, family):
    grade_c = decide(family, Rule.CHECKED_C)
    grade_a = decide(family, Rule.CHECKED_A)

    assert explanations.sentence(grade_c) == "上门检查评为 C 级，按积分规则这次不得分"
    assert grade_a.points == 10


def test_the_ninth_check_of_a_month_earns_nothing_and_the_next_month_begins_anew(
    decide, given, family, noon
):
    noon.at = in_china(7, 2, 9)

    in_june = [decide(family, Rule.CHECKED_A, happened_at=in_china(6, n, 10)) for n in range(1, 10)]
    in_july = decide(family, Rule.CHECKED_A, happened_at=in_china(7, 1, 0))

    assert [award.points for award in in_june] == [10] * 8 + [0]
    assert in_june[8].zero_reason is ZeroReason.MONTH_CAP
    assert (
        explanations.sentence(in_june[8])
        == "上门检查评为 A 级，当月的被查积分已经领满了，这次不再计分"
    )
    assert in_july.points == 10


def test_a_self_check_and_a_check_on_one_day_are_both_paid(decide, given, family):
    decide(family, Rule.SELF_CHECK)
    decide(family, Rule.CHECKED_A)

    assert given.spendable(family) == 15


def test_inspecting_earns_two_points_a_check_and_twenty_a_day(decide, given, family):
    awards_of_day = [decide(family, Rule.INSPECTION) for _ in range(11)]

    assert [award.points for award in awards_of_day] == [2] * 10 + [0]
    assert awards_of_day[10].zero_reason is ZeroReason.DAY_CAP


def test_an_official_earns_nothing_by_inspecting(decide, given, family):
    award = decide(family, Rule.INSPECTION, is_official=True)

    assert (award.points, award.zero_reason) == (0, ZeroReason.OFFICIAL)
    assert given.spendable(family) == 0


def test_an_official_is_paid_where_the_county_says_so(app, decide, given, family, noon):
    with app.app_context(), transaction():
        awards.add_policy(
            county_id=COUNTY,
            table=awards.Table(replace(Rules(), inspection_pays_officials=True)),
            made_by=None,
            in_force_from=clock.day_of(noon()),
            approved_by=None,
            at=noon(),
        )

    assert decide(family, Rule.INSPECTION, is_official=True).points == 2


def test_a_new_version_counts_from_its_day_and_leaves_the_days_before(
    app, decide, given, family, noon
):
    with app.app_context(), transaction():
        awards.add_policy(
            county_id=COUNTY,
            table=awards.Table(replace(Rules(), self_check_points=7)),
            made_by=None,
            in_force_from=date(2026, 6, 3),
            approved_by=None,
            at=noon(),
        )
    noon.at = in_china(6, 5, 9)

    before = decide(family, happened_at=in_china(6, 2, 23, 59))
    after = decide(family, happened_at=in_china(6, 3, 0, 0))

    assert (before.points, before.policy_version) == (5, 1)
    assert (after.points, after.policy_version) == (7, 2)


def test_a_policy_cannot_begin_in_the_past(app, given, noon):
    given.county()

    with pytest.raises(PolicyTooLate), app.app_context(), transaction():
        awards.add_policy(
            county_id=COUNTY,
            table=awards.Table(Rules()),
            made_by=None,
            in_force_from=date(2026, 5, 31),
            approved_by=None,
            at=noon(),
        )

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Policy)) == 1


def test_without_a_policy_on_the_day_nothing_is_decided(app, decide, family):
    with pytest.raises(NoPolicy):
        decide(family, happened_at=in_china(5, 31, 23, 59))

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Award)) == 0


@pytest.mark.race("app.register.households.locking.lock_households")
def test_two_photos_of_one_household_decided_at_once_pay_one(committed, decide, given, family):
    with ThreadPoolExecutor(8) as pool:
        points = list(pool.map(lambda _: decide(family).points, range(8)))

    assert sorted(points) == [0] * 7 + [5]
    assert given.spendable(family) == 5


def test_decisions_about_two_households_at_once_never_wait_for_each_other(
    app, committed, given, noon
):
    """Each of two liaisons checks the other's household: two villages, both orders."""
    ours, theirs = (
        given.household(village=given.village()),
        given.household(village=given.village()),
    )
    for family in (ours, theirs):
        given.budget(family.village, 10_000)
    user = given.user()

    def check(n: int):
        checked, liaison = (ours, theirs) if n % 2 else (theirs, ours)
        evidence, at = uuid4(), noon() + timedelta(days=n)
        events = [
            awards.Event(one.id, one.village.id, rule, Evidence.CHECK, evidence, at)
            for one, rule in ((checked, Rule.CHECKED_A), (liaison, Rule.INSPECTION))
        ]
        with app.app_context(), transaction():
            awards.decide(
                county_id=COUNTY,
                events=events,
                decided_by=user,
                decided_as=Role.LIAISON,
                at=noon(),
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(check, range(16)))

    assert given.spendable(ours) + given.spendable(theirs) == 16 * 12


@pytest.mark.race("app.register.regions.queries.lock_county")
def test_versions_made_at_once_get_numbers_of_their_own(app, committed, given, noon):
    given.county()

    def add(_):
        with app.app_context(), transaction():
            return awards.add_policy(
                county_id=COUNTY,
                table=awards.Table(Rules()),
                made_by=None,
                in_force_from=clock.day_of(noon()),
                approved_by=None,
                at=noon(),
            ).version

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(add, range(6))) == [2, 3, 4, 5, 6, 7]
