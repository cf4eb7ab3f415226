"""Booth keepers and collectors check where the waste is put, and find the household first."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.kernel import jobs as kernel_jobs
from app.kernel.db import db
from app.register.identity.roles import Role
from app.sorting.inspections import queries
from app.sorting.inspections.models import Check
from tests.given.factories import COUNTY
from tests.given.inspections import check, look, new_photo
from tests.given.uploads import upload


@pytest.mark.parametrize(
    ("setting", "who", "message"),
    [
        ("booth", "booth_keeper", "投放点检查评为 A 级，得 10 分"),
        ("bin", "collector", "收集时检查评为 A 级，得 10 分"),
    ],
)
def test_the_household_earns_by_its_grade_and_who_looked_earns_nothing(
    app, request, given, family, rows, setting, who, message
):
    sent = look(request.getfixturevalue(who), family, setting, kinds="residual,kitchen")

    assert sent.status_code == 201, sent.json
    assert (sent.json["setting"], sent.json["kinds"]) == (setting, ["kitchen", "residual"])
    assert (sent.json["points"], sent.json["message"]) == (10, message)
    assert sent.json["photo_id"] is not None
    assert given.spendable(family) == 10
    assert rows() == (1, 1, 1, 0)
    with app.app_context():
        kept = db.session.get(Check, (COUNTY, sent.json["id"]))
    assert (kept.checked_as, kept.liaison_id, kept.is_put_out) == (who, None, True)


def test_the_household_reads_the_same_words_among_its_awards(given, collector, family):
    look(collector, family, "bin")

    (award,) = given.resident(family).get("/api/v1/awards").json["items"]

    assert (award["points"], award["source"]) == (10, "checked")


def test_what_is_wrong_must_have_been_put_out(collector, family, rows):
    sent = look(collector, family, "bin", grade="b", kinds="kitchen", wrong_kinds="residual")

    assert (sent.status_code, sent.json["code"]) == (422, "check.kinds_contradict")
    assert rows() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("setting", "fields", "code"),
    [
        ("bin", {"kinds": None}, "check.kinds_needed"),
        ("booth", {"kinds": None}, "check.kinds_needed"),
        ("bin", {"grade": None}, "check.grade_needed"),
        ("booth", {"grade": None, "kinds": None}, "check.grade_needed"),
        ("booth", {"wrong_kinds": "kitchen"}, "check.grade_contradicts"),
    ],
)
def test_a_check_that_contradicts_itself_is_refused(
    given, collector, booth_keeper, family, rows, setting, fields, code
):
    who = collector if setting == "bin" else booth_keeper

    sent = look(who, family, setting, **fields)

    assert (sent.status_code, sent.json["code"]) == (422, code)
    assert rows() == (0, 0, 0, 0)
    assert given.spendable(family) == 0


def test_a_bin_with_nothing_in_it_is_noted_and_earns_nothing(app, given, collector, family, rows):
    sent = look(collector, family, "bin", grade=None, kinds=None)

    assert sent.status_code == 201, sent.json
    assert (sent.json["grade"], sent.json["points"]) == (None, 0)
    assert sent.json["message"] == "已记下：这次没有投放"
    assert rows() == (1, 0, 0, 0)
    with app.app_context():
        assert db.session.get(Check, (COUNTY, sent.json["id"])).is_put_out is False


def test_grade_c_has_its_photo(given, collector, family, app):
    sent = look(collector, family, "bin", grade="c", wrong_kinds="kitchen", photo=new_photo())

    assert sent.status_code == 201, sent.json
    assert sent.json["message"] == "收集时检查评为 C 级，按积分规则这次不得分"
    with app.app_context():
        (queued,) = kernel_jobs.queue().jobs
    assert queued.args == [str(COUNTY), sent.json["photo_id"]]


def test_a_household_elsewhere_is_not_found(given, collector, booth_keeper, family, rows):
    elsewhere = given.household(village=given.village())

    for who, setting in ((collector, "bin"), (booth_keeper, "booth")):
        sent = look(who, elsewhere, setting)
        assert (sent.status_code, sent.json["code"]) == (404, "check.household_not_found")
    assert rows() == (0, 0, 0, 0)


def test_each_checks_only_where_their_role_is(liaison, collector, booth_keeper, family, rows):
    for who, setting in (
        *((liaison, "booth"), (liaison, "bin")),
        *((collector, "booth"), (booth_keeper, "bin")),
    ):
        assert look(who, family, setting).status_code == 403
    assert check(collector, family).status_code == 403
    assert rows() == (0, 0, 0, 0)


def test_a_collector_does_not_check_their_own_household(given, family, rows):
    user_id = given.user()
    given.grant(user_id, Role.COLLECTOR, family.village.id)

    sent = look(given.resident(family, user_id=user_id), family, "bin")

    assert (sent.status_code, sent.json["code"]) == (403, "check.own_household")
    assert rows() == (0, 0, 0, 0)


def test_the_caps_of_the_day_hold_wherever_it_was_seen(given, collector, booth_keeper, family):
    look(collector, family, "bin")

    second = look(booth_keeper, family, "booth")

    assert second.json["message"] == "投放点检查评为 A 级，当天的被查积分已经领过了，这次不再计分"
    assert given.spendable(family) == 10


def test_days_with_waste_put_out_are_counted_once_each(
    app, given, collector, booth_keeper, liaison, family, noon
):
    other = given.household(village=family.village)
    start = noon()
    look(collector, family, "bin")
    look(booth_keeper, family, "booth")
    look(collector, other, "bin", grade=None, kinds=None)
    noon.move(days=1)
    check(liaison, family)
    noon.move(hours=12, minutes=-1)  # 23:59 in China
    look(collector, family, "bin")
    noon.move(minutes=1)
    look(collector, family, "bin")

    with app.app_context():
        days = queries.put_out_days(
            county_id=COUNTY,
            household_ids=[family.id, other.id],
            since=start - timedelta(hours=12),
            until=start + timedelta(days=9),
        )

    assert days == {family.id: 3}


def test_two_more_photos_may_be_added_to_a_check(app, given, collector, family, rows):
    sent = look(collector, family, "bin", grade="c", photo=new_photo())
    url = f"/api/v1/checks/{sent.json['id']}/photos"

    second, third = upload(collector, url, new_photo()), upload(collector, url, new_photo())
    fourth = upload(collector, url, new_photo())

    assert (second.status_code, second.json["ordinal"]) == (201, 2)
    assert (third.status_code, third.json["ordinal"]) == (201, 3)
    assert (fourth.status_code, fourth.json["code"]) == (409, "check.photos_full")
    assert fourth.json["message"] == "一次检查最多 3 张照片"
    assert rows() == (1, 3, 1, 0)
    with app.app_context():
        queued = {job.args[1] for job in kernel_jobs.queue().jobs}
    assert queued == {sent.json["photo_id"], second.json["photo_id"], third.json["photo_id"]}


def test_a_photo_is_added_by_who_checked_and_soon(given, collector, family, noon, rows):
    sent = look(collector, family, "bin")
    url = f"/api/v1/checks/{sent.json['id']}/photos"
    stranger = given.staff(Role.COLLECTOR, family.village.id)

    not_theirs = upload(stranger, url, new_photo())
    noon.move(days=3, seconds=1)
    too_late = upload(collector, url, new_photo())

    assert (not_theirs.status_code, not_theirs.json["code"]) == (404, "check.not_found")
    assert (too_late.status_code, too_late.json["code"]) == (409, "check.photo_too_late")
    assert rows() == (1, 1, 1, 0)


def test_an_added_photo_must_be_new(given, collector, family, rows):
    content = new_photo()
    sent = look(collector, family, "bin", grade="b", photo=content)

    again = upload(collector, f"/api/v1/checks/{sent.json['id']}/photos", content)

    assert (again.status_code, again.json["code"]) == (409, "check.photo_repeated")
    assert rows() == (1, 1, 1, 0)


def door_of(app, household_id) -> str:
    from app.register.households.models import Household

    with app.app_context():
        return db.session.get(Household, household_id).door_number


def test_a_household_is_found_by_its_door_number_with_a_masked_head(app, collector, family):
    door = door_of(app, family.id)

    found = collector.get("/api/v1/households/find", query_string={"door": door}).json

    assert {"id": str(family.id), "group": "一组", "door_number": door, "head": "王**"} in found[
        "items"
    ]


def test_who_buys_recyclables_finds_the_household_that_sells(app, given, family):
    agent = given.staff(Role.RECYCLER_AGENT, family.village.id)
    door = door_of(app, family.id)

    found = agent.get("/api/v1/households/find", query_string={"door": door}).json["items"]

    assert str(family.id) in {item["id"] for item in found}


def test_only_households_where_one_works_are_found_and_not_ones_own(app, given, family):
    user_id = given.user()
    given.grant(user_id, Role.BOOTH_KEEPER, family.village.group_id)
    keeper = given.resident(family, user_id=user_id)
    neighbour = given.household(village=family.village)
    given.household(village=given.village())

    found = keeper.get("/api/v1/households/find", query_string={"door": "号"}).json["items"]

    own = {str(family.id)}
    assert str(neighbour.id) in {item["id"] for item in found}
    assert own.isdisjoint(item["id"] for item in found)
    with app.app_context():
        from app.register.households.models import Household

        villages = {db.session.get(Household, UUID(item["id"])).village_id for item in found}
    assert villages == {family.village.id}


def test_a_percent_sign_finds_no_more_than_a_percent_sign(collector):
    found = collector.get("/api/v1/households/find", query_string={"door": "%"})

    assert found.json == {"items": [], "next": None}


def test_the_search_takes_pages_and_three_queries(given, collector, family, noon, queries):
    for _ in range(2):
        noon.move(minutes=1)
        given.household(village=family.village)
    url = "/api/v1/households/find?door=号&limit=2"

    with queries() as seen:
        first = collector.get(url).json
    rest = collector.get(f"{url}&before={first['next']}").json

    assert (len(first["items"]), len(rest["items"])) == (2, 2)
    assert len(seen) == 2  # who calls, the households


def test_others_find_nobody(app, given, liaison, family):
    url = "/api/v1/households/find?door=1"

    assert app.test_client().get(url).status_code == 401
    for client in (liaison, given.resident(family), given.staff(Role.MERCHANT, family.id)):
        assert client.get(url).status_code == 403
    assert given.staff(Role.COLLECTOR, family.id).get("/api/v1/households/find").status_code == 422
