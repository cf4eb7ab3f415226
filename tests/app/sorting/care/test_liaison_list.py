"""A liaison sees whom to visit first."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.sorting.inspections.settings import SETTINGS
from tests.given.asked import asked
from tests.given.care import enter, write_note
from tests.given.inspections import check, look
from tests.given.self_checks import screen, send


def listed(client, query=""):
    return client.get(f"/api/v1/liaison/households{query}").json["items"]


@pytest.fixture
def another(given, family, liaison_family, noon):
    """A second household of the liaison."""
    noon.move(minutes=1)
    return given.household(village=family.village, liaison=liaison_family)


def ids(items) -> list[str]:
    return [item["id"] for item in items]


def test_a_household_is_listed_with_its_head_in_full_and_no_check_yet(liaison, family):
    (item,) = listed(liaison)

    assert item == {
        "id": str(family.id),
        "head": "王小明",
        "group": "一组",
        "door_number": item["door_number"],
        "has_phone": False,
        "last_check_at": None,
        "is_checked_this_month": False,
        "put_out_days": 0,
        "put_out_days_before": 0,
        "put_out_percent": 0,
        "self_check_days": 0,
        "self_check_days_before": 0,
        "self_check_percent": 0,
        "is_due": True,
        "is_slipping": False,
        "needs_care": False,
        "care_reasons": [],
        "review_on": None,
        "last_note": None,
    }


def test_the_last_check_is_shown_and_whether_it_was_this_month(liaison, family, noon):
    noon.at = datetime(2026, 6, 30, 15, 59, tzinfo=UTC)  # 23:59 in China
    check(liaison, family)

    (in_june,) = listed(liaison)
    noon.move(minutes=1)
    (in_july,) = listed(liaison)

    assert in_june["last_check_at"] == "2026-06-30T15:59:00+00:00"
    assert (in_june["is_checked_this_month"], in_july["is_checked_this_month"]) == (True, False)


def test_a_check_at_the_bin_is_no_visit(liaison, collector, family):
    look(collector, family, "bin")

    (item,) = listed(liaison)
    assert (item["last_check_at"], item["is_due"]) == (None, True)
    assert (item["put_out_days"], item["put_out_percent"]) == (1, 3)


def test_days_with_a_self_check_are_counted_once_each_and_for_thirty_days(
    given, liaison, family, noon
):
    resident = given.resident(family)
    for hours in (0, 1, 24, 24 * 28):
        noon.move(hours=hours)
        screen(send(resident).json["id"])

    (item,) = listed(liaison)
    assert (item["self_check_days"], item["self_check_days_before"]) == (3, 0)
    assert item["self_check_percent"] == 10
    noon.move(days=1)
    (item,) = listed(liaison)
    assert (item["self_check_days"], item["self_check_days_before"]) == (2, 1)


def test_days_with_waste_put_out_move_into_the_period_before(liaison, collector, family, noon):
    look(collector, family, "bin")
    noon.move(days=29)
    look(collector, family, "bin")

    (item,) = listed(liaison)
    assert (item["put_out_days"], item["put_out_days_before"]) == (2, 0)
    noon.move(days=1)
    (item,) = listed(liaison)
    assert (item["put_out_days"], item["put_out_days_before"]) == (1, 1)
    noon.move(days=30)
    (item,) = listed(liaison)
    assert (item["put_out_days"], item["put_out_days_before"]) == (0, 1)


def test_a_household_is_due_thirty_days_after_the_visit(liaison, family, noon):
    check(liaison, family)

    for days, is_due in ((0, False), (29, False), (1, True)):
        noon.move(days=days)
        assert listed(liaison)[0]["is_due"] is is_due


def test_how_soon_a_household_is_due_is_the_countys_choice(given, liaison, family, noon):
    check(liaison, family)
    noon.move(days=7)
    assert listed(liaison)[0]["is_due"] is False

    given.setting(SETTINGS, visit_due_days=7)

    assert listed(liaison)[0]["is_due"] is True


def test_a_review_that_has_come_makes_due(liaison, family, noon):
    enter(liaison, family, review_on="2026-06-02")
    check(liaison, family)

    (item,) = listed(liaison)
    assert (item["needs_care"], item["review_on"], item["is_due"]) == (True, "2026-06-02", False)
    noon.move(days=1)
    assert listed(liaison)[0]["is_due"] is True


@pytest.mark.parametrize(("days", "is_slipping"), [(2, False), (3, True)])
def test_three_days_fewer_than_before_is_slipping(
    liaison, collector, family, noon, days, is_slipping
):
    for _ in range(days):
        look(collector, family, "bin")
        noon.move(days=1)
    noon.move(days=29)

    (item,) = listed(liaison)
    assert (item["put_out_days"], item["put_out_days_before"]) == (0, days)
    assert item["is_slipping"] is is_slipping


def test_fewer_self_checks_are_slipping_too(given, liaison, family, noon):
    resident = given.resident(family)
    for _ in range(3):
        screen(send(resident).json["id"])
        noon.move(days=1)
    noon.move(days=29)

    assert listed(liaison)[0]["is_slipping"] is True


@pytest.mark.parametrize(
    ("before", "now", "is_slipping"), [("a", "b", True), ("b", "b", False), ("c", "a", False)]
)
def test_a_worse_grade_than_before_is_slipping(
    liaison, collector, family, noon, before, now, is_slipping
):
    check(liaison, family, grade=before)
    noon.move(days=30)
    check(liaison, family, grade=now)

    assert listed(liaison)[0]["is_slipping"] is is_slipping


def test_the_newest_note_is_shown(liaison, family, noon):
    write_note(liaison, family, "旧的")
    noon.move(minutes=1)
    newest = write_note(liaison, family, "新的").json

    assert listed(liaison)[0]["last_note"] == newest


@pytest.fixture
def seven(given, liaison, liaison_family, collector, family, noon):
    """Households by their need, named for it; all but one were visited."""
    at = noon()
    names = ["due_in_care", "due", "due_longer", "care_slipping", "care", "slipping", "fine"]
    homes = {
        name: given.household(village=family.village, liaison=liaison_family) for name in names
    }
    noon.at = at.replace(month=4, day=20)
    given.county()
    for name in ("care_slipping", "slipping"):
        for _ in range(3):
            look(collector, homes[name], "bin")
            noon.move(days=1)
        noon.move(days=-3, minutes=1)  # to the next bin
    noon.at = at.replace(month=4, day=25)
    check(liaison, homes["due_longer"])
    noon.at = at.replace(month=4, day=26)
    check(liaison, homes["due"])
    noon.move(minutes=1)  # to the next door
    check(liaison, homes["due_in_care"])
    noon.at = at - timedelta(minutes=5)
    for name in ("care_slipping", "care", "slipping", "fine"):
        check(liaison, homes[name])
        noon.move(minutes=1)
    noon.at = at
    for name in ("due_in_care", "care_slipping", "care"):
        assert enter(liaison, homes[name]).status_code == 201
    check(liaison, family)
    return {str(home.id): name for name, home in homes.items()} | {str(family.id): "fine too"}


@pytest.fixture(autouse=True)
def a_policy_since_april(given, noon):
    now = noon()
    noon.at = now.replace(month=4, day=1)
    given.county()
    noon.at = now


def test_those_in_need_come_first_and_the_longest_unvisited_among_equals(liaison, seven):
    names = [seven[item["id"]] for item in listed(liaison)]

    assert names[:6] == [
        "due_in_care",
        "due_longer",
        "due",
        "care_slipping",
        "care",
        "slipping",
    ]
    assert sorted(names[6:]) == ["fine", "fine too"]


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        ("due", ["due_in_care", "due_longer", "due"]),
        ("care", ["due_in_care", "care_slipping", "care"]),
        ("slipping", ["care_slipping", "slipping"]),
    ],
)
def test_the_list_can_be_narrowed_to_a_need_and_paged(liaison, seven, need, expected):
    whole = listed(liaison, f"?need={need}")
    first = liaison.get(f"/api/v1/liaison/households?need={need}&limit=1").json
    rest = listed(liaison, f"?need={need}&before={first['next']}")

    assert [seven[item["id"]] for item in whole] == expected
    assert first["items"] + rest == whole


def test_pages_together_are_the_list(liaison, seven):
    whole, pages, cursor = listed(liaison), [], ""
    for _ in range(4):
        page = liaison.get(f"/api/v1/liaison/households?limit=2{cursor}").json
        pages += page["items"]
        cursor = f"&before={page['next']}"

    assert pages == whole
    assert listed(liaison, f"?limit=2{cursor}") == []


def test_a_page_after_somebody_who_left_the_list_is_refused(liaison, family):
    gone = liaison.get(f"/api/v1/liaison/households?before={uuid4()}")

    assert (gone.status_code, gone.json["code"]) == (422, "visits.list_changed")
    assert gone.json["message"] == "名单有变化，请下拉刷新"


def test_only_ones_own_households_are_listed(given, liaison, another, family):
    given.household(liaison=given.household(is_party=True))

    assert sorted(ids(listed(liaison))) == sorted([str(family.id), str(another.id)])


def test_ones_own_household_is_not_listed(app, liaison, liaison_family, family):
    from app.kernel.db import db, transaction
    from app.register.households.models import Household

    with app.app_context(), transaction():
        db.session.get(Household, liaison_family.id).liaison_id = liaison_family.head_id

    assert ids(listed(liaison)) == [str(family.id)]


@pytest.mark.parametrize("households", [1, 3])
def test_the_list_takes_the_same_queries_however_long(
    given, liaison, liaison_family, family, queries, households, noon
):
    homes = [family] + [
        given.household(village=family.village, liaison=liaison_family)
        for _ in range(households - 1)
    ]
    for home in homes:
        check(liaison, home)
        noon.move(seconds=20)  # to the next door
        write_note(liaison, home)
        enter(liaison, home)

    listed(liaison)  # the trace has today's look at each
    with queries() as seen:
        assert len(listed(liaison)) == households

    assert asked(seen) == [
        "sessions",  # who calls
        "households",
        *("checks", "self_checks") * 2,  # of two periods
        *("checks", "care_entries", "visit_notes"),  # visits, and what they left
        "county_settings",
        "looks",
    ]


def test_somebody_who_is_no_liaison_sees_no_list(app, given, family):
    assert app.test_client().get("/api/v1/liaison/households").status_code == 401
    assert given.resident(family).get("/api/v1/liaison/households").status_code == 403
    assert (
        given.resident(family, user_id=given.user())
        .get("/api/v1/liaison/households?need=rich")
        .status_code
        == 403
    )


def test_an_unknown_need_is_refused(liaison, family):
    assert liaison.get("/api/v1/liaison/households?need=rich").status_code == 422
