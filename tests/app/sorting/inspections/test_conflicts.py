"""Two people see a household on one day and do not agree: somebody decides."""

from datetime import timedelta

import pytest

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.kernel.waste import WasteKind
from app.points.awards.models import Award
from app.register.identity.roles import Role
from app.sorting.inspections import conflicts, service
from app.sorting.inspections.models import (
    Check,
    CheckConflict,
    CheckState,
    Grade,
    Outcome,
    Setting,
)
from tests.given.factories import COUNTY
from tests.given.inspections import check, evidence, look, new_photo, open_conflicts, resolve


@pytest.fixture
def differing(collector, liaison, family):
    """``differing("b", "a")``: the collector's grade, then the liaison's; the second answer."""

    def run(first: str, later: str):
        photo = new_photo() if first == "c" else None
        assert look(collector, family, "bin", grade=first, photo=photo).status_code == 201
        return check(liaison, family, grade=later)

    return run


def states(app) -> dict[str, CheckState]:
    with app.app_context():
        return {check.setting: check.state for check in db.session.query(Check).all()}


def test_a_second_grade_of_a_day_waits_and_the_first_counts(
    given, differing, village_admin, family, liaison_family, rows, noon
):
    later = differing("b", "a")

    assert (later.status_code, later.json["state"], later.json["points"]) == (201, "held", 0)
    assert later.json["message"] == "已收到，等村管理员核对后再计分"
    assert (given.spendable(family), given.spendable(liaison_family)) == (5, 0)
    assert rows() == (2, 2, 1, 1)
    (conflict,) = open_conflicts(village_admin)
    first = conflict.pop("first_check")
    assert conflict.pop("check") == {
        "id": later.json["id"],
        "setting": "door",
        "checked_as": "liaison",
        "at": noon().isoformat(),
        "received_at": noon().isoformat(),
        "phone_time": None,
        "grade": "a",
        "kinds": [],
        "wrong_kinds": [],
        "photo_id": later.json["photo_id"],
        "thumb_url": later.json["thumb_url"],
        "photo_url": later.json["photo_url"],
        "state": "held",
        "award_id": None,
        "points": 0,
    }
    assert (first["grade"], first["points"], first["state"]) == ("b", 5, "counted")
    assert first["award_id"] is not None
    assert conflict == {
        "id": conflict["id"],
        "household_id": str(family.id),
        "head": "王**",
        "door_number": conflict["door_number"],
        "reason": "grades_differ",
        "found_at": noon().isoformat(),
        "outcome": None,
        "note": None,
        "resolved_at": None,
    }


def test_the_same_grade_or_another_day_is_no_conflict(
    collector, booth_keeper, liaison, family, noon, rows
):
    look(collector, family, "bin")
    look(booth_keeper, family, "booth")
    noon.move(hours=12)
    check(liaison, family, grade="c")
    check(liaison, family, grade="b")  # who changes their own mind contradicts nobody

    assert rows()[3] == 0


def test_nothing_put_out_contradicts_no_grade(collector, liaison, family, rows):
    look(collector, family, "bin", grade=None, kinds=None)

    assert check(liaison, family, grade="b").json["state"] == "counted"
    assert rows()[3] == 0


@pytest.mark.parametrize(
    ("outcome", "at_the_bin", "at_the_door", "points", "liaison_points"),
    [
        # First C (0 points) by the collector, then A by the liaison.
        ("keep_first", "counted", "set_aside", 0, 0),
        ("keep_later", "set_aside", "counted", 10, 2),
        ("keep_both", "counted", "counted", 10, 2),
    ],
)
def test_a_person_decides_which_checks_count(
    app,
    given,
    differing,
    village_admin,
    family,
    liaison_family,
    noon,
    outcome,
    at_the_bin,
    at_the_door,
    points,
    liaison_points,
):
    differing("c", "a")
    (conflict,) = open_conflicts(village_admin)
    noon.move(days=1)

    resolved = resolve(village_admin, conflict["id"], outcome)

    assert resolved.status_code == 200, resolved.json
    assert (resolved.json["outcome"], resolved.json["note"]) == (outcome, "问过两位，看过照片")
    assert resolved.json["resolved_at"] == noon().isoformat()
    assert states(app) == {"bin": at_the_bin, "door": at_the_door}
    assert (given.spendable(family), given.spendable(liaison_family)) == (points, liaison_points)
    assert open_conflicts(village_admin) == []
    (decided,) = village_admin.get("/api/v1/check-conflicts?is_open=false").json["items"]
    assert decided == resolved.json


