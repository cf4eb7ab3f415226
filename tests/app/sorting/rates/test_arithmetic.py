"""Rates, scores and bands are whole numbers, exact at their bounds."""

import pytest

from app.sorting.rates.arithmetic import Bounds, Counts, Ratio


@pytest.mark.parametrize(
    ("score", "band"),
    [(10_000, 1), (9_000, 1), (8_999, 2), (7_500, 2), (6_000, 3), (5_999, 4), (0, 4)],
)
def test_a_bound_belongs_to_the_better_band(score, band):
    """90 / 89.99 / 75 / 60 / 59.99 are bands 1 / 2 / 2 / 3 / 4."""
    assert Bounds().band(score) == band


def test_a_county_may_have_bounds_of_its_own():
    assert [Bounds(9_500, 8_000, 5_000).band(score) for score in (9_499, 8_000, 4_999)] == [2, 2, 4]


@pytest.mark.parametrize(
    ("part", "whole", "basis_points"),
    [(0, 30, 0), (12, 30, 4_000), (1, 3, 3_333), (2, 3, 6_666), (30, 30, 10_000), (0, 0, None)],
)
def test_a_rate_is_rounded_down_to_a_hundredth_of_a_percent(part, whole, basis_points):
    assert Ratio(part, whole).basis_points == basis_points


def test_each_rate_has_its_own_part_and_whole():
    counts = Counts(
        households=2,
        days=60,
        put_outs=45,
        self_checks=30,
        checks=4,
        checks_a=2,
        checks_b=1,
        visits=2,
        visits_passed=1,
        judged=10,
        approved=9,
    )

    assert counts.put_out == Ratio(45, 60)
    assert counts.self_check == Ratio(30, 60)
    assert counts.accuracy == Ratio(5, 8)
    assert counts.inspection == Ratio(1, 2)
    assert counts.review == Ratio(9, 10)
    assert counts.mean_rate == 6_550  # (0.75 + 0.5 + 0.625 + 0.5 + 0.9) / 5


def test_a_rate_without_a_whole_is_left_out_of_the_score():
    assert Counts(days=3, put_outs=1, self_checks=1).mean_rate == 3_333
    assert Counts().mean_rate is None


def test_the_score_is_rounded_once_and_down():
    """Two thirds and one third are a half, though each by itself would be rounded."""
    assert Counts(days=3, put_outs=2, self_checks=1).mean_rate == 5_000
    nearly = Counts(days=10_001, put_outs=9_001, self_checks=9_001)
    assert (nearly.mean_rate, Bounds().band(nearly.mean_rate)) == (9_000, 1)
    assert Counts(days=100_000, put_outs=89_999, self_checks=89_999).mean_rate == 8_999
