"""A phone without network keeps its records and sends them later, perhaps twice."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from app.kernel.db import db
from app.points.awards.models import Award
from app.register.identity.roles import Role
from app.sorting.inspections.models import Check, CheckConflict
from app.sorting.inspections.settings import SETTINGS
from tests.given.factories import COUNTY
from tests.given.inspections import check, evidence, look, new_photo, open_conflicts, resolve


def late(client, family, phone_time: datetime, **fields):
    """Send a record of the bin that the phone made at its own time."""
    fields = {"client_id": str(uuid4()), "phone_time": phone_time.isoformat()} | fields
    return look(client, family, "bin", **fields)


def days_awarded(app) -> list[date]:
    with app.app_context():
        return sorted(award.day for award in db.session.query(Award).all())


def test_a_late_record_counts_on_the_day_of_the_phone(app, given, collector, family, noon):
    seen_at = datetime(2026, 5, 29, 15, 59, tzinfo=UTC)  # 23:59 in China, more than two days ago

    sent = late(collector, family, seen_at)

    assert (sent.status_code, sent.json["state"]) == (201, "counted"), sent.json
    assert (sent.json["at"], sent.json["points"]) == (seen_at.isoformat(), 10)
    assert days_awarded(app) == [date(2026, 5, 29)]
    with app.app_context():
        kept = db.session.get(Check, (COUNTY, sent.json["id"]))
    assert (kept.at, kept.phone_time, kept.received_at) == (seen_at, seen_at, noon())


@pytest.fixture(autouse=True)
def since_may(given, noon):
    """The county and its policy began six days ago."""
    now = noon()
    noon.at = now - timedelta(days=6)
    given.county()
    noon.at = now


def test_records_of_two_days_that_come_together_are_paid_for_each(app, given, collector, family):
    for day in (30, 31):
        late(collector, family, datetime(2026, 5, day, 1, tzinfo=UTC))

    assert days_awarded(app) == [date(2026, 5, 30), date(2026, 5, 31)]
    assert given.spendable(family) == 20


def test_the_caps_are_those_of_the_phones_day(given, collector, family, noon):
    look(collector, family, "bin")
    late(collector, family, noon() - timedelta(days=1))

    again = late(collector, family, noon() - timedelta(days=1, hours=1))

    assert again.json["message"] == "收集时检查评为 A 级，当天的被查积分已经领过了，这次不再计分"
    assert given.spendable(family) == 20


def test_a_repeat_with_another_key_answers_as_the_first_time(given, collector, family, noon, rows):
    record = {"client_id": str(uuid4()), "photo": new_photo(), "grade": "b"}

    seen_at = noon()
    first = late(collector, family, seen_at, **record)
    noon.move(days=2)
    second = late(collector, family, seen_at, **record)

    assert (first.status_code, second.status_code) == (201, 201)
    links = {"thumb_url": second.json["thumb_url"], "photo_url": second.json["photo_url"]}
    assert first.json | links == second.json  # each answer's links are good for minutes
    assert rows() == (1, 1, 1, 0)
    assert given.spendable(family) == 5


@pytest.mark.parametrize("change", ["grade", "household", "time"])
def test_an_id_of_another_record_is_refused(given, collector, family, noon, rows, change):
    client_id, neighbour = str(uuid4()), given.household(village=family.village)
    late(collector, family, noon(), client_id=client_id)

    again = late(
        collector,
        neighbour if change == "household" else family,
        noon() - timedelta(minutes=1) if change == "time" else noon(),
        client_id=client_id,
        grade="b" if change == "grade" else "a",
    )

    assert (again.status_code, again.json["code"]) == (409, "check.client_id_reused")
    assert again.json["message"] == "这条记录的编号已经用过了，请重新记录一次"
    assert rows() == (1, 1, 1, 0)


def test_two_people_may_make_the_same_id(given, collector, booth_keeper, family, noon, rows):
    client_id = str(uuid4())
    record = {"client_id": client_id, "phone_time": noon().isoformat()}

    look(collector, family, "bin", **record)
    second = look(booth_keeper, family, "booth", **record)

    assert second.status_code == 201
    assert rows() == (2, 2, 2, 0)


def test_a_clock_that_is_a_little_fast_is_believed(collector, family, noon):
    sent = late(collector, family, noon() + timedelta(minutes=5))

    assert (sent.json["state"], sent.json["at"]) == ("counted", noon().isoformat())


@pytest.mark.parametrize("off", [timedelta(minutes=5, seconds=1), -timedelta(days=3, seconds=1)])
def test_a_clock_that_cannot_be_true_leaves_the_check_to_a_person(
    given, collector, village_admin, family, noon, rows, off
):
    sent = late(collector, family, noon() + off)

    assert sent.status_code == 201
    assert (sent.json["state"], sent.json["points"]) == ("held", 0)
    assert sent.json["message"] == "已收到，等村管理员核对后再计分"
    assert rows() == (1, 1, 0, 1)
    (conflict,) = open_conflicts(village_admin)
    assert (conflict["reason"], conflict["first_check"]) == ("clock_off", None)
    assert conflict["check"]["phone_time"] == (noon() + off).isoformat()
    assert conflict["check"]["at"] == conflict["check"]["received_at"] == noon().isoformat()


def test_a_check_with_a_wrong_clock_earns_once_it_is_let_through(
    app, given, collector, village_admin, family, noon, rows
):
    late(collector, family, noon() + timedelta(days=365))
    (conflict,) = open_conflicts(village_admin)
    noon.move(days=1)

    resolved = resolve(village_admin, conflict["id"], "count")

    assert resolved.status_code == 200, resolved.json
    assert (resolved.json["outcome"], resolved.json["check"]["state"]) == ("count", "counted")
    assert resolved.json["check"]["points"] == 10
    assert days_awarded(app) == [date(2026, 6, 1)]
    assert given.spendable(family) == 10
    assert open_conflicts(village_admin) == []


def test_a_check_with_a_wrong_clock_that_is_set_aside_earns_nothing(
    given, collector, village_admin, family, noon, rows
):
    late(collector, family, noon() + timedelta(days=365))
    (conflict,) = open_conflicts(village_admin)

    resolved = resolve(village_admin, conflict["id"], "set_aside")

    assert resolved.json["check"]["state"] == "set_aside"
    assert rows() == (1, 1, 0, 1)
    assert given.spendable(family) == 0


def test_online_the_servers_clock_counts_whatever_the_phone_says(liaison, family, noon):
    sent = check(liaison, family, phone_time="2020-01-01T00:00:00+08:00")

    assert (sent.json["state"], sent.json["at"]) == ("counted", noon().isoformat())


def test_how_late_a_record_may_come_is_the_countys_choice(given, collector, family, noon):
    given.setting(SETTINGS, late_record_days_max=5)

    sent = late(collector, family, noon() - timedelta(days=5))

    assert (sent.json["state"], sent.json["points"]) == ("counted", 10)


def test_a_record_of_a_household_that_was_given_to_another_is_kept_for_a_person(
    app, given, liaison, liaison_family, village_admin, family, noon, rows
):
    another = given.household(village=family.village, is_party=True)
    stays = given.household(village=family.village, liaison=liaison_family)
    reassign(app, family, another)
    record = {"client_id": str(uuid4()), "phone_time": (noon() - timedelta(hours=3)).isoformat()}

    sent = check(liaison, family, **record)

    assert (sent.status_code, sent.json["state"]) == (201, "held"), sent.json
    assert rows() == (1, 1, 0, 1)
    (conflict,) = open_conflicts(village_admin)
    assert (conflict["reason"], conflict["household_id"]) == ("not_assigned", str(family.id))
    resolve(village_admin, conflict["id"], "count")
    assert (given.spendable(family), given.spendable(liaison_family)) == (10, 2)
    assert given.spendable(stays) == 0


def reassign(app, family, to) -> None:
    from app.kernel.db import transaction
    from app.register.households.models import Household

    with app.app_context(), transaction():
        db.session.get(Household, family.id).liaison_id = to.head_id


def test_a_record_of_a_household_that_does_not_exist_is_refused(app, collector, family, noon, rows):
    class Nowhere:
        id = uuid4()

    sent = late(collector, Nowhere, noon())

    assert (sent.status_code, sent.json["code"]) == (404, "check.household_not_found")
    assert rows() == (0, 0, 0, 0)


def test_a_record_of_another_county_is_not_found(given, collector, noon, rows):
    far = given.household(village=given.village(county_id=990102), county_id=990102)

    sent = late(collector, far, noon())

    assert (sent.status_code, sent.json["code"]) == (404, "check.household_not_found")
    assert rows() == (0, 0, 0, 0)


def test_of_several_that_send_a_record_at_once_all_get_the_first(
    app, given, family, noon, together
):
    from app.kernel.waste import WasteKind
    from app.sorting.inspections import service
    from app.sorting.inspections.models import Grade, Setting

    collector = given.caller(Role.COLLECTOR, family.village.id)
    seen = service.Seen(Grade.A, kinds=[WasteKind.KITCHEN], phone_time=noon(), client_id=uuid4())

    def send():
        service.record_check(
            household_id=family.id,
            setting=Setting.BIN,
            seen=seen,
            photo=evidence(),
            by=collector,
            at=noon(),
        )

    assert together([send] * 16) == {"done": 16}
    with app.app_context():
        assert db.session.query(Check).count() == 1
    assert given.spendable(family) == 10


def test_of_two_households_under_one_id_one_is_recorded(app, given, family, noon, together):
    from app.kernel.waste import WasteKind
    from app.sorting.inspections import service
    from app.sorting.inspections.models import Grade, Setting

    neighbours = [family, *(given.household(village=family.village) for _ in range(7))]
    collector = given.caller(Role.COLLECTOR, family.village.id)
    seen = service.Seen(Grade.A, kinds=[WasteKind.KITCHEN], phone_time=noon(), client_id=uuid4())

    def sending(of):
        return lambda: service.record_check(
            household_id=of.id,
            setting=Setting.BIN,
            seen=seen,
            photo=evidence(),
            by=collector,
            at=noon(),
        )

    assert together([sending(of) for of in neighbours]) == {"done": 1, "ClientIdReused": 7}
    with app.app_context():
        assert db.session.query(Check).count() == 1
        assert db.session.query(CheckConflict).count() == 0
    assert sum(given.spendable(of) for of in neighbours) == 10
