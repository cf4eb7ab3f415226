"""The nightly proof finds a draw, a result or a counter that was changed behind Fen's back."""

import pytest
from sqlalchemy import text

from app.kernel.db import transaction
from app.sorting.rates import proof as rates
from app.sorting.rates.jobs import count_stale_days
from app.sorting.rounds import planning
from app.sorting.rounds import proof as rounds
from tests.given.factories import COUNTY
from tests.given.rounds import SUNDAY_EVENING, WEEK, record


@pytest.fixture
def drawn(app, committed, given, inspecting, configured, noon, visits):
    """A week of which three visits were drawn by lot; the first was not passed."""
    village = given.village()
    given.budget(village, 100)
    for _ in range(8):
        given.household(village=village)
    home = given.household(village=given.village())
    configured(quotas={"recommended": 1, "random": 3, "bottom": 1})
    inspector = inspecting(village.town_id, family=home)
    inspecting(village.id)
    with app.app_context(), transaction():
        planning.draw_week(county_id=COUNTY, week_on=WEEK, at=SUNDAY_EVENING)
    noon.move(days=7)
    mine = visits(inspector_id=inspector.user_id, way="random")
    answer = record(inspector.client, mine[0].id, photos=1, findings="mixed_bag," * 2 + "mixed_bag")
    assert (answer.status_code, answer.json["is_passed"]) == (201, False)
    noon.move(days=1)
    assert record(inspector.client, mine[1].id).status_code == 201
    with app.app_context():
        count_stale_days()
    return mine


def statement(sql: str, **values):
    return lambda connection: connection.execute(text(sql), values)


def test_an_honest_week_holds(altered, drawn):
    assert altered(lambda _: None) & {*rates.QUESTIONS, *rounds.QUESTIONS} == set()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE visits SET way = 'bottom' WHERE id = :id",
        "UPDATE visits SET household_id = (SELECT household_id FROM visits WHERE way <> 'random'"
        " AND way <> 'recheck' LIMIT 1), week_on = week_on WHERE id = :id",
        "UPDATE draws SET seed = sha256(seed)",
        "UPDATE draw_candidates SET household_ids = household_ids[1:2]",
        "UPDATE draw_inspectors SET random_quota = random_quota + 1",
        "UPDATE draw_inspectors SET random_quota = random_quota - 1",
    ],
)
def test_a_lot_that_was_changed_is_found(altered, drawn, sql):
    def alter(connection):
        connection.execute(text("DROP INDEX uq_visits_household_of_week"))
        connection.execute(text(sql), {"id": drawn[2].id} if ":id" in sql else {})

    assert "the_lot_passed_nobody_over" in altered(alter)


def test_a_visit_drawn_for_the_own_village_is_found(altered, drawn):
    sql = "UPDATE draw_inspectors SET not_village_id = :village_id WHERE user_id = :user_id"
    found = altered(statement(sql, village_id=drawn[0].village_id, user_id=drawn[0].drawn_for))

    assert "no_visit_was_drawn_for_whom_it_is_forbidden" in found


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        ("UPDATE visit_results SET household_id = village_id", "a_result_is_of_its_visit"),
        ("DELETE FROM visits WHERE way = 'recheck'", "a_failed_visit_has_a_recheck"),
        (
            "UPDATE visit_results SET outcome = 'nobody_home', score = NULL, is_passed = NULL,"
            " wrong_kinds = '{}', deductions = '[]'",
            "an_award_for_inspecting_rests_on_a_visit",
        ),
        (
            "UPDATE awards SET evidence_id = id WHERE evidence_kind = 'inspection'",
            "an_award_for_inspecting_rests_on_a_visit",
        ),
        ("UPDATE household_days SET visits = visits + 1", "counters_are_a_recount_of_raw_rows"),
        (
            "DELETE FROM household_days WHERE on_day = '2026-06-08'",
            "counters_are_a_recount_of_raw_rows",
        ),
    ],
)
def test_what_was_changed_behind_fens_back_is_found(altered, drawn, sql, check):
    assert check in altered(statement(sql))
