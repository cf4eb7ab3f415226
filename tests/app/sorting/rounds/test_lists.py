"""Who sees which visits, who may give one to somebody else, and the county's settings."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from app.kernel.db import db, transaction
from app.kernel.errors import DomainError
from app.register.identity.roles import Role
from app.register.regions.models import CountySettings
from app.sorting.rounds import planning, service
from app.sorting.rounds.models import Visit
from tests.given.factories import COUNTY
from tests.given.rounds import SUNDAY_EVENING, WEEK, of_the_door, reassign, record


def test_the_week_is_listed_with_where_and_why(given, village, inspecting, quotas, draw):
    family = given.household(village=village)
    quotas(recommended=1)
    inspector = inspecting(village.id)
    draw()

    week = inspector.week()

    (item,) = week.pop("items")
    assert week == {"week_on": "2026-06-08", "planned": 1, "done": 0, "left": 1, "next": None}
    assert item == {
        "id": item["id"],
        "week_on": "2026-06-08",
        "from_on": "2026-06-08",
        "household_id": str(family.id),
        "town": item["town"],
        "village": item["village"],
        "group": "一组",
        "door_number": item["door_number"],
        "head": "王**",
        "way": "recommended",
        "ordinal": 1,
        "why": {"points": 160, "unseen_days": 60, "percent_missing": 100, "grade_c": 0},
        "inspector_id": str(inspector.user_id),
        "inspector": None,
        "reassigned_because": None,
        "done_at": None,
        "outcome": None,
        "score": None,
        "is_passed": None,
    }


def test_what_is_done_is_shown_as_done(families, village, inspecting, quotas, draw, visits, noon):
    quotas(random=2)
    inspector = inspecting(village.id)
    draw()
    record(inspector.client, visits()[0].id)

    week = inspector.week("?limit=1")
    rest = inspector.week(f"?limit=2&before={week['next']}")

    assert (week["planned"], week["done"], week["left"]) == (2, 1, 1)
    by_id = {item["id"]: item for item in week["items"] + rest["items"]}
    done = by_id[str(visits()[0].id)]
    assert (done["outcome"], done["score"], done["is_passed"]) == ("seen", 100, True)
    assert done["done_at"] == noon().isoformat()
    assert by_id[str(visits()[1].id)]["done_at"] is None


def test_another_week_is_asked_for_by_any_of_its_days(families, village, inspecting, draw):
    inspector = inspecting(village.id)
    draw()

    assert inspector.week("?day=2026-06-14")["planned"] == 6
    assert inspector.week("?day=2026-06-15")["planned"] == 0


@pytest.mark.parametrize("households", [1, 4])
def test_the_list_takes_the_same_queries_however_long(
    given, village, inspecting, quotas, draw, queries, households
):
    quotas(random=10)
    for _ in range(households):
        given.household(village=village)
    inspector = inspecting(village.id)
    draw()

    with queries() as seen:
        assert len(inspector.week()["items"]) == households

    assert len(seen) == 3  # who calls, the visits, how many are done


def test_an_area_sees_its_own_visits_and_no_other(
    given, village, families, inspecting, quotas, draw
):
    quotas(random=2)
    elsewhere = given.village()
    given.household(village=elsewhere)
    inspecting(village.id)
    inspecting(elsewhere.id)
    draw()

    def planned(role, place_id):
        answer = given.staff(role, place_id).get("/api/v1/rounds/area")
        assert answer.json["planned"] == len(answer.json["items"])
        return answer.json["planned"]

    assert planned(Role.VILLAGE_ADMIN, village.id) == 2
    assert planned(Role.TOWN_ADMIN, elsewhere.town_id) == 1
    assert planned(Role.COUNTY_ADMIN, village.county_region_id) == 3
    assert planned(Role.AUDITOR, village.county_region_id) == 3


def test_others_see_no_list(app, given, village, families):
    resident = given.resident(families[0])
    for url in ("/api/v1/rounds/visits", "/api/v1/rounds/area", "/api/v1/rounds/settings"):
        assert app.test_client().get(url).status_code == 401
        assert resident.get(url).status_code == 403
    assert (
        given.staff(Role.TOWN_ADMIN, village.town_id).get("/api/v1/rounds/settings").status_code
        == 403
    )


@pytest.fixture
def planned(families, village, inspecting, quotas, draw, visits):
    """The one visit of the week, and whose it is."""
    quotas(random=1)
    inspector = inspecting(village.id)
    draw()
    return visits()[0], inspector


def unchanged(app, visit) -> bool:
    with app.app_context():
        now = db.session.get(Visit, (COUNTY, visit.id))
        return (now.inspector_id, now.reassigned_by) == (visit.inspector_id, None)


def test_a_visit_is_given_to_another_inspector_with_a_reason(given, village, planned, inspecting):
    visit, before = planned
    other = inspecting(village.town_id)
    admin = given.staff(Role.TOWN_ADMIN, village.town_id)

    answer = reassign(admin, visit.id, other.user_id)

    assert answer.status_code == 200, answer.json
    assert answer.json["inspector_id"] == str(other.user_id)
    assert answer.json["reassigned_because"] == "原督查员请假"
    assert (before.week()["planned"], other.week()["planned"]) == (0, 1)
    assert record(before.client, visit.id).status_code == 404
    assert record(other.client, visit.id).status_code == 201


def test_above_a_tenth_of_a_towns_week_the_auditor_looks_at_each(
    given, village, families, inspecting, quotas, draw, visits, noon
):
    for _ in range(14):
        given.household(village=village)
    quotas(random=20)
    inspecting(village.id)
    draw()
    auditor = given.staff(Role.AUDITOR, village.county_region_id)
    admin = given.staff(Role.TOWN_ADMIN, village.town_id)
    other, planned = inspecting(village.id), visits()
    acts = "/api/v1/trust/acts?limit=100"

    waits = []
    assert len(planned) == 20
    for visit in planned[:3]:
        assert reassign(admin, visit.id, other.user_id).status_code == 200
        newest, *_ = auditor.get(acts).json["items"]
        noon.move(minutes=1)
        waits.append((newest["what"], newest["waits"]))

    assert waits == [("把一次抽查改派给别人", waits) for waits in (False, False, True)]


def test_giving_a_visit_away_does_not_change_the_draw(app, given, village, planned, inspecting):
    visit, _ = planned
    reassign(
        given.staff(Role.COUNTY_ADMIN, village.county_region_id),
        visit.id,
        inspecting(village.id).user_id,
    )

    with app.app_context():
        assert planning.repeat(COUNTY, WEEK).holds_true


def test_to_whom_a_visit_may_not_be_given(app, given, village, families, planned, inspecting):
    visit, before = planned
    admin = given.staff(Role.TOWN_ADMIN, village.town_id)
    own = next(family for family in families if family.id == visit.household_id)
    neighbour = next(family for family in families if family.id != visit.household_id)
    elsewhere = given.village()

    for inspector_id, status, code in (
        (before.user_id, 409, "rounds.already_theirs"),
        (inspecting(elsewhere.id).user_id, 422, "rounds.not_an_inspector_there"),
        (given.user(), 422, "rounds.not_an_inspector_there"),
        (uuid4(), 422, "rounds.not_an_inspector_there"),
        (inspecting(village.id, family=own).user_id, 403, "rounds.own_household"),
        (inspecting(village.id, family=neighbour).user_id, 403, "rounds.own_village"),
    ):
        answer = reassign(admin, visit.id, inspector_id)
        assert (answer.status_code, answer.json["code"]) == (status, code)
    assert unchanged(app, visit)


def test_who_may_not_give_a_visit_away(app, given, village, families, planned, inspecting):
    visit, before = planned
    other = inspecting(village.id).user_id
    far = given.staff(Role.TOWN_ADMIN, given.village().town_id)

    assert reassign(app.test_client(), visit.id, other).status_code == 401
    assert reassign(before.client, visit.id, other).status_code == 403
    assert reassign(given.staff(Role.VILLAGE_ADMIN, village.id), visit.id, other).status_code == 403
    assert reassign(far, visit.id, other).json["code"] == "rounds.visit_not_found"
    admin = given.staff(Role.TOWN_ADMIN, village.town_id)
    assert reassign(admin, visit.id, other, reason="").json["code"] == "invalid_request"
    assert unchanged(app, visit)


def test_what_is_done_is_not_given_away(app, given, village, planned, inspecting):
    visit, before = planned
    record(before.client, visit.id)
    admin = given.staff(Role.TOWN_ADMIN, village.town_id)

    answer = reassign(admin, visit.id, inspecting(village.id).user_id)

    assert (answer.status_code, answer.json["code"]) == (409, "rounds.visit_done")
    assert unchanged(app, visit)


@pytest.mark.race("app.sorting.rounds.service.reassign")
@pytest.mark.race("app.sorting.rounds.service._to_record")
def test_recording_and_giving_away_at_once_never_leave_anothers_result(
    app, committed, given, inspecting, noon
):
    village = given.village()
    for _ in range(6):
        given.household(village=village)
    mine = inspecting(village.id)
    with app.app_context(), transaction():
        planning.draw_week(county_id=COUNTY, week_on=WEEK, at=SUNDAY_EVENING)
    other, admin = inspecting(village.id), given.caller(Role.TOWN_ADMIN, village.town_id)
    noon.move(days=7)
    with app.app_context():
        ids = [visit.id for visit in db.session.query(Visit)]
    barrier = Barrier(2)

    def attempt(command) -> str:
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    command()
            except DomainError as refusal:
                return refusal.code
            return "done"

    def give(visit_id):
        service.reassign(
            visit_id=visit_id,
            to=service.Reassignment(other.user_id, "请假"),
            by=admin,
            at=noon(),
        )

    def put_down(visit_id):
        service.record_result(
            visit_id=visit_id,
            found=service.Found(service.Outcome.SEEN),
            uploads=[of_the_door()],
            by=given.caller(Role.INSPECTOR, village.id, mine.user_id),
            at=noon(),
        )

    with ThreadPoolExecutor(2) as pool:
        for visit_id in ids:
            both = [
                pool.submit(attempt, lambda run=run, id_=visit_id: run(id_))
                for run in (give, put_down)
            ]
            outcomes = tuple(each.result() for each in both)
            assert outcomes in {("done", "rounds.visit_not_found"), ("rounds.visit_done", "done")}


def test_the_county_reads_and_sets_its_settings(given, village, chosen):
    admin = given.staff(Role.COUNTY_ADMIN, village.county_region_id)
    before = admin.get("/api/v1/rounds/settings").json

    chosen(admin, "rounds/settings", {"settings": {"pass_from": 80}})

    assert before["version"] is None
    after = {"version": 1, "settings": before["settings"] | {"pass_from": 80}}
    assert admin.get("/api/v1/rounds/settings").json == after


def test_settings_that_do_not_fit_change_nothing(app, given, village):
    admin = given.staff(Role.COUNTY_ADMIN, village.county_region_id)

    answer = admin.post("/api/v1/rounds/settings", json={"settings": {"quotas": {"random": "x"}}})

    assert (answer.status_code, answer.json["code"]) == (422, "rounds.bad_settings")
    assert answer.json["message"] == "督查设置有误，请检查：quotas.random"
    with app.app_context():
        assert db.session.query(CountySettings).count() == 0


def test_the_command_prints_and_proposes_settings(app, office_phone, agreed_to, tmp_path):
    flask = app.test_cli_runner().invoke
    phone = office_phone("13900000021")
    file = tmp_path / "settings.json"
    file.write_text('{"recheck_after_days": 3}')

    alone = flask(args=["rounds", "settings", "--set", str(file)])
    answer = flask(args=["rounds", "settings", "--set", str(file), "--by", phone])

    assert (alone.exit_code, answer.exit_code) == (2, 0), answer.output
    assert '"recheck_after_days": 7,' in answer.output
    agreed_to()
    assert '"recheck_after_days": 3,' in flask(args=["rounds", "settings"]).output


def test_one_visit_is_shown_to_its_inspector_and_in_its_area(given, village, planned, inspecting):
    visit, inspector = planned
    url = f"/api/v1/rounds/visits/{visit.id}"
    nothing = {"wrong_kinds": [], "findings": {}, "deductions": [], "photo_ids": []}
    nothing |= {"thumb_urls": [], "photo_urls": []}

    for client in (inspector.client, given.staff(Role.VILLAGE_ADMIN, village.id)):
        shown = client.get(url).json
        assert shown == {"visit": inspector.week()["items"][0], **nothing}
    for client in (
        inspecting(village.id).client,
        given.staff(Role.VILLAGE_ADMIN, given.village().id),
    ):
        refused = client.get(url)
        assert (refused.status_code, refused.json["code"]) == (404, "rounds.visit_not_found")
    assert given.visitor().get(url).status_code == 403
