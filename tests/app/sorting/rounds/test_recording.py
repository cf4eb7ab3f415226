"""An inspector records what a visit found: once, with a score, photos, points and a re-check."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count
from threading import Barrier
from uuid import uuid4

import pytest

from app.kernel.db import db, transaction
from app.kernel.errors import DomainError
from app.photos.models import Photo
from app.points.awards.models import Award
from app.register.households.models import Household
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.sorting.rounds import planning, service
from app.sorting.rounds.models import Outcome, Visit, VisitPhoto, VisitResult
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.related import related
from tests.given.rounds import SUNDAY_EVENING, WEEK, of_the_door, record

__all__ = ["related"]
_pictures = count(9_000)


@pytest.fixture
def home(given):
    """The inspector's household, in a village with 1,000 points to give."""
    village = given.village()
    given.budget(village, 1_000)
    return given.household(village=village)


@pytest.fixture
def inspector(village, families, home, inspecting):
    return inspecting(village.town_id, family=home)


@pytest.fixture
def visit(quotas, inspector, draw, visits):
    """The one visit of the week; it is Monday noon."""
    quotas(random=1)
    draw()
    (planned,) = visits()
    return planned


@pytest.fixture
def rows(app):
    def count_all() -> tuple[int, ...]:
        models = (Visit, VisitResult, VisitPhoto, Photo, Award)
        with app.app_context():
            return tuple(db.session.query(model).count() for model in models)

    return count_all


def test_a_visit_without_findings_has_a_hundred_points_and_pays_the_inspector(
    given, inspector, home, visit, noon
):
    sent = record(inspector.client, visit.id)

    assert sent.status_code == 201, sent.json
    assert sent.json == {
        "id": sent.json["id"],
        "visit_id": str(visit.id),
        "at": noon().isoformat(),
        "outcome": "seen",
        "score": 100,
        "is_passed": True,
        "wrong_kinds": [],
        "findings": {},
        "deductions": [],
        "photo_ids": sent.json["photo_ids"],
        "thumb_urls": sent.json["thumb_urls"],
        "photo_urls": sent.json["photo_urls"],
        "recheck_from_on": None,
        "points": 2,
        "message": "上门检查了一户，得 2 分",
    }
    assert given.spendable(home) == 2


def test_findings_deduct_and_their_photos_are_kept(app, inspector, visit, rows):
    sent = record(
        inspector.client,
        visit.id,
        photos=2,
        findings="mixed_bag,litter,litter",
        wrong_kinds="residual,kitchen",
    )

    assert sent.status_code == 201, sent.json
    assert (sent.json["score"], sent.json["is_passed"]) == (60, False)
    assert sent.json["findings"] == {"mixed_bag": 1, "litter": 2}
    assert sent.json["wrong_kinds"] == ["kitchen", "residual"]
    assert sent.json["deductions"] == [
        {"item": "sorting", "findings": 3, "lost": 30},
        {"item": "surroundings", "findings": 2, "lost": 10},
    ]
    assert len(sent.json["photo_ids"]) == 2
    assert rows() == (2, 1, 2, 2, 1)
    kept = inspector.client.get(f"/api/v1/rounds/visits/{visit.id}").json
    assert kept["visit"]["score"] == 60
    for part in ("wrong_kinds", "findings", "deductions", "photo_ids"):
        assert kept[part] == sent.json[part]


def test_who_inspects_and_who_plans_get_links_to_the_photos_and_who_audits_does_not(
    given, inspector, village, visit
):
    made = record(inspector.client, visit.id, photos=2).json
    planner = given.staff(Role.TOWN_ADMIN, village.town_id)
    auditor = given.staff(Role.AUDITOR, given.county())

    seen = [
        client.get(f"/api/v1/rounds/visits/{visit.id}").json
        for client in (inspector.client, planner, auditor)
    ]

    assert len(made["photo_ids"]) == 2
    assert [len(one["photo_ids"]) for one in seen] == [2, 2, 2]
    assert [one["thumb_urls"] for one in seen] == [made["thumb_urls"], made["thumb_urls"], []]
    assert [one["photo_urls"] for one in seen] == [made["photo_urls"], made["photo_urls"], []]
    assert all(
        photo_id in url for photo_id, url in zip(made["photo_ids"], made["photo_urls"], strict=True)
    )


@pytest.mark.parametrize(("findings", "score", "is_passed"), [(2, 80, True), (3, 70, False)])
def test_the_pass_mark_belongs_to_passing(
    quotas, inspector, draw, visits, findings, score, is_passed
):
    quotas(random=1, pass_from=80)
    draw()

    codes = ",".join(["mixed_bag"] * findings)
    sent = record(inspector.client, visits()[0].id, photos=1, findings=codes)

    assert (sent.json["score"], sent.json["is_passed"]) == (score, is_passed)