def test_points_that_were_paid_stay_until_two_people_take_them_back(
    app, given, differing, village_admin, family
):
    differing("a", "c")
    (conflict,) = open_conflicts(village_admin)

    resolved = resolve(village_admin, conflict["id"], "keep_later").json

    assert (resolved["first_check"]["state"], resolved["first_check"]["points"]) == (
        "set_aside",
        10,
    )
    assert given.spendable(family) == 10
    body = {
        "subject": "award",
        "subject_id": resolved["first_check"]["award_id"],
        "reason": "检查评错了等级",
    }
    asked = village_admin.post(
        "/api/v1/reversals", json=body, headers={"Idempotency-Key": "ask-once-1"}
    )
    assert asked.status_code == 201, asked.json
    other = given.staff(Role.VILLAGE_ADMIN, family.village.id)
    other.post(
        f"/api/v1/reversals/{asked.json['id']}/confirmation",
        headers={"Idempotency-Key": "confirm-1"},
    )
    assert given.spendable(family) == 0


def test_what_counts_later_earns_under_the_caps_of_its_day(
    app, given, differing, village_admin, family, liaison_family
):
    differing("b", "a")
    (conflict,) = open_conflicts(village_admin)

    resolved = resolve(village_admin, conflict["id"], "keep_both")

    assert resolved.json["check"]["points"] == 0
    assert (given.spendable(family), given.spendable(liaison_family)) == (5, 2)


def test_a_decision_is_traced_and_a_repeat_of_it_answers_the_same(
    app, differing, village_admin, rows
):
    differing("b", "a")
    (conflict,) = open_conflicts(village_admin)

    first, second = (
        resolve(village_admin, conflict["id"], "keep_first", key="decide-it-once") for _ in "ab"
    )

    assert first.json == second.json
    with app.app_context():
        (event,) = db.session.query(AuditEvent).filter_by(action="checks.resolve_conflict")
    assert (event.subject_id, event.details["outcome"]) == (conflict["id"], "keep_first")


def test_what_was_decided_stays(given, differing, village_admin, family, rows):
    differing("c", "a")
    (conflict,) = open_conflicts(village_admin)
    resolve(village_admin, conflict["id"], "keep_first")

    again = resolve(village_admin, conflict["id"], "keep_both")

    assert (again.status_code, again.json["code"]) == (409, "check_conflict.resolved")
    assert given.spendable(family) == 0
    assert rows() == (2, 2, 1, 1)


@pytest.mark.parametrize("outcome", ["count", "set_aside"])
def test_between_two_checks_one_chooses_between_two(
    app, given, differing, village_admin, family, outcome
):
    differing("c", "a")
    (conflict,) = open_conflicts(village_admin)

    refused = resolve(village_admin, conflict["id"], outcome)

    assert (refused.status_code, refused.json["code"]) == (422, "check_conflict.outcome_unfit")
    assert states(app) == {"bin": "counted", "door": "held"}


@pytest.mark.parametrize(
    "body", [{"outcome": "keep"}, {"note": "好"}, {"note": "  "}, {"note": None}]
)
def test_a_malformed_decision_is_refused(differing, village_admin, app, body):
    differing("c", "a")
    (conflict,) = open_conflicts(village_admin)

    refused = resolve(
        village_admin, conflict["id"], **({"outcome": "keep_both", "note": "看过照片了"} | body)
    )

    assert (refused.status_code, refused.json["code"]) == (422, "invalid_request")
    assert states(app) == {"bin": "counted", "door": "held"}


def test_only_administrators_of_the_area_see_and_decide(
    app, given, differing, liaison, collector, family, village_admin
):
    differing("c", "a")
    (conflict,) = open_conflicts(village_admin)
    elsewhere = given.staff(Role.VILLAGE_ADMIN, given.village().id)

    assert open_conflicts(elsewhere) == []
    refused = resolve(elsewhere, conflict["id"], "keep_both")
    assert (refused.status_code, refused.json["code"]) == (404, "check_conflict.not_found")
    for client in (liaison, collector, given.resident(family)):
        assert client.get("/api/v1/check-conflicts").status_code == 403
        assert resolve(client, conflict["id"], "keep_both").status_code == 403
    assert app.test_client().get("/api/v1/check-conflicts").status_code == 401
    for role, place in (
        (Role.TOWN_ADMIN, family.village.town_id),
        (Role.COUNTY_ADMIN, family.village.county_region_id),
    ):
        assert len(open_conflicts(given.staff(role, place))) == 1
    assert states(app) == {"bin": "counted", "door": "held"}


