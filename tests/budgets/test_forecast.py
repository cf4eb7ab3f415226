"""How long money lasts, as arithmetic."""

import pytest

from app.awards import Rules
from app.budgets.forecast import days_by_caps, days_by_trend, points_per_month_max


def test_the_default_policy_gives_a_household_at_most_246_points_in_30_days():
    # 5 a day for photos; 8 checks a month, of 10 for the household and 2 for its liaison.
    assert points_per_month_max(Rules()) == 5 * 30 + 8 * (10 + 2)


@pytest.mark.parametrize(
    ("left", "households", "days"),
    [(2_460, 10, 30), (2_459, 10, 29), (0, 10, 0), (-5, 10, 0), (100, 0, None)],
)
def test_days_by_caps_are_whole(left, households, days):
    assert days_by_caps(left, households=households, rules=Rules()) == days


def test_a_policy_that_gives_nothing_costs_nothing():
    free = Rules(self_check_points=0, checked_grade_a=0, inspection_points=0)

    assert days_by_caps(1_000, households=10, rules=free) is None


@pytest.mark.parametrize(
    ("left", "lately", "observed", "days"),
    [(280, 28, 28, 280), (279, 28, 28, 279), (100, 30, 3, 10), (-1, 5, 28, 0), (100, 0, 28, None)],
)
def test_days_by_trend_are_whole(left, lately, observed, days):
    assert days_by_trend(left, earned_lately=lately, observed_days=observed) == days
