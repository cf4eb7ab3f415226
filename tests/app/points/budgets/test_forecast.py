"""How long money lasts, as arithmetic."""

from datetime import date

import pytest

from app.points.awards import Rule, Rules, Table
from app.points.awards.boosts import Boost
from app.points.budgets.forecast import days_by_caps, days_by_trend, points_per_month_max

DAY = date(2026, 6, 1)


def test_the_default_policy_gives_a_household_at_most_246_points_in_30_days():
    # 5 a day for photos; 8 checks a month, of 10 for the household and 2 for its liaison.
    assert points_per_month_max(Table(Rules()), day=DAY) == 5 * 30 + 8 * (10 + 2)


def test_a_campaign_within_the_30_days_makes_the_month_dearer():
    # Seven days of photos give 5 more each; a check at grade B gives 20 on one of the days.
    week = Boost("双倍积分周", Rule.SELF_CHECK, DAY, date(2026, 6, 7), 2, 0, None)
    last = date(2026, 6, 30)
    busy = Boost("检查日", Rule.CHECKED_B, last, date(2026, 7, 9), 4, 0, None)

    assert points_per_month_max(Table(Rules(), (week, busy)), day=DAY) == 246 + 35 + 10


def test_a_county_with_base_scores_counts_a_months_part_of_a_whole_base():
    assert points_per_month_max(Table(Rules(score_months=3)), day=DAY) == 246 + 34


@pytest.mark.parametrize(
    ("left", "households", "days"),
    [(2_460, 10, 30), (2_459, 10, 29), (0, 10, 0), (-5, 10, 0), (100, 0, None)],
)
def test_days_by_caps_are_whole(left, households, days):
    assert days_by_caps(left, households=households, table=Table(Rules()), day=DAY) == days


def test_a_policy_that_gives_nothing_costs_nothing():
    free = Rules(self_check_points=0, checked_grade_a=0, checked_grade_b=0, inspection_points=0)

    assert days_by_caps(1_000, households=10, table=Table(free), day=DAY) is None


@pytest.mark.parametrize(
    ("left", "lately", "observed", "days"),
    [(280, 28, 28, 280), (279, 28, 28, 279), (100, 30, 3, 10), (-1, 5, 28, 0), (100, 0, 28, None)],
)
def test_days_by_trend_are_whole(left, lately, observed, days):
    assert days_by_trend(left, earned_lately=lately, observed_days=observed) == days