def test_a_result_that_is_not_passed_plans_a_recheck_a_week_later(inspector, visit, visits):
    sent = record(inspector.client, visit.id, photos=1, findings="mixed_bag,mixed_bag,mixed_bag")

    assert sent.json["recheck_from_on"] == "2026-06-15"
    (again,) = visits(way="recheck")
    assert (again.recheck_of, again.inspector_id) == (visit.id, inspector.user_id)
    assert (again.week_on, again.from_on) == (date(2026, 6, 15), date(2026, 6, 15))
    assert again.why == {"score": 70}


def test_a_recheck_waits_for_its_day_and_its_result_closes_the_case(inspector, visit, visits, noon):
    record(inspector.client, visit.id, photos=1, findings="mixed_bag,mixed_bag,mixed_bag")
    (again,) = visits(way="recheck")
    noon.move(days=6)

    early = record(inspector.client, again.id)
    assert (early.status_code, early.json["code"]) == (409, "rounds.visit_too_early")
    assert early.json["message"] == "这户要到 2026-06-15 才能去查，请到时再登记"

    noon.move(days=1)
    sent = record(inspector.client, again.id, photos=1, findings="mixed_bag,mixed_bag,mixed_bag")
    assert (sent.status_code, sent.json["recheck_from_on"]) == (201, None)
    assert len(visits(way="recheck")) == 1


def test_nobody_at_home_is_a_result_without_score_and_points(given, inspector, home, visit, visits):
    sent = record(inspector.client, visit.id, outcome="nobody_home")

    assert sent.status_code == 201
    assert (sent.json["score"], sent.json["is_passed"], sent.json["points"]) == (None, None, 0)
    assert sent.json["message"] == "家中无人，这次不计积分"
    assert given.spendable(home) == 0
    assert visits(way="recheck") == []


def test_nobody_at_home_at_a_recheck_plans_it_again(inspector, visit, visits, noon):
    record(inspector.client, visit.id, photos=1, findings="mixed_bag,mixed_bag,mixed_bag")
    noon.move(days=7)
    (first,) = visits(way="recheck")

    sent = record(inspector.client, first.id, outcome="nobody_home")

    assert sent.json["recheck_from_on"] == "2026-06-22"
    assert {row.recheck_of for row in visits(way="recheck")} == {visit.id, first.id}


def test_an_official_earns_nothing_by_it(
    given, village, families, home, inspecting, quotas, draw, visits
):
    quotas(random=1)
    official = inspecting(village.town_id, family=home)
    given.grant(official.user_id, Role.TOWN_ADMIN, village.town_id)
    draw()

    sent = record(official.client, visits()[0].id)

    assert (sent.json["points"], sent.json["message"]) == (
        0,
        "上门检查了一户，干部上门检查不计积分",
    )
    assert given.spendable(home) == 0


def test_an_inspector_without_a_household_is_told_so(
    village, families, inspecting, quotas, draw, visits
):
    quotas(random=1)
    stranger = inspecting(village.id)
    draw()

    sent = record(stranger.client, visits()[0].id)

    assert (sent.json["points"], sent.json["message"]) == (
        0,
        "您还没有绑定家庭，这次不计积分",
    )


def test_the_points_of_a_day_are_capped(
    app, given, village, home, inspecting, quotas, draw, visits
):
    quotas(random=11)
    for _ in range(11):
        given.household(village=village)
    inspector = inspecting(village.id, family=home)
    draw()

    points = [record(inspector.client, row.id).json["points"] for row in visits()]

    assert points == [2] * 10 + [0]
    assert given.spendable(home) == 20


def test_a_repeat_of_the_request_answers_as_the_first_time(inspector, visit, rows):
    key, content = uuid4().hex, [pictures.photo(next(_pictures))]

    first, second = (
        record(inspector.client, visit.id, key=key, contents=content, findings="litter")
        for _ in range(2)
    )

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert rows() == (1, 1, 1, 1, 1)


def test_a_second_result_is_refused(inspector, visit, rows):
    record(inspector.client, visit.id)

    again = record(inspector.client, visit.id, photos=1, findings="litter")

    assert (again.status_code, again.json["code"]) == (409, "rounds.visit_done")
    assert again.json["message"] == "这户的督查结果已经登记过了，请刷新名单"
    assert rows() == (1, 1, 1, 1, 1)


def test_before_the_week_begins_nothing_is_recorded(inspector, visit, noon, rows):
    noon.at = SUNDAY_EVENING

    sent = record(inspector.client, visit.id)

    assert (sent.status_code, sent.json["code"]) == (409, "rounds.visit_too_early")
    assert rows() == (1, 0, 0, 0, 0)


