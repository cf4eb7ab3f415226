"""Where shops are and when they serve; residents see the nearest first."""

from datetime import UTC, date, datetime, time

import pytest

from app.kernel.clock import CALENDAR
from app.kernel.db import transaction
from app.register.identity.roles import Role
from mall.merchants import service as merchants
from mall.merchants import shops
from mall.merchants.shops import Stretch, Times
from tests.given.factories import COUNTY
from tests.given.http import user_of
from tests.given.vouchers import make_mall

NEAR = "/api/v1/shops/near"
WEEK = [
    {"weekday": 1, "opens_at": "08:00", "closes_at": "11:30"},
    {"weekday": 1, "opens_at": "11:30", "closes_at": "12:00"},
    {"weekday": 2, "opens_at": "08:00", "closes_at": "18:00"},
]


@pytest.fixture
def admin(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())


def near(client, **query):
    answer = client.get(NEAR, query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2026, 6, 1, 0, 0, tzinfo=UTC), True),  # Monday, 08:00 in China
        (datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 6, 1, 3, 30, tzinfo=UTC), False),  # lunch
        (datetime(2026, 6, 1, 6, 0, tzinfo=UTC), True),
        (datetime(2026, 6, 1, 10, 0, tzinfo=UTC), False),  # 18:00
        (datetime(2026, 6, 2, 0, 0, tzinfo=UTC), False),  # Tuesday
        (datetime(2026, 6, 8, 0, 0, tzinfo=UTC), False),  # a closed Monday
    ],
)
def test_a_shop_is_open_by_its_hours_and_chinas_clock(at, is_open):
    week = (Stretch(1, time(8), time(11, 30)), Stretch(1, time(14), time(18)))
    times = Times(week, closed_on=(date(2026, 6, 8),))

    assert times.is_open(at) is is_open


LATE = Times(
    tuple(Stretch(day, time(17), time(1, 30)) for day in (5, 7)), closed_on=(date(2026, 6, 12),)
)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "is_open"),
    [
        (5, 16, 59, False),  # Friday, 5 June
        (5, 17, 0, True),
        (5, 23, 59, True),
        (6, 0, 0, True),
        (6, 1, 29, True),
        (6, 1, 30, False),
        (6, 17, 0, False),
        (8, 1, 29, True),  # Sunday's evening, on Monday
        (8, 1, 30, False),
        (12, 17, 0, False),  # a closed Friday
        (13, 0, 30, False),  # and its night
    ],
)
def test_what_stays_open_after_midnight_is_of_the_day_on_which_it_opens(day, hour, minute, is_open):
    at = datetime(2026, 6, day, hour, minute, tzinfo=CALENDAR)

    assert LATE.is_open(at) is is_open


def test_a_closed_day_ends_no_night_that_began_before_it():
    times = Times((Stretch(4, time(17), time(1, 30)),), closed_on=(date(2026, 6, 5),))

    assert times.is_open(datetime(2026, 6, 5, 1, 0, tzinfo=CALENDAR)) is True


def test_a_shop_may_be_open_all_day_every_day():
    times = Times(tuple(Stretch(day, time(), time()) for day in range(1, 8)))

    assert all(
        times.is_open(datetime(2026, 6, day, hour, 30, tzinfo=CALENDAR))
        for day in range(1, 9)
        for hour in range(24)
    )


@pytest.mark.parametrize("written", ["24:00", "00:00"])
def test_a_shop_may_close_at_midnight(written, given, mall, noon):
    counter = mall.counter()
    evening = {"weekday": 1, "opens_at": "18:00", "closes_at": written}

    told = counter.owner.put(counter.url("times"), json={"week": [evening], "closed_on": []})

    assert told.status_code == 200, told.json
    assert told.json["week"] == [{**evening, "closes_at": "24:00"}]
    noon.move(hours=11, minutes=59)
    assert near(given.visitor())[0]["is_open_now"] is True
    noon.move(minutes=1)
    (shown,) = near(given.visitor())
    assert (shown["is_open_now"], shown["times"]["week"]) == (False, told.json["week"])


def test_a_shop_may_close_after_midnight(given, mall, noon):
    counter = mall.counter()
    week = [
        {"weekday": 1, "opens_at": "18:00", "closes_at": "02:00"},
        {"weekday": 2, "opens_at": "02:00", "closes_at": "24:00"},
        {"weekday": 7, "opens_at": "00:00", "closes_at": "06:00"},
    ]

    told = counter.owner.put(counter.url("times"), json={"week": week, "closed_on": []})

    assert (told.status_code, told.json["week"]) == (200, week), told.json
    noon.move(hours=13)
    assert near(given.visitor())[0]["is_open_now"] is True


def test_a_shop_without_hours_is_open_but_on_closed_days():
    times = Times(closed_on=(date(2026, 6, 1),))

    assert times.is_open(datetime(2026, 6, 2, tzinfo=UTC)) is True
    assert times.is_open(datetime(2026, 6, 1, tzinfo=UTC)) is False


