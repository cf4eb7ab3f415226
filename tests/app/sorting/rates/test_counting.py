"""Counters follow their raw rows, whatever happens in which order, and equal a recount."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from random import Random
from threading import Barrier, Event

import pytest
from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db, transaction
from app.sorting.rates import service
from app.sorting.rates.models import HouseholdDay, RateWatermark
from tests.given.days import Happened
from tests.given.factories import COUNTY

JUNE_1 = date(2026, 6, 1)
MORNING = datetime(2026, 6, 1, 1, tzinfo=UTC)


def test_a_day_is_counted_from_its_rows(family, happened, count_all, counters):
    happened.check(family, MORNING, "a")
    happened.check(family, MORNING + timedelta(hours=1), "b")
    happened.check(family, MORNING + timedelta(hours=2), "c")
    happened.self_check(family, MORNING)
    happened.judged(happened.self_check(family, MORNING), MORNING, approved=True)
    happened.visit(family, MORNING, 100)
    happened.visit(family, MORNING, 74)
    happened.visit(family, MORNING, None)

    count_all()

    assert counters(family, JUNE_1) == {
        "put_outs": 1,
        "self_checks": 1,
        "checks": 3,
        "checks_a": 1,
        "checks_b": 1,
        "visits": 2,
        "visits_passed": 1,
        "judged": 1,
        "approved": 1,
    }


def test_a_day_ends_at_midnight_in_china(family, happened, count_all, counters):
    happened.self_check(family, datetime(2026, 6, 1, 15, 59, 59, tzinfo=UTC))
    happened.self_check(family, datetime(2026, 6, 1, 16, 0, tzinfo=UTC))

    count_all()

    assert counters(family, JUNE_1) == {"self_checks": 1}
    assert counters(family, date(2026, 6, 2)) == {"self_checks": 1}


def test_a_refused_self_check_no_longer_counts_and_an_overturned_one_does_again(
    family, happened, count_all, counters
):
    row = happened.self_check(family, MORNING)
    count_all()
    assert counters(family, JUNE_1) == {"self_checks": 1}

    happened.judged(row, MORNING, approved=False)
    count_all()
    assert counters(family, JUNE_1) == {"judged": 1}

    happened.judged(row, MORNING + timedelta(days=3), approved=True)
    count_all()
    assert counters(family, JUNE_1) == {"self_checks": 1, "judged": 1, "approved": 1}


def test_what_only_a_machine_refused_was_not_judged(family, happened, count_all, counters):
    happened.unreadable(happened.self_check(family, MORNING))

    count_all()

    assert counters(family, JUNE_1) == {}


def test_a_record_that_comes_late_counts_on_the_day_it_happened(
    family, happened, count_all, counters, noon
):
    count_all()
    noon.move(days=5)

    happened.check(family, MORNING, "b")
    count_all()

    assert counters(family, JUNE_1) == {"put_outs": 1, "checks": 1, "checks_b": 1}


def test_counting_takes_each_mark_once(app, family, happened, count_all, marks, noon):
    happened.check(family, MORNING)
    happened.check(family, MORNING)
    assert marks() == 2

    count_all()

    assert marks() == 0
    with app.app_context():
        assert db.session.get(RateWatermark, COUNTY).counted_at == noon()
        assert db.session.query(HouseholdDay).count() == 1


def test_marks_are_counted_a_batch_at_a_time(app, given, happened, marks, noon):
    for _ in range(5):
        happened.check(given.household(), MORNING)

    with app.app_context():
        counted = []
        for _ in range(4):
            with transaction():
                counted.append(service.count(county_id=COUNTY, at=noon(), most=2))

    assert (counted, marks()) == ([2, 2, 1, 0], 0)


def random_deed(chance: Random, families, happened, waiting: list) -> None:
    """Something that happens at some household on some day, now or late."""
    family = chance.choice(families)
    at = MORNING + timedelta(minutes=chance.randrange(6 * 24 * 60))
    deed = chance.choice(["check", "self_check", "visit", "judge", "judge", "unreadable"])
    if deed == "check":
        happened.check(family, at, chance.choice("abc"))
    elif deed == "visit":
        happened.visit(family, at, chance.choice([None, 40, 74, 75, 100]))
    elif deed == "self_check" or not waiting:
        waiting.append(happened.self_check(family, at))
    elif deed == "judge":
        happened.judged(chance.choice(waiting), at, approved=chance.random() < 0.5)
    else:
        fresh = happened.self_check(family, at)
        happened.unreadable(fresh)


@pytest.mark.parametrize("seed", range(6))
def test_counters_equal_a_recount_after_anything_in_any_order(
    app, given, happened, count_all, differences, marks, seed
):
    chance, waiting = Random(seed), []
    families = [given.household() for _ in range(3)]
    for _ in range(60):
        random_deed(chance, families, happened, waiting)
        if chance.random() < 0.15:
            count_all()
            assert differences() == []
    count_all()

    assert differences() == []
    counted = snapshot(app)
    with app.app_context(), transaction():
        service.recount(county_id=COUNTY, at=clock.now())
    assert snapshot(app) == counted
    assert marks() == 0


def snapshot(app) -> set:
    with app.app_context():
        rows = db.session.execute(
            text("SELECT * FROM household_days WHERE put_outs + self_checks + visits + judged > 0")
        )
        return {tuple(row) for row in rows}


def test_a_counter_that_was_changed_is_found_and_put_right(
    app, family, happened, count_all, differences
):
    happened.check(family, MORNING)
    count_all()
    with app.app_context(), transaction():
        db.session.execute(text("UPDATE household_days SET checks = 2, checks_a = 2"))
    assert differences() == [(family.id, JUNE_1)]

    with app.app_context(), transaction():
        service.recount(county_id=COUNTY, at=clock.now())

    assert differences() == []


def test_the_command_checks_and_counts_anew(app, committed, given, noon):
    family = given.household()
    Happened(app, given.user()).check(family, MORNING)
    run = app.test_cli_runner().invoke

    honest = run(args=["rates", "recount", "--check"])
    with app.app_context(), transaction():
        db.session.execute(text("UPDATE household_days SET put_outs = 0"))
    wrong = run(args=["rates", "recount", "--check"])
    anew = run(args=["rates", "recount"])
    again = run(args=["rates", "recount", "--check"])

    assert (honest.exit_code, honest.output) == (0, "true / 属实\n")
    assert (wrong.exit_code, wrong.output) == (
        1,
        f"WRONG / 不符  {family.id} 2026-06-01\n1 days differ / 不符 1 天\n",
    )
    assert (anew.exit_code, again.exit_code) == (0, 0)


def test_counting_while_things_happen_loses_nothing(app, committed, given, noon):
    families = [given.household() for _ in range(3)]
    happened = Happened(app, given.user())
    barrier = Barrier(4)

    def write(seed: int) -> None:
        chance, waiting = Random(seed), []
        barrier.wait()
        for _ in range(40):
            random_deed(chance, families, happened, waiting)

    def count(_) -> None:
        barrier.wait()
        for _ in range(40):
            with app.app_context(), transaction():
                service.count(county_id=COUNTY, at=noon(), most=3)

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(write, 1), pool.submit(write, 2)]
        jobs += [pool.submit(count, n) for n in range(2)]
        for job in jobs:
            job.result()
    with app.app_context():
        while True:
            with transaction():
                if service.count(county_id=COUNTY, at=noon()) == 0:
                    break
        with transaction():
            assert service.differences(county_id=COUNTY) == []


@pytest.mark.race("app.sorting.rates.service._watermark")
def test_a_second_counter_waits_and_takes_what_the_first_left(app, committed, given, noon):
    families, happened = [given.household() for _ in range(4)], Happened(app, given.user())
    for family in families:
        happened.check(family, MORNING)
    is_counted, may_commit = Event(), Event()
    with app.app_context(), transaction():
        service.count(county_id=COUNTY, at=noon(), most=0)  # the county has been counted before

    def first() -> int:
        with app.app_context(), transaction():
            marks = service.count(county_id=COUNTY, at=noon(), most=2)
            is_counted.set()
            may_commit.wait()
            return marks

    def second() -> int:
        is_counted.wait()
        with app.app_context(), transaction():
            return service.count(county_id=COUNTY, at=noon(), most=3)

    with ThreadPoolExecutor(2) as pool:
        older, newer = pool.submit(first), pool.submit(second)
        while waiting_for_a_lock(app) == 0:
            assert not newer.done()
        may_commit.set()

    assert (older.result(), newer.result()) == (2, 2)
    with app.app_context(), transaction():
        assert service.differences(county_id=COUNTY) == []


def waiting_for_a_lock(app) -> int:
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with app.app_context(), transaction():
        return db.session.scalar(asked)
