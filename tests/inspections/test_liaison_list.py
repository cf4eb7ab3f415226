"""A liaison sees whom to visit."""

from datetime import UTC, datetime

import pytest

from tests.inspections.conftest import check
from tests.sorting.conftest import screen, send


def listed(client, query=""):
    return client.get(f"/api/v1/liaison/households{query}").json["items"]


def test_a_household_is_listed_with_a_masked_head_and_no_check_yet(liaison, family):
    (item,) = listed(liaison)

    assert item == {
        "id": str(family.id),
        "head": "王**",
        "door_number": item["door_number"],
        "last_check_at": None,
        "is_checked_this_month": False,
        "self_check_days": 0,
    }


def test_the_last_check_is_shown_and_whether_it_was_this_month(liaison, family, noon):
    noon.at = datetime(2026, 6, 30, 15, 59, tzinfo=UTC)  # 23:59 in China
    check(liaison, family)

    (in_june,) = listed(liaison)
    noon.move(minutes=1)
    (in_july,) = listed(liaison)

    assert in_june["last_check_at"] == "2026-06-30T15:59:00+00:00"
    assert (in_june["is_checked_this_month"], in_july["is_checked_this_month"]) == (True, False)


def test_days_with_a_self_check_are_counted_once_each_and_for_thirty_days(
    given, liaison, family, noon
):
    resident = given.resident(family)
    for hours in (0, 1, 24, 24 * 28):
        noon.move(hours=hours)
        screen(send(resident).json["id"])

    assert listed(liaison)[0]["self_check_days"] == 3
    noon.move(days=1)
    assert listed(liaison)[0]["self_check_days"] == 2


def test_only_ones_own_households_are_listed_a_page_at_a_time(
    given, liaison, liaison_family, family, noon
):
    given.household(liaison=given.household(is_party=True))
    noon.move(minutes=1)
    newer = given.household(village=family.village, liaison=liaison_family)

    first = liaison.get("/api/v1/liaison/households?limit=1").json
    rest = liaison.get(f"/api/v1/liaison/households?limit=1&before={first['next']}").json

    assert [item["id"] for item in first["items"]] == [str(newer.id)]
    assert [item["id"] for item in rest["items"]] == [str(family.id)]


@pytest.mark.parametrize("households", [1, 3])
def test_the_list_takes_the_same_queries_however_long(
    given, liaison, liaison_family, family, queries, households
):
    for _ in range(households - 1):
        given.household(village=family.village, liaison=liaison_family)

    with queries() as seen:
        assert len(listed(liaison)) == households

    assert len(seen) == 4  # who calls, for whom they act, the households, their self-checks


def test_somebody_who_is_no_liaison_sees_no_list(app, given, family):
    assert app.test_client().get("/api/v1/liaison/households").status_code == 401
    assert given.resident(family).get("/api/v1/liaison/households").status_code == 403
