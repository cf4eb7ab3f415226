"""A liaison checks at the door, which awards the household that is checked."""

from decimal import Decimal
from uuid import uuid4

import pytest

from app.kernel import jobs as kernel_jobs
from app.kernel.db import db
from app.photos.jobs import prepare
from app.register.identity.roles import Role
from app.sorting.inspections.models import Check
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.http import user_of
from tests.given.inspections import check, without_photo
from tests.given.persons import NUMBERS


def stored(app, check_id) -> Check:
    with app.app_context():
        return db.session.get(Check, (COUNTY, check_id))


@pytest.mark.parametrize(
    ("grade", "points", "message"),
    [
        ("a", 10, "上门检查评为 A 级，得 10 分"),
        ("b", 5, "上门检查评为 B 级，得 5 分"),
        ("c", 0, "上门检查评为 C 级，按积分规则这次不得分"),
    ],
)
def test_the_household_earns_by_its_grade_and_the_liaison_two_points(
    given, liaison, liaison_family, family, noon, grade, points, message
):
    sent = check(liaison, family, grade=grade)

    assert sent.status_code == 201, sent.json
    assert sent.json == {
        "id": sent.json["id"],
        "household_id": str(family.id),
        "setting": "door",
        "photo_id": sent.json["photo_id"],
        "thumb_url": sent.json["thumb_url"],
        "photo_url": sent.json["photo_url"],
        "at": noon().isoformat(),
        "grade": grade,
        "kinds": [],
        "wrong_kinds": [],
        "state": "counted",
        "points": points,
        "message": message,
    }
    assert given.spendable(family) == points
    assert given.spendable(liaison_family) == 2


def test_what_was_seen_is_kept_and_the_place_only_roughly(app, liaison, family):
    sent = check(
        liaison,
        family,
        grade="b",
        wrong_kinds="residual,kitchen",
        phone_time="2026-06-01T11:58:00+08:00",
        latitude="30.7534567",
        longitude="120.7512345",
    )

    kept = stored(app, sent.json["id"])
    assert kept.wrong_kinds == sent.json["wrong_kinds"] == ["kitchen", "residual"]
    assert (kept.latitude, kept.longitude) == (Decimal("30.753"), Decimal("120.751"))
    assert kept.phone_time.isoformat() == "2026-06-01T03:58:00+00:00"


def test_the_photo_is_screened_by_a_job_and_then_shown_to_the_household(
    app, given, liaison, family
):
    sent = check(liaison, family, pictures.with_exif())
    with app.app_context():
        (queued,) = kernel_jobs.queue().jobs
    assert (queued.func_name, queued.args) == (
        "app.photos.jobs.prepare",
        [str(COUNTY), sent.json["photo_id"]],
    )

    prepare(*queued.args)

    shown = given.resident(family).get(f"/api/v1/photos/{sent.json['photo_id']}")
    assert shown.status_code == 200
    assert b"SECRET" not in shown.data


