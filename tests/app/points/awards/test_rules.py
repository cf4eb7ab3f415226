"""The table of a policy, read strictly."""

from datetime import date

import pytest

from app.points.awards.errors import BadRules
from app.points.awards.rules import Rule, Rules, Tariff, read_rules

DEFAULTS = {
    "self_check.points": 5,
    "self_check.cap_per_day": 1,
    "checked.grade_a": 10,
    "checked.grade_b": 5,
    "checked.grade_c": 0,
    "checked.cap_per_day": 1,
    "checked.cap_per_month": 8,
    "inspection.points": 2,
    "inspection.points_per_day_max": 20,
    "inspection.pays_officials": False,
    "price.mixed": 50,
    "price.paper": 70,
    "price.plastic": 70,
    "price.metal": 60,
    "price.textiles": 20,
    "price.glass": 0,
    "price.film": 0,
    "price.bottle": 4,
    "sale.weight_bonus": 1,
    "sale.weight_bonus_grams": 500,
    "low_value.bonus": 2,
    "low_value.bonus_grams": 1_000,
    "sale.grams_per_day_max": 100_000,
    "sale.pieces_per_day_max": 500,
    "score.months": 0,
    "score.kitchen": 25,
    "score.recyclable": 25,
    "score.hazardous": 25,
    "score.residual": 25,
    "score.loss": 5,
    "score.checks_min": 1,
    "score.rate": 1,
    "rank.in_groups": False,
    "rank.in_villages": False,
    "rank.month": 500,
    "rank.month_percent": 10,
    "rank.month_next": 200,
    "rank.month_next_percent": 20,
    "rank.half_year": 2_000,
    "rank.year": 5_000,
    "rank.village_percent": 5,
    "rank.active_days": 15,
    "rank.wait_days": 5,
    "expiry.month": 3,
    "expiry.day": 31,
    "notice_days": 0,
    "appeal_days": 15,
}


@pytest.mark.parametrize(
    ("month", "day", "last"),
    [
        (3, 31, date(2028, 3, 31)),
        (12, 31, date(2028, 12, 31)),
        (2, 31, date(2028, 2, 29)),
        (6, 1, date(2028, 6, 1)),
    ],
)
def test_points_end_in_the_year_after_on_the_day_of_the_policy(month, day, last):
    rules = Rules(expiry_month=month, expiry_day=day)

    assert rules.last_day(date(2027, 1, 1)) == rules.last_day(date(2027, 12, 31)) == last


def test_versions_from_before_the_day_was_policy_keep_31_march():
    older = {key: value for key, value in DEFAULTS.items() if not key.startswith("expiry.")}

    assert read_rules(older).last_day(date(2026, 6, 1)) == date(2027, 3, 31)


@pytest.mark.parametrize("wrong", [{"expiry.month": 0}, {"expiry.month": 13}, {"expiry.day": 32}])
def test_a_last_day_that_no_year_has_is_refused(wrong):
    with pytest.raises(BadRules) as refusal:
        read_rules(DEFAULTS | wrong)

    assert refusal.value.details["keys"] == list(wrong)


def test_the_defaults_are_those_of_the_published_policy():
    assert Rules().as_json() == DEFAULTS
    assert read_rules(DEFAULTS) == Rules()


def test_what_is_sorted_pays_more_than_the_same_in_one_bag():
    rules = Rules()

    sorted_apart = [rules.price_fen(kind) for kind in ("paper", "plastic", "metal")]

    assert min(sorted_apart) > rules.price_fen("mixed")


@pytest.mark.parametrize(
    ("rule", "tariff"),
    [
        (Rule.SELF_CHECK, Tariff(5, paid_per_day=1)),
        (Rule.CHECKED_A, Tariff(10, paid_per_day=1, paid_per_month=8)),
        (Rule.CHECKED_B, Tariff(5, paid_per_day=1, paid_per_month=8)),
        (Rule.CHECKED_C, Tariff(0, paid_per_day=1, paid_per_month=8)),
        (Rule.INSPECTION, Tariff(2, points_per_day=20)),
        (Rule.SALE_BONUS, Tariff(1, per=500)),
        (Rule.LOW_VALUE_BONUS, Tariff(2, per=1_000)),
    ],
)
def test_a_rule_has_its_points_and_the_caps_of_its_source(rule, tariff):
    assert Rules().tariff(rule) == tariff


@pytest.mark.parametrize(
    ("change", "keys"),
    [
        ({"self_check.points": -1}, ["self_check.points"]),
        ({"self_check.points": 100_001}, ["self_check.points"]),
        ({"self_check.points": 5.0}, ["self_check.points"]),
        ({"self_check.points": "5"}, ["self_check.points"]),
        ({"self_check.points": True}, ["self_check.points"]),
        ({"inspection.pays_officials": 1}, ["inspection.pays_officials"]),
        ({"gifts": 1, "checked.grade_a": None}, ["checked.grade_a", "gifts"]),
    ],
)
def test_a_table_with_a_slip_is_refused_and_the_slip_is_named(change, keys):
    with pytest.raises(BadRules) as refusal:
        read_rules(DEFAULTS | change)

    assert refusal.value.details["keys"] == keys


def test_a_missing_line_is_named():
    table = {key: value for key, value in DEFAULTS.items() if key != "checked.grade_b"}

    with pytest.raises(BadRules) as refusal:
        read_rules(table)

    assert refusal.value.details == {
        "keys": ["checked.grade_b"],
        "labels": "上门检查评为 B 级，每次得",
    }
    assert refusal.value.sentence() == "积分规则有误，请检查：上门检查评为 B 级，每次得"


def test_a_line_that_came_later_gives_an_older_version_nothing_new():
    first_ten = dict(list(DEFAULTS.items())[:10])

    old = read_rules(first_ten)

    assert [old.price_fen(kind) for kind in ("mixed", "paper", "bottle")] == [0, 0, 0]
    assert (old.sale_weight_bonus, old.low_value_bonus, old.notice_days) == (0, 0, 0)
    assert old.tariff(Rule.SELF_CHECK) == Rules().tariff(Rule.SELF_CHECK)
