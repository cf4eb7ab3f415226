"""A week is drawn once, in three ways, and its lot can be repeated by anybody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.kernel.db import db, transaction
from app.points.ledger import jobs as ledger_jobs
from app.register.identity.roles import Role
from app.sorting.rounds import drawing, planning
from app.sorting.rounds.jobs import draw_weeks
from app.sorting.rounds.models import Draw
from tests.given.factories import COUNTY
from tests.given.inspections import check
from tests.given.rounds import SUNDAY_EVENING, WEEK


def households(rows) -> list[UUID]:
    return [row.household_id for row in rows]


@pytest.mark.parametrize(
    ("at", "week_on"),
    [
        ("2026-06-07T11:59:59", date(2026, 6, 1)),
        ("2026-06-07T12:00:00", date(2026, 6, 8)),
        ("2026-06-08T00:00:00", date(2026, 6, 8)),
        ("2026-06-14T11:00:00", date(2026, 6, 8)),
    ],
)
def test_the_next_week_is_due_from_sunday_eight_in_the_evening(at, week_on):
    assert planning.week_due(datetime.fromisoformat(at).replace(tzinfo=UTC)) == week_on


def test_the_lot_is_the_smallest_digests_of_the_seed(
    given, families, village, inspecting, quotas, draw, visits
):
    quotas(random=3)
    inspecting(village.id)

    made = draw()

    ids = sorted((family.id for family in families), key=lambda id_: drawing.lot(made.seed, id_))
    assert households(visits()) == ids[:3]
    assert {(row.way, row.week_on, row.from_on) for row in visits()} == {("random", WEEK, WEEK)}
    assert [row.why for row in visits()] == [{}, {}, {}]


def sealed(app):
    with app.app_context():
        return db.session.execute(text("SELECT number FROM ledger.seals")).all()


def test_a_seal_of_that_sunday_does_not_count(app, committed, given, noon, inspecting):
    village = given.village()
    inspecting(village.id)
    given.budget(village, 10)
    given.household(village=village)
    noon.at = datetime(2026, 6, 6, 15, 59, tzinfo=UTC)
    with app.app_context():
        ledger_jobs.seal_committed()
    given.budget(village, 10)
    noon.move(minutes=1)  # Sunday begins
    with app.app_context():
        ledger_jobs.seal_committed()
        with transaction():
            made = planning.draw_week(county_id=COUNTY, week_on=WEEK, at=SUNDAY_EVENING)

    assert len(sealed(app)) == 2
    assert made.seal_number == 1
    assert made.seed == drawing.seed(COUNTY, WEEK, made.seal_digest)


def test_a_week_is_drawn_once(app, families, village, inspecting, draw, visits):
    inspecting(village.id)
    draw()
    before = households(visits())

    assert draw() is None
    assert households(visits()) == before


def test_the_sweep_draws_on_sunday_evening_and_makes_up_for_a_lost_one(
    app, noon, families, village, inspecting, quotas, visits
):
    quotas(random=1)
    inspecting(village.id)
    noon.at = SUNDAY_EVENING
    with app.app_context():
        draw_weeks()
        draw_weeks()
    assert [row.week_on for row in visits()] == [WEEK]

    noon.move(days=9)  # the Tuesday after a Sunday on which nothing ran
    with app.app_context():
        draw_weeks()
    assert [row.week_on for row in visits()] == [WEEK, date(2026, 6, 15)]


def test_where_nobody_inspects_nothing_is_drawn(app, families, draw):
    assert draw() is None
    with app.app_context():
        assert db.session.query(Draw).count() == 0


def test_drawing_at_once_draws_once(app, committed, given, noon, inspecting, visits):
    village = given.village()
    for _ in range(5):
        given.household(village=village)
    inspecting(village.id)

    def run(_):
        with app.app_context(), transaction():
            return planning.draw_week(county_id=COUNTY, week_on=WEEK, at=SUNDAY_EVENING)

    with ThreadPoolExecutor(4) as pool:
        made = [each for each in pool.map(run, range(4)) if each is not None]

    assert len(made) == 1
    assert len(visits()) == 5


def test_the_bottom_are_those_with_the_lowest_score(
    app, given, noon, village, quotas, inspecting, draw, visits
):
    liaisons = given.household(village=given.village(), is_party=True)
    families = [given.household(village=village, liaison=liaisons) for _ in range(3)]
    liaison = given.resident(liaisons)
    for family, grade in zip(families, "cba", strict=True):
        check(liaison, family, grade=grade)
        noon.move(seconds=20)  # to the next door
    quotas(bottom=2)
    inspecting(village.id)
    count_days(app)

    draw()

    rows = visits()
    assert households(rows) == [families[0].id, families[1].id]
    # No put-out and no self-check in six days, and grades C and B.
    assert [row.why for row in rows] == [
        {"mean_rate_basis_points": 0},
        {"mean_rate_basis_points": 1666},
    ]


def count_days(app):
    from app.sorting.rates.jobs import count_stale_days

    with app.app_context():
        count_stale_days()


def test_the_recommended_are_those_whose_parts_add_up_highest(
    app, given, noon, village, quotas, inspecting, draw, visits
):
    liaisons = given.household(village=given.village(), is_party=True)
    seen, bad, unseen = (given.household(village=village, liaison=liaisons) for _ in range(3))
    liaison = given.resident(liaisons)
    check(liaison, seen, grade="a")
    noon.move(seconds=20)  # to the next door
    check(liaison, bad, grade="c")
    quotas(recommended=2)
    inspecting(village.id)
    count_days(app)

    draw()

    rows = visits()
    assert households(rows) == [unseen.id, bad.id]
    assert [row.why for row in rows] == [
        {"points": 160, "unseen_days": 60, "percent_missing": 100, "grade_c": 0},
        {"points": 6 + 100 + 20, "unseen_days": 6, "percent_missing": 100, "grade_c": 1},
    ]


def test_a_household_is_drawn_once_a_week_whoever_draws(
    families, village, inspecting, quotas, draw, visits
):
    quotas(recommended=5, random=2, bottom=3)
    for place_id in (village.id, village.group_id, village.town_id):
        inspecting(place_id)

    draw()

    assert len(visits()) == 6
    assert len({row.household_id for row in visits()}) == 6


def test_nobody_inspects_their_own_village_or_people(
    given, village, families, inspecting, quotas, draw, visits
):
    quotas(random=10)
    neighbour = given.village()
    stranger = given.household(village=neighbour)
    own = inspecting(village.county_region_id, family=families[0])

    draw()

    assert households(visits(inspector_id=own.user_id)) == [stranger.id]


def test_a_county_may_let_them_but_never_for_own_or_related_households(
    app, given, village, inspecting, quotas, draw, visits
):
    own = given.household(village=village, is_party=True)
    looked_after = given.household(village=village, liaison=own)
    neighbour = given.household(village=village)
    quotas(random=10, keeps_out_of_own_village=False)
    inspecting(village.id, family=own)

    draw()

    assert households(visits()) == [neighbour.id]
    assert looked_after.id not in households(visits())


def test_nobody_leaves_their_household_to_be_drawn_for_it(
    given, village, inspecting, quotas, draw, visits
):
    own = given.household(village=village)
    neighbour = given.household(village=village)
    quotas(random=10)
    inspector = inspecting(village.id, family=own)
    (binding,) = inspector.client.get("/api/v1/bindings").json["items"]
    assert inspector.client.delete(f"/api/v1/bindings/{binding['id']}").status_code == 204

    draw()

    assert households(visits()) == [neighbour.id]


def test_an_area_may_have_quotas_of_its_own(
    given, families, village, inspecting, quotas, draw, visits
):
    own = {"recommended": 0, "random": 4, "bottom": 0}
    quotas(random=1, area_quotas={str(village.town_id): own})
    elsewhere = given.village()
    for _ in range(3):
        given.household(village=elsewhere)
    here, there = inspecting(village.id), inspecting(elsewhere.id)

    draw()

    assert len(visits(inspector_id=here.user_id)) == 4
    assert len(visits(inspector_id=there.user_id)) == 1


def test_a_grant_that_was_revoked_is_not_drawn_for(app, families, village, inspecting, draw):
    gone = inspecting(village.id)
    with app.app_context(), transaction():
        db.session.execute(
            text("UPDATE role_grants SET revoked_at = now() WHERE user_id = :id"),
            {"id": gone.user_id},
        )

    assert draw() is None


def repeated(app):
    with app.app_context():
        return planning.repeat(COUNTY, WEEK)


def test_repeating_a_draw_gives_the_same(app, given, families, village, inspecting, quotas, draw):
    quotas(random=2, recommended=1, bottom=1)
    inspecting(village.id)
    inspecting(village.town_id, family=families[0])
    draw()
    given.household(village=village)  # who comes later changes nothing

    assert repeated(app).holds_true


def test_the_command_repeats_a_draw_and_says_what_was_changed(
    app, committed, given, inspecting, visits, noon, by_hand
):
    village = given.village()
    for _ in range(14):
        given.household(village=village)
    inspecting(village.id)
    with app.app_context(), transaction():
        planning.draw_week(county_id=COUNTY, week_on=WEEK, at=SUNDAY_EVENING)
    run = app.test_cli_runner().invoke

    honest = run(args=["rounds", "check", "2026-06-10"])
    assert (honest.exit_code, honest.output.splitlines()[-1]) == (0, "true / 属实")

    drawn = visits(way="random")
    by_hand("UPDATE visits SET way = 'bottom' WHERE id = :id", id=drawn[0].id)
    rigged = run(args=["rounds", "check", "2026-06-10"])

    assert rigged.exit_code == 1
    missing = f"WRONG / 不符  {drawn[0].household_id} should have been drawn / 应抽未抽"
    assert rigged.output.splitlines()[-2:] == [missing, "FALSE / 不实"]


def test_a_week_that_was_not_drawn_cannot_be_checked(app, given):
    given.county()

    answer = app.test_cli_runner().invoke(args=["rounds", "check", "2026-06-10"])

    assert (answer.exit_code, answer.output) == (1, "Error: 这一周还没有抽取督查名单\n")


def test_candidates_and_the_seed_cannot_be_changed_by_the_application(
    app, families, village, inspecting, draw
):
    inspecting(village.id)
    draw()
    for statement in (
        "UPDATE draws SET seed = sha256('x')",
        "UPDATE draw_candidates SET household_ids = '{}'",
        "DELETE FROM draw_inspectors",
        "DELETE FROM visits",
    ):
        with (
            app.app_context(),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction(),
        ):
            db.session.execute(text(statement))


def test_the_draw_is_shown_with_its_seed(app, given, village, families, inspecting, draw):
    inspector = inspecting(village.id)
    made = draw()

    shown = inspector.client.get("/api/v1/rounds/draws/2026-06-11")

    assert shown.status_code == 200
    assert shown.json == {
        "week_on": "2026-06-08",
        "seed": made.seed.hex(),
        "seal_number": made.seal_number,
        "seal_digest": made.seal_digest.hex() if made.seal_digest else None,
        "candidates": 6,
        "candidates_digest": made.candidates_digest.hex(),
        "drawn_at": "2026-06-07T12:00:00+00:00",
        "holds_true": True,
    }


@pytest.mark.parametrize("week", ["2026-06-15", "soon"])
def test_a_draw_that_is_not_there_is_not_found(given, village, week):
    auditor = given.staff(Role.AUDITOR, village.county_region_id)

    answer = auditor.get(f"/api/v1/rounds/draws/{week}")

    assert (answer.status_code, answer.json["code"]) == (404, "rounds.draw_not_found")


def test_only_those_concerned_see_the_draw(app, given, families):
    url = "/api/v1/rounds/draws/2026-06-08"

    assert app.test_client().get(url).status_code == 401
    assert given.resident(families[0]).get(url).status_code == 403