def test_a_repeat_of_the_request_answers_as_the_first_time(given, liaison, family, rows):
    content, key = pictures.photo(), uuid4().hex

    first, second = (check(liaison, family, content, key=key) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert rows() == (1, 1, 2, 0)
    assert given.spendable(family) == 10


def test_a_second_check_of_a_day_is_recorded_without_points_for_the_household(
    given, liaison, liaison_family, family
):
    check(liaison, family)

    second = check(liaison, family)

    assert second.json["message"] == "上门检查评为 A 级，当天的被查积分已经领过了，这次不再计分"
    assert (given.spendable(family), given.spendable(liaison_family)) == (10, 2)


def test_an_official_who_is_a_liaison_earns_nothing_by_it(given, liaison_family, family):
    user_id = given.user()
    given.grant(user_id, Role.VILLAGE_ADMIN, family.village.id)

    check(given.resident(liaison_family, user_id=user_id), family)

    assert (given.spendable(family), given.spendable(liaison_family)) == (10, 0)


def test_nor_by_a_phone_of_theirs_that_holds_no_office(app, given, liaison, liaison_family, family):
    official = given.staff(Role.VILLAGE_ADMIN, family.village.id)
    for phone in (liaison, official):
        given.person(user_of(app, phone), NUMBERS[0])

    check(liaison, family)

    assert (given.spendable(family), given.spendable(liaison_family)) == (10, 0)


def test_each_is_paid_by_their_own_village(given, liaison, liaison_family):
    elsewhere = given.village()
    given.budget(elsewhere, 100)
    far = given.household(village=elsewhere, liaison=liaison_family)

    check(liaison, far)

    assert budget(given, elsewhere) == 90
    assert budget(given, liaison_family.village) == 998


def budget(given, village) -> int:
    from app.points import ledger

    return given.balance(ledger.village_budget(village.id))


def test_a_household_of_another_liaison_is_not_found(given, liaison, rows):
    other = given.household(liaison=given.household(is_party=True))

    for stranger in (other, given.household()):
        sent = check(liaison, stranger)
        assert (sent.status_code, sent.json["code"]) == (404, "check.household_not_found")
        assert sent.json["message"] == "没有找到这户，或者这户不归您检查"
    assert rows() == (0, 0, 0, 0)


def test_nobody_checks_their_own_household(app, given, liaison, liaison_family, rows):
    make_own_liaison(app, liaison_family)

    sent = check(liaison, liaison_family)

    assert (sent.status_code, sent.json["code"]) == (403, "check.own_household")
    assert sent.json["message"] == "不能检查自己家，请村管理员换一个人来查"
    assert rows() == (0, 0, 0, 0)


def make_own_liaison(app, family):
    from app.kernel.db import transaction
    from app.register.households.models import Household

    with app.app_context(), transaction():
        db.session.get(Household, family.id).liaison_id = family.head_id


def test_a_photo_that_was_used_before_is_refused(given, liaison, family, rows):
    content = pictures.photo()
    check(liaison, family, content)

    again = check(liaison, family, content)

    assert (again.status_code, again.json["code"]) == (409, "check.photo_repeated")
    assert again.json["message"] == "这张照片以前用过了，请重新拍一张"
    assert rows() == (1, 1, 2, 0)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "photo.empty"),
        (b"\xff\xd8\xff" + bytes(11 << 20), 413, "photo.too_large"),
        (pictures.SVG, 415, "photo.not_a_photo"),
    ],
)
def test_a_check_without_a_real_photo_is_refused(
    given, liaison, family, rows, content, status, code
):
    sent = check(liaison, family, content)

    assert (sent.status_code, sent.json["code"]) == (status, code)
    assert rows() == (0, 0, 0, 0)
    assert given.spendable(family) == 0


def test_grade_a_with_something_in_the_wrong_bin_is_refused(liaison, family, rows):
    sent = check(liaison, family, wrong_kinds="kitchen")

    assert (sent.status_code, sent.json["code"]) == (422, "check.grade_contradicts")
    assert rows() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"grade": "d"},
        {"client_id": "1"},
        {"client_id": "0197284c-1f80-7d2a-8c3e-1f2a3b4c5d6e"},
        {"setting": "street"},
        {"household_id": "1"},
        {"wrong_kinds": "kitchen,glass"},
        {"latitude": "30.75"},
        {"latitude": "91", "longitude": "120"},
        {"latitude": "NaN", "longitude": "120"},
        {"phone_time": "yesterday"},
    ],
)
def test_a_malformed_check_is_refused(liaison, family, rows, fields):
    sent = check(liaison, family, **fields)

    assert (sent.status_code, sent.json["code"]) == (422, "invalid_request")
    assert rows() == (0, 0, 0, 0)


def test_a_check_at_the_door_needs_a_grade_and_a_photo(liaison, family, rows):
    without_grade = check(liaison, family, grade=None)
    unproved = without_photo(liaison, family, "door")

    assert (without_grade.status_code, without_grade.json["code"]) == (422, "check.grade_needed")
    assert (unproved.status_code, unproved.json["code"]) == (422, "check.photo_needed")
    assert unproved.json["message"] == "评了等级要有照片作证，请拍一张再提交"
    assert rows() == (0, 0, 0, 0)


def test_only_a_liaison_may_check(app, given, family, rows):
    assert check(app.test_client(), family).status_code == 401
    assert check(given.visitor(), family).status_code == 403
    assert check(given.resident(family), family).status_code == 403
    assert rows() == (0, 0, 0, 0)


def test_who_checked_opens_their_evidence_and_others_do_not(app, given, liaison, family):
    photo_id = check(liaison, family).json["photo_id"]
    with app.app_context():
        prepare(str(COUNTY), photo_id)
    collector = given.staff(Role.COLLECTOR, family.village.id)

    assert liaison.get(f"/api/v1/photos/{photo_id}").status_code == 200
    refused = collector.get(f"/api/v1/photos/{photo_id}")
    assert (refused.status_code, refused.json["code"]) == (404, "photo.not_found")