def test_the_merchant_tells_hours_and_residents_see_whether_it_is_open(given, mall, noon):
    counter = mall.counter()
    body = {"week": WEEK, "closed_on": ["2026-06-02"]}

    told = counter.owner.put(counter.url("times"), json=body)

    assert (told.status_code, told.json) == (200, body), told.json
    (shown,) = near(given.visitor())
    assert (shown["times"], shown["is_open_now"]) == (body, False)  # noon: it just closed
    noon.move(minutes=-1)
    assert near(given.visitor())[0]["is_open_now"] is True
    noon.move(days=1)
    assert near(given.visitor())[0]["is_open_now"] is False


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"weekday": 1, "opens_at": "11:00", "closes_at": "13:00"}, "merchants.hours_overlap"),
        ({"weekday": 7, "opens_at": "22:00", "closes_at": "06:00"}, "merchants.hours_overlap"),
        ({"weekday": 1, "opens_at": "22:00", "closes_at": "05:30"}, "merchants.hours_overlap"),
        ({"weekday": 3, "opens_at": "13:00", "closes_at": "12:00"}, "invalid_request"),
        ({"weekday": 3, "opens_at": "13:00", "closes_at": "06:01"}, "invalid_request"),
        ({"weekday": 3, "opens_at": "05:00", "closes_at": "05:00"}, "invalid_request"),
        ({"weekday": 3, "opens_at": "24:00", "closes_at": "05:00"}, "invalid_request"),
        ({"weekday": 8, "opens_at": "08:00", "closes_at": "12:00"}, "invalid_request"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_the_old_ones_stay(change, code, given, mall):
    counter = mall.counter()
    week = [*WEEK[:2], {"weekday": 1, "opens_at": "05:00", "closes_at": "06:00"}, *WEEK[2:]]
    week = sorted(week, key=lambda stretch: (stretch["weekday"], stretch["opens_at"]))
    week[-1] = {"weekday": 2, "opens_at": "05:00", "closes_at": "18:00"}
    kept = counter.owner.put(counter.url("times"), json={"week": week, "closed_on": []})

    body = {"week": [*week, change], "closed_on": []}
    answer = counter.owner.put(counter.url("times"), json=body)

    assert kept.status_code == 200, kept.json
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert near(given.visitor())[0]["times"]["week"] == week


def test_without_a_place_the_own_village_comes_first_then_malls(app, given, mall, noon):
    elsewhere, own, central = mall.counter(), mall.counter(), mall.counter()
    make_mall(app, given, central, noon)
    resident = given.resident(given.household(village=own.village))

    seen = near(resident)

    assert [row["id"] for row in seen] == [
        str(counter.shop_id) for counter in (own, central, elsewhere)
    ]
    assert [row["delivers"] for row in seen] == [False, True, False]
    assert [row["distance_metres"] for row in seen] == [None] * 3


def test_with_a_place_the_nearest_comes_first_page_by_page(given, mall, queries):
    counters = [mall.counter() for _ in range(4)]
    for counter, latitude in zip(counters, (30.75, 30.752, 30.76), strict=False):
        place = {"address": "村口", "latitude": latitude, "longitude": 120.75}
        assert counter.owner.put(counter.url("place"), json=place).status_code == 200
    visitor, here = given.visitor(), {"latitude": 30.7520001, "longitude": 120.75}

    with queries() as seen:
        first = visitor.get(NEAR, query_string={**here, "limit": 2}).json
    rest = visitor.get(NEAR, query_string={**here, "limit": 3, "after": first["next"]}).json

    rows = first["items"] + rest["items"]
    assert [row["id"] for row in rows] == [str(counters[n].shop_id) for n in (1, 0, 2, 3)]
    assert [row["distance_metres"] for row in rows] == [0, 223, 891, None]
    assert rest["next"] is None
    assert len(seen) == 5  # the caller, shops, hours, closed days, campaigns


def test_closed_and_suspended_shops_are_not_shown(app, given, mall, noon):
    closed, suspended = mall.counter(), mall.counter()
    by = given.user()
    with app.app_context(), transaction():
        facts = {"county_id": COUNTY, "by": by, "at": noon()}
        merchants.set_open(shop_id=closed.shop_id, is_open=False, **facts)
        merchants.suspend(merchant_id=suspended.merchant_id, **facts)

    assert near(given.visitor()) == []


def test_only_the_shops_own_merchant_and_the_county_tell_about_it(given, mall, admin):
    counter, stranger = mall.counter(), mall.counter()
    times, place = {"week": WEEK, "closed_on": []}, {"address": "别处"}

    for client, status in ((stranger.owner, 404), (counter.clerk, 403), (given.visitor(), 403)):
        assert client.put(counter.url("times"), json=times).status_code == status
        assert client.put(counter.url("place"), json=place).status_code == status
        assert client.put(counter.url("kind"), json={"kind": "mall"}).status_code == 403
    abroad = given.staff(Role.COUNTY_ADMIN, given.county(990102), county_id=990102)
    assert abroad.put(counter.url("kind"), json={"kind": "mall"}).status_code == 404
    half = admin.put(counter.url("place"), json={**place, "latitude": 30.0})
    assert half.status_code == 422
    shown = next(row for row in near(given.visitor()) if row["id"] == str(counter.shop_id))
    assert (shown["address"], shown["kind"], shown["times"]["week"]) == ("村口", "counter", [])


@pytest.mark.race("mall.merchants.shops._locked_shop")
def test_hours_told_by_many_at_once_are_those_of_one(app, mall, together, noon):
    counter = mall.counter()
    by = user_of(app, counter.owner)

    def telling(hour):
        week = tuple(Stretch(day, time(hour), time(hour + 1)) for day in range(1, 8))
        return lambda: shops.set_hours(
            county_id=COUNTY, shop_id=counter.shop_id, times=Times(week), by=by, at=noon()
        )

    outcomes = together(telling(hour) for hour in range(16))

    assert outcomes == {"done": 16}
    with app.app_context():
        told = shops.times_of([counter.shop_id])[counter.shop_id].week
    assert len(told) == 7
    assert len({stretch.opens_at for stretch in told}) == 1
