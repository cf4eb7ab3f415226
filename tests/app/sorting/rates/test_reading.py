"""Who reads whose rates, and what they come to."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.kernel.db import db, transaction
from app.register.identity.roles import Role
from app.register.regions.models import CountySettings, RegionKind
from app.sorting.rates import queries
from app.sorting.rates.arithmetic import Bounds
from app.sorting.rates.errors import BadBounds
from app.sorting.rates.queries import Period, month_of
from app.sorting.rates.settings import SETTINGS
from tests.given.factories import COUNTY

MORNING = datetime(2026, 6, 1, 1, tzinfo=UTC)


def ratio(part, whole, basis_points):
    return {"part": part, "whole": whole, "basis_points": basis_points}


@pytest.mark.parametrize(
    ("day", "at", "until"),
    [
        (date(2026, 5, 20), datetime(2026, 6, 15, tzinfo=UTC), date(2026, 6, 1)),
        (date(2026, 6, 20), datetime(2026, 6, 15, 15, 59, tzinfo=UTC), date(2026, 6, 15)),
        (date(2026, 6, 20), datetime(2026, 6, 15, 16, tzinfo=UTC), date(2026, 6, 16)),
        (date(2026, 6, 20), datetime(2026, 6, 1, tzinfo=UTC), date(2026, 6, 1)),
        (date(2026, 12, 1), datetime(2027, 1, 9, tzinfo=UTC), date(2027, 1, 1)),
        (date(2026, 9, 1), datetime(2026, 6, 15, tzinfo=UTC), date(2026, 9, 1)),
    ],
)
def test_a_month_ends_before_today(day, at, until):
    assert month_of(day, at=at) == Period(day.replace(day=1), until)


@pytest.fixture
def neighbours(given, noon, happened, count_all):
    """Two households of a group with ten days behind them, one that sorts and one that does not."""
    village = given.village()
    good, idle = given.household(village=village), given.household(village=village)
    for days in range(10):
        happened.self_check(good, MORNING + timedelta(days=days))
    happened.check(good, MORNING, "a")
    happened.check(good, MORNING, "b")
    happened.check(idle, MORNING + timedelta(days=1), "c")
    happened.visit(good, MORNING, 100)
    count_all()
    noon.move(days=10)
    return good, idle


def test_a_resident_reads_the_rates_of_household_group_and_village(given, neighbours):
    good, _ = neighbours

    answer = given.resident(good).get("/api/v1/rates/own")

    assert answer.status_code == 200
    assert (answer.json["from_on"], answer.json["until"]) == ("2026-06-01", "2026-06-11")
    assert answer.json["counted_at"] == "2026-06-01T04:00:00+00:00"
    assert answer.json["household"] == {
        "households": 1,
        "put_out": ratio(1, 10, 1000),
        "self_check": ratio(10, 10, 10000),
        "accuracy": ratio(3, 4, 7500),
        "inspection": ratio(1, 1, 10000),
        "review": ratio(0, 0, None),
        "mean_rate": 7125,
    }
    assert answer.json["group"]["rates"] == {
        "households": 2,
        "put_out": ratio(2, 20, 1000),
        "self_check": ratio(10, 20, 5000),
        "accuracy": ratio(3, 6, 5000),
        "inspection": ratio(1, 1, 10000),
        "review": ratio(0, 0, None),
        "mean_rate": 5250,
    }
    assert answer.json["group"]["band"] is None
    assert answer.json["village"]["rates"] == answer.json["group"]["rates"]
    assert answer.json["village"]["band"] == 4


def test_another_month_is_asked_for_by_name(given, neighbours):
    resident = given.resident(neighbours[0])

    may = resident.get("/api/v1/rates/own?month=2026-05").json
    bad = resident.get("/api/v1/rates/own?month=June")

    assert may["household"]["put_out"] == ratio(0, 0, None)
    assert (bad.status_code, bad.json["code"]) == (422, "invalid_request")


def test_days_before_a_household_was_entered_do_not_count(given, neighbours, noon):
    newcomer = given.household(village=neighbours[0].village)
    noon.move(days=2)

    answer = given.resident(newcomer).get("/api/v1/rates/own").json

    assert answer["household"]["put_out"] == ratio(0, 2, 0)
    assert answer["village"]["rates"]["put_out"] == ratio(2, 26, 769)


def test_a_liaison_reads_the_rates_of_their_households_only(given, noon):
    liaison = given.household(is_party=True)
    theirs = given.household(liaison=liaison)
    given.household()
    noon.move(days=3)

    answer = given.resident(liaison).get("/api/v1/rates/assigned").json

    (item,) = answer["items"]
    assert item == {
        "id": str(theirs.id),
        "head": "王**",
        "door_number": item["door_number"],
        "group": "一组",
        "rates": item["rates"],
    }
    assert item["rates"]["put_out"] == ratio(0, 3, 0)


def test_an_administrator_reads_households_of_the_own_area_a_page_at_a_time(given, neighbours):
    good, idle = neighbours
    given.household(village=given.village())
    admin = given.staff(Role.GROUP_LEADER, good.village.group_id)

    first = admin.get("/api/v1/rates/households?limit=1").json
    rest = admin.get(f"/api/v1/rates/households?limit=2&before={first['next']}").json

    shown = {item["id"]: item["rates"]["self_check"] for item in first["items"] + rest["items"]}
    assert shown == {str(good.id): ratio(10, 10, 10000), str(idle.id): ratio(0, 10, 0)}


@pytest.mark.parametrize(
    ("kind", "count"), [("county", 1), ("town", 2), ("village", 2), ("group", 2)]
)
def test_places_of_each_kind_add_up_their_households(given, neighbours, kind, count):
    elsewhere = given.village()
    auditor = given.staff(Role.AUDITOR, elsewhere.county_region_id)

    items = auditor.get(f"/api/v1/rates/places?kind={kind}").json["items"]

    assert len(items) == count
    assert sum(item["rates"]["self_check"]["part"] for item in items) == 10
    assert sum(item["rates"]["self_check"]["whole"] for item in items) == 20
    assert {item["band"] for item in items} == ({4, None} if kind == "village" else {None})


def test_a_village_administrator_sees_no_other_village(given, neighbours):
    village = neighbours[0].village
    given.village()
    admin = given.staff(Role.VILLAGE_ADMIN, village.id)

    villages = admin.get("/api/v1/rates/places").json["items"]
    towns = admin.get("/api/v1/rates/places?kind=town").json["items"]

    assert [item["id"] for item in villages] == [str(village.id)]
    assert towns == []


@pytest.mark.parametrize("households", [1, 4])
def test_lists_take_the_same_queries_however_long(given, village, noon, queries, households):
    for _ in range(households):
        given.household(village=village)
    noon.move(days=1)
    admin = given.staff(Role.VILLAGE_ADMIN, village.id)

    with queries() as seen:
        assert len(admin.get("/api/v1/rates/households").json["items"]) == households
    assert len(seen) == 3  # who calls, the households, their counts
    with queries() as seen:
        assert len(admin.get("/api/v1/rates/places?kind=group").json["items"]) == 1
    assert len(seen) == 4  # and where the bands begin


@pytest.fixture
def village(given):
    return given.village()


def test_others_read_no_rates(app, given, neighbours):
    resident = given.resident(neighbours[1])
    for url in ("own", "assigned", "households", "places"):
        assert app.test_client().get(f"/api/v1/rates/{url}").status_code == 401
    for url in ("assigned", "households", "places"):
        assert resident.get(f"/api/v1/rates/{url}").status_code == 403
    assert given.visitor().get("/api/v1/rates/own").status_code == 403


def test_two_administrators_say_where_the_bands_begin(
    app, given, neighbours, office_phone, agreed_to, noon
):
    words = ["rates", "bands", "60", "52.50", "30", "--by", office_phone("13900000021")]
    answer = app.test_cli_runner().invoke(args=words)

    assert answer.exit_code == 0, answer.output
    agreed_to()
    noon.move(days=-1)  # to the days that were counted
    admin = given.staff(Role.VILLAGE_ADMIN, neighbours[0].village.id)
    assert admin.get("/api/v1/rates/places").json["items"][0]["band"] == 2


@pytest.mark.parametrize("bounds", [(9_000, 9_000, 100), (10_001, 50, 10), (50, 60, 70), (3, 2, 0)])
def test_bounds_that_do_not_fall_are_refused(app, given, noon, bounds):
    given.county()

    with app.app_context():
        with pytest.raises(BadBounds), transaction():
            SETTINGS.set(county_id=COUNTY, settings=Bounds(*bounds), actor_id=None, at=noon())
        assert db.session.query(CountySettings).count() == 0


def test_a_place_is_read_by_its_kind(app, neighbours, noon):
    village = neighbours[0].village
    period = queries.last_days(5, at=noon())

    with app.app_context():
        found = queries.rates_of_place(
            county_id=COUNTY, region_id=village.town_id, kind=RegionKind.TOWN, period=period
        )

    assert period == Period(date(2026, 6, 6), date(2026, 6, 11))
    assert (found.counts.self_checks, found.counts.days) == (5, 10)