def test_nobody_decides_about_their_own_check_or_household(
    app, given, collector, liaison_family, family
):
    maker, neighbour = given.user(), given.user()
    for user_id in (maker, neighbour):
        given.grant(user_id, Role.VILLAGE_ADMIN, family.village.id)
    look(collector, family, "bin")
    maker_client = given.resident(liaison_family, user_id=maker)
    check(maker_client, family, grade="b")
    (conflict,) = open_conflicts(maker_client)

    for client, code in (
        (maker_client, "trust.same_person"),
        (given.resident(family, user_id=neighbour), "trust.same_household"),
    ):
        refused = resolve(client, conflict["id"], "keep_both")
        assert (refused.status_code, refused.json["code"]) == (403, code)
    assert states(app) == {"bin": "counted", "door": "held"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_pages_and_the_same_queries(
    given, collector, liaison, liaison_family, family, village_admin, noon, queries, count
):
    families = [family] + [
        given.household(village=family.village, liaison=liaison_family) for _ in range(count - 1)
    ]
    for each in families:
        look(collector, each, "bin")
        check(liaison, each, grade="b")
        noon.move(minutes=1)

    with queries() as seen:
        assert len(open_conflicts(village_admin)) == count

    assert len(seen) == 3  # who calls, the conflicts, what was earned
    first = village_admin.get("/api/v1/check-conflicts?limit=1").json
    assert first["items"][0]["household_id"] == str(families[-1].id)
    if count > 1:
        url = f"/api/v1/check-conflicts?limit=1&before={first['next']}"
        assert village_admin.get(url).json["items"][0]["household_id"] == str(families[-2].id)


def test_a_check_that_is_held_or_set_aside_counts_in_no_rate(
    app, given, collector, booth_keeper, village_admin, family, noon
):
    from app.sorting.inspections import queries as questions

    look(
        collector,
        family,
        "bin",
        client_id="0197284c-1f80-7d2a-8c3e-1f2a3b4c5d6e",
        phone_time=(noon() + timedelta(days=9)).isoformat(),
    )

    with app.app_context():
        days = questions.put_out_days(
            county_id=COUNTY,
            household_ids=[family.id],
            since=noon() - timedelta(days=1),
            until=noon() + timedelta(days=1),
        )

    assert days == {}


def recording(family, noon, grade: Grade, by):
    return lambda: service.record_check(
        household_id=family.id,
        setting=Setting.BIN,
        seen=service.Seen(grade, kinds=[WasteKind.KITCHEN]),
        photo=evidence(),
        by=by,
        at=noon(),
    )


def test_of_two_grades_at_once_one_counts_and_the_other_waits(app, given, family, noon, together):
    works = [
        recording(family, noon, grade, given.caller(Role.COLLECTOR, family.village.id))
        for grade in (Grade.A, Grade.B) * 6
    ]

    assert together(works) == {"done": 12}

    with app.app_context():
        checks = db.session.query(Check).all()
        counted = {check.grade for check in checks if check.state is CheckState.COUNTED}
        held = {check.grade for check in checks if check.state is CheckState.HELD}
        assert db.session.query(CheckConflict).count() == 6
    assert len(counted) == len(held) == 1
    assert counted != held


@pytest.mark.race("app.sorting.inspections.conflicts._unresolved")
def test_of_many_who_decide_one_does(app, given, family, noon, together):
    for grade in (Grade.A, Grade.B):
        collector = given.caller(Role.COLLECTOR, family.village.id)
        together([recording(family, noon, grade, collector)])
    with app.app_context():
        (conflict,) = db.session.query(CheckConflict).all()
    deciders = [given.caller(Role.VILLAGE_ADMIN, family.village.id) for _ in range(16)]

    outcomes = together(
        lambda by=by: conflicts.resolve(
            conflict_id=conflict.id,
            outcome=Outcome.KEEP_BOTH,
            note="看过照片了",
            by=by,
            at=noon(),
        )
        for by in deciders
    )

    assert outcomes == {"done": 1, "ConflictResolved": 15}
    with app.app_context():
        assert db.session.query(Award).count() == 2
