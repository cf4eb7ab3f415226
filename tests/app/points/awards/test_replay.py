"""A period under another version, on paper."""

import json
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.db import db, transaction
from app.points import awards
from app.points.awards import service
from app.points.awards.boosts import Boost
from app.points.awards.models import Award
from app.points.awards.rules import Rule, Rules
from tests.given.factories import COUNTY

WEEK = Boost("双倍积分周", Rule.SELF_CHECK, date(2026, 6, 5), date(2026, 6, 9), 2, 0, None)


@pytest.fixture
def version(app, given, noon):
    """Add a version in force from a day; returns its number."""

    def add(rules: Rules, *boosts: Boost, from_day=None) -> int:
        given.county()
        with app.app_context(), transaction():
            return awards.add_policy(
                county_id=COUNTY,
                table=awards.Table(rules, boosts),
                in_force_from=from_day or clock.day_of(noon()),
                made_by=None,
                approved_by=None,
                at=noon(),
            ).version

    return add


@pytest.fixture
def replayed(app):
    def run(number: int, first="2026-06-01", last="2026-06-30") -> dict:
        arguments = ["--version", str(number), "--from", first, "--to", last, "--json"]
        told = app.test_cli_runner().invoke(args=["policy", "replay", *arguments])
        assert told.exit_code == 0, told.output
        return json.loads(told.stdout)

    return run


@pytest.fixture
def busy_month(app, given, decide, noon):
    """Two villages' households, photographed and checked at random, some of it by officials."""
    chance = Random(20260601)
    homes = [given.household(village=given.village()) for _ in range(2)]
    homes += [given.household(village=home.village) for home in homes]
    given.budget(homes[0].village, 150)  # too little: some awards wait
    given.budget(homes[1].village, 10_000)
    start = noon()
    moments = [start + timedelta(hours=chance.randrange(29 * 24)) for _ in range(240)]
    for n in range(240):
        noon.at = start + timedelta(days=30, minutes=n // 3)  # three in one moment
        decide(
            chance.choice(homes),
            chance.choice(list(Rule)[:5]),
            happened_at=moments[n],
            is_official=chance.random() < 0.2,
        )
    return homes


def test_the_version_that_was_in_force_gives_exactly_what_was_decided(
    app, committed, version, busy_month, replayed, noon
):
    told = replayed(1)

    with app.app_context():
        by_rule = dict(
            db.session.execute(
                select(Award.rule, func.sum(Award.points)).group_by(Award.rule)
            ).all()
        )
        total = db.session.scalar(select(func.sum(Award.points)))
    assert {key: row["paid"] for key, row in told["by_rule"].items()} == {
        rule.value: int(points) for rule, points in by_rule.items()
    }
    assert all(row["would_be"] == row["paid"] for row in told["by_rule"].values())
    assert all(row["difference"] == 0 for row in told["by_village"].values())
    assert told["total"] == {"events": 240, "paid": total, "would_be": total, "difference": 0}


def test_a_version_with_a_boost_replays_itself_exactly(
    app, committed, given, version, decide, replayed, noon
):
    number = version(Rules(), WEEK)
    family = given.household(village=given.village())
    start = noon()
    for n in range(60):
        decide(family, happened_at=start + timedelta(hours=6 * n))

    told = replayed(number)["total"]

    assert told == {"events": 60, "paid": 105, "would_be": 105, "difference": 0}


def test_another_version_costs_by_its_own_points_and_caps(
    app, committed, given, version, decide, replayed, noon
):
    dear = version(
        replace(Rules(), checked_grade_a=20, checked_cap_per_month=2, self_check_points=0),
        from_day=date(2027, 1, 1),
    )
    village = given.village("前进村")
    family = given.household(village=village)
    start = noon()
    for day in range(3):
        decide(family, Rule.CHECKED_A, happened_at=start + timedelta(days=day))
        decide(family, Rule.SELF_CHECK, happened_at=start + timedelta(days=day))

    told = replayed(dear)

    assert told["by_rule"] == {
        "self_check.points": {"events": 3, "paid": 15, "would_be": 0, "difference": -15},
        "checked.grade_a": {"events": 3, "paid": 30, "would_be": 40, "difference": 10},
    }
    (place,) = told["by_village"]
    assert place.endswith("/前进村")


def test_days_of_the_month_before_the_first_use_up_its_caps_and_cost_nothing(
    app, committed, given, decide, replayed, noon
):
    family = given.household(village=given.village())
    start = noon()
    for day in range(9):
        decide(family, Rule.CHECKED_A, happened_at=start + timedelta(days=day))

    told = replayed(1, first="2026-06-08")["total"]

    assert told == {"events": 2, "paid": 10, "would_be": 10, "difference": 0}


def test_what_was_reversed_costs_neither_side_and_counts_under_the_caps(
    app, committed, given, decide, replayed, noon
):
    family = given.household(village=given.village())
    first = decide(family)
    noon.move(minutes=1)
    decide(family)
    with app.app_context(), transaction():
        service.reverse(county_id=COUNTY, award_id=first.id, because="照片重复", at=noon())

    assert replayed(1)["total"] == {"events": 2, "paid": 0, "would_be": 0, "difference": 0}


def test_the_replay_is_printed_as_a_table_and_changes_nothing(app, committed, given, decide, noon):
    family = given.household(village=given.village("前进村"))
    decide(family)
    arguments = ["--version", "1", "--from", "2026-06-01", "--to", "2026-06-30"]

    told = app.test_cli_runner().invoke(args=["policy", "replay", *arguments])

    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert lines[0] == (
        "self_check.points（自查照片审核通过）: 1 次，已定 0.05 元，按此版 0.05 元，相差 0.00 元"
    )
    assert lines[1].endswith("/前进村: 1 次，已定 0.05 元，按此版 0.05 元，相差 0.00 元")
    assert lines[2] == "合计: 1 次，已定 0.05 元，按此版 0.05 元，相差 0.00 元"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Award)) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version", "7", "--from", "2026-06-01", "--to", "2026-06-30"],
        ["--version", "1", "--from", "2026-06-30", "--to", "2026-06-01"],
    ],
)
def test_a_replay_that_cannot_be_made_says_why(app, committed, given, arguments):
    given.county()

    told = app.test_cli_runner().invoke(args=["policy", "replay", *arguments])

    assert told.exit_code != 0
    assert "Traceback" not in told.output