def test_anothers_visit_is_not_found(village, inspecting, visit, rows):
    other = inspecting(village.town_id)

    for visit_id in (visit.id, uuid4()):
        sent = record(other.client, visit_id)
        assert (sent.status_code, sent.json["code"]) == (404, "rounds.visit_not_found")
    assert rows() == (1, 0, 0, 0, 0)


def test_whom_an_administrator_called_kin_may_not_be_inspected(
    app, inspector, home, visit, related, rows
):
    with app.app_context():
        inspected = db.session.get_one(Household, visit.household_id)
    related(home, inspected)

    sent = record(inspector.client, visit.id)

    assert (sent.status_code, sent.json["code"]) == (403, "rounds.own_household")
    assert rows() == (1, 0, 0, 0, 0)


def test_who_became_related_since_the_draw_may_not_record(app, inspector, home, visit, rows):
    with app.app_context(), transaction():
        db.session.get(Household, visit.household_id).liaison_id = home.head_id

    sent = record(inspector.client, visit.id)

    assert (sent.status_code, sent.json["code"]) == (403, "rounds.own_household")
    assert sent.json["message"] == "不能督查自己家或与自己有关联的人家，请联系镇管理员换人"
    assert rows() == (1, 0, 0, 0, 0)


def test_whose_visit_it_is_not_learns_nothing_of_what_is_missing(village, inspecting, visit, rows):
    sent = record(inspecting(village.id).client, visit.id, photos=0)

    assert (sent.status_code, sent.json["code"]) == (404, "rounds.visit_not_found")
    assert rows() == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("photos", "fields", "code"),
    [
        (0, {}, "rounds.photo_needed"),
        (0, {"outcome": "nobody_home"}, "rounds.photo_needed"),
        (0, {"findings": "litter"}, "rounds.photo_needed"),
        (0, {"wrong_kinds": "kitchen"}, "rounds.photo_needed"),
        (1, {"outcome": "nobody_home", "findings": "litter"}, "rounds.findings_contradict"),
        (4, {"findings": "litter"}, "rounds.too_many_photos"),
        (0, {"outcome": "away"}, "invalid_request"),
        (0, {"findings": "smell"}, "invalid_request"),
        (0, {"wrong_kinds": "glass"}, "invalid_request"),
    ],
)
def test_parts_that_do_not_fit_are_refused(inspector, visit, rows, photos, fields, code):
    sent = record(inspector.client, visit.id, photos=photos, **fields)

    assert (sent.status_code, sent.json["code"]) == (422, code)
    assert rows() == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"", 422, "photo.empty"), (pictures.SVG, 415, "photo.not_a_photo")],
)
def test_what_is_no_photo_is_refused(inspector, visit, rows, content, status, code):
    sent = record(inspector.client, visit.id, contents=[content], findings="litter")

    assert (sent.status_code, sent.json["code"]) == (status, code)
    assert rows() == (1, 0, 0, 0, 0)


def test_a_photo_that_was_used_before_is_refused(
    village, families, home, inspecting, quotas, draw, visits, rows
):
    quotas(random=2)
    inspector = inspecting(village.id, family=home)
    draw()
    first, second = visits()
    content = [pictures.photo(next(_pictures))]
    record(inspector.client, first.id, contents=content, findings="litter")

    again = record(inspector.client, second.id, contents=content, findings="litter")

    assert (again.status_code, again.json["code"]) == (409, "rounds.photo_repeated")
    assert rows() == (2, 1, 1, 1, 1)


def test_only_an_inspector_may_record(app, given, village, families, visit, rows):
    assert record(app.test_client(), visit.id).status_code == 401
    assert record(given.resident(families[0]), visit.id).status_code == 403
    assert record(given.staff(Role.TOWN_ADMIN, village.town_id), visit.id).status_code == 403
    assert rows() == (1, 0, 0, 0, 0)


def test_two_results_at_once_are_one_result(app, committed, given, inspecting, noon):
    village = given.village()
    given.budget(village, 100)
    given.household(village=village)
    home = given.household(village=given.village())
    inspector = inspecting(village.id, family=home)
    with app.app_context(), transaction():
        planning.draw_week(county_id=COUNTY, week_on=WEEK, at=SUNDAY_EVENING)
    noon.move(days=7)
    with app.app_context():
        visit_id = db.session.query(Visit).one().id
    barrier = Barrier(4)

    def run(n: int) -> str:
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    service.record_result(
                        visit_id=visit_id,
                        found=service.Found(Outcome.SEEN),
                        uploads=[of_the_door()],
                        by=Caller(inspector.user_id, COUNTY, household_id=home.id),
                        at=noon(),
                    )
            except DomainError as refusal:
                return refusal.code
            return "recorded"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(run, range(4)))

    assert outcomes == ["recorded"] + ["rounds.visit_done"] * 3
    with app.app_context():
        assert db.session.query(VisitResult).count() == 1
