"""A check shows that somebody looked: a photo for each grade, time between two households, so many
a day."""

from datetime import timedelta
from uuid import uuid4

import pytest

from app.register.identity.roles import Role
from app.sorting.inspections import pace, service
from app.sorting.inspections.models import Grade, Setting
from app.sorting.inspections.service import Seen
from tests.given.http import assert_refused, user_of
from tests.given.inspections import check, evidence, look, open_conflicts, resolve, without_photo


@pytest.fixture(autouse=True)
def since_may(given, noon):
    """The county and its policy began six days ago."""
    noon.move(days=-6)
    given.county()
    noon.move(days=6)


@pytest.fixture
def neighbour(given, family):
    return given.household(village=family.village)


def kept(client, family, noon, **ago):
    """A record of the bin that the phone made so long ago."""
    seen_at = noon() - timedelta(**ago)
    return look(client, family, "bin", client_id=str(uuid4()), phone_time=seen_at.isoformat()).json


@pytest.mark.parametrize("grade", ["a", "b", "c"])
@pytest.mark.parametrize("setting", ["booth", "bin"])
def test_a_grade_without_a_photo_earns_nothing(
    given, booth_keeper, collector, family, rows, setting, grade
):
    who = booth_keeper if setting == "booth" else collector

    answer = without_photo(who, family, setting, grade=grade, kinds="kitchen")

    sentence = "评了等级要有照片作证，请拍一张再提交"
    assert_refused(answer, 422, "check.photo_needed", sentence)
    assert rows() == (0, 0, 0, 0)
    assert given.spendable(family) == 0


def test_between_two_households_lie_twenty_seconds(given, collector, family, neighbour, rows, noon):
    look(collector, family, "bin")
    noon.move(seconds=19)
    sooner = look(collector, neighbour, "bin")
    sentence = "您刚查过别的人家，两户之间至少隔 20 秒，请看清楚再记录"
    assert_refused(sooner, 409, "check.too_fast", sentence)
    assert (rows(), given.spendable(neighbour)) == ((1, 1, 1, 0), 0)

    noon.move(seconds=1)
    assert look(collector, neighbour, "bin").json["points"] == 10


def test_the_same_household_may_be_looked_at_again_at_once(collector, family):
    look(collector, family, "bin")

    assert look(collector, family, "bin", kinds="residual").status_code == 201


def test_each_of_two_people_has_their_own_time(collector, booth_keeper, family, neighbour):
    look(collector, family, "bin")

    assert look(booth_keeper, neighbour, "booth").status_code == 201


def test_two_phones_are_one_persons_time(app, given, collector, family, neighbour):
    other = given.staff(Role.COLLECTOR, family.village.id)
    number = "11010519491231002X"
    for client in (collector, other):
        given.person(user_of(app, client), number)
    look(collector, family, "bin")

    assert_refused(look(other, neighbour, "bin"), 409, "check.too_fast")


def test_bins_with_nothing_in_them_are_passed_at_any_pace(collector, family, neighbour):
    look(collector, family, "bin")

    for home in (neighbour, family):
        assert look(collector, home, "bin", grade=None, kinds=None).status_code == 201


def test_a_phones_records_are_as_far_apart_as_they_were_made(
    given, collector, family, neighbour, noon
):
    """They come in one second, hours after they were made."""
    first = kept(collector, family, noon, hours=2)
    second = kept(collector, neighbour, noon, hours=2, seconds=-20)

    assert (first["state"], second["state"]) == ("counted", "counted")
    assert given.spendable(neighbour) == 10


@pytest.mark.parametrize("seconds", [-19, 0, 19])
def test_records_that_nobody_can_have_made_wait_for_a_person(
    given, collector, village_admin, family, neighbour, noon, seconds
):
    kept(collector, family, noon, hours=2)
    second = kept(collector, neighbour, noon, hours=2, seconds=seconds)

    assert (second["state"], second["points"]) == ("held", 0)
    (conflict,) = open_conflicts(village_admin)
    assert (conflict["reason"], conflict["first_check"]) == ("too_fast", None)
    assert given.spendable(neighbour) == 0
    resolve(village_admin, conflict["id"], "count")
    assert given.spendable(neighbour) == 10


def test_one_person_checks_so_many_a_day(
    given, collector, family, neighbour, noon, rows, monkeypatch
):
    monkeypatch.setattr(pace, "DAY_MOST", 2)
    for home in (family, neighbour):
        look(collector, home, "bin")
        noon.move(minutes=1)

    more = look(collector, family, "bin")

    sentence = "一个人一天最多查 2 户次，请明天再查，或请别人来查"
    assert_refused(more, 409, "check.too_many", sentence)
    assert rows() == (2, 2, 2, 0)
    assert kept(collector, family, noon, minutes=30)["state"] == "held"
    assert kept(collector, neighbour, noon, days=1)["state"] == "counted"
    noon.move(days=1)
    assert look(collector, family, "bin").json["points"] == 10


def test_a_hundred_and_fifty_are_a_days_work():
    assert pace.DAY_MOST == 150


def test_a_liaison_keeps_the_time_too(given, liaison, liaison_family, family):
    other = given.household(village=family.village, liaison=liaison_family)
    check(liaison, family)

    assert_refused(check(liaison, other), 409, "check.too_fast")


@pytest.mark.race("app.sorting.inspections.pace.too_fast")
def test_of_many_households_checked_at_once_one_is_looked_at(given, together, family, noon):
    homes = [family, *(given.household(village=family.village) for _ in range(7))]
    keeper = given.caller(Role.COLLECTOR, family.village.id)
    seen = Seen(Grade.A, kinds=["kitchen"])

    outcomes = together(
        [
            lambda home=home: service.record_check(
                household_id=home.id,
                setting=Setting.BIN,
                seen=seen,
                photo=evidence(),
                by=keeper,
                at=noon(),
            )
            for home in homes
        ]
    )

    assert outcomes == {"done": 1, "TooFast": 7}
