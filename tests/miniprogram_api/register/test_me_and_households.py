"""What people see of themselves, and staff of the households in their area."""

import pytest

from app.register.identity.roles import Role
from tests.given.asked import asked
from tests.given.built import built
from tests.given.factories import COUNTY


def test_me_of_a_visitor(given):
    me = given.visitor().get("/api/v1/me").json

    assert {key: value for key, value in me.items() if key != "user_id"} == {
        "name": None,
        "roles": ["visitor"],
        "grants": [],
        "county": {"id": COUNTY, "name": "示范县"},
        "binding_id": None,
        "household": None,
    }


def test_me_of_a_resident_says_their_own_name_and_the_household(given):
    village = given.village("前进村")
    friend = given.household(village=village, head="赵党员", is_party=True)
    home = given.household(village=village, head="王小明", liaison=friend)

    me = given.resident(home).get("/api/v1/me").json

    assert me["name"] == "王小明"
    assert me["roles"] == ["resident", "visitor"]
    assert me["household"]["id"] == str(home.id)
    assert (me["household"]["village"], me["household"]["group"]) == ("前进村", "一组")
    assert (me["household"]["liaison"], me["household"]["member_count"]) == ("赵党员", 3)


def test_whoever_a_household_names_is_a_liaison(given):
    friend = given.household(is_party=True)
    given.household(liaison=friend)

    assert given.resident(friend).get("/api/v1/me").json["roles"] == [
        "liaison",
        "resident",
        "visitor",
    ]


def test_me_builds_no_statement(given):
    resident = given.resident(given.household())

    with built() as seen:
        assert resident.get("/api/v1/me").status_code == 200

    assert seen == []


def test_me_costs_three_queries(given, queries):
    home = given.household(liaison=given.household(is_party=True))
    resident = given.resident(home)

    with queries() as seen:
        resident.get("/api/v1/me")

    # Who calls; their account, their household.
    assert asked(seen) == ["sessions", "users", "households"]


def test_me_needs_a_token(app, given):
    answer = app.test_client().get("/api/v1/me")

    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("role", "at", "seen"),
    [
        (Role.VILLAGE_ADMIN, "id", 2),
        (Role.TOWN_ADMIN, "town_id", 2),
        (Role.GROUP_LEADER, "group_id", 2),
        (Role.COUNTY_ADMIN, "county_region_id", 3),
    ],
)
def test_staff_see_the_households_of_their_area_and_no_other(given, role, at, seen):
    here = given.village()
    for _ in range(2):
        given.household(village=here)
    given.household(village=given.village())

    listed = given.staff(role, getattr(here, at)).get("/api/v1/households").json

    assert len(listed["items"]) == seen
    assert listed["next"] is None


def test_households_come_a_page_at_a_time_in_one_query(given, queries, noon):
    village = given.village()
    friend = given.household(village=village, is_party=True)
    homes = []
    for _ in range(5):
        noon.move(minutes=1)
        homes.append(str(given.household(village=village, liaison=friend).id))
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    with queries() as seen:
        first = worker.get("/api/v1/households?limit=3").json
    second = worker.get(f"/api/v1/households?limit=3&before={first['next']}").json

    ids = [row["id"] for row in first["items"] + second["items"]]
    assert ids == [*reversed(homes), str(friend.id)]
    # Who calls; the page.
    assert asked(seen) == ["sessions", "households"]


def test_households_are_found_by_name_and_place(given):
    village = given.village()
    given.household(village=village, head="王小明")
    wanted = given.household(village=village, head="李大海")
    elsewhere = given.village()
    admin = given.staff(Role.COUNTY_ADMIN, village.county_region_id)

    def found(**filters):
        answer = admin.get("/api/v1/households", query_string=filters)
        return [row["id"] for row in answer.json["items"]]

    assert found(name="李") == [str(wanted.id)]
    assert found(name="海") == []
    assert found(name="%") == []
    assert len(found(region_id=village.group_id)) == 2
    assert found(region_id=elsewhere.id) == []


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "before=x", "region_id=1", "name="])
def test_a_malformed_query_is_refused(given, query):
    admin = given.staff(Role.COUNTY_ADMIN, given.county())

    assert admin.get(f"/api/v1/households?{query}").status_code == 422


def test_a_household_is_shown_with_members_masked(given, queries):
    village = given.village()
    home = given.household(village=village, head="王小明", phone="19900001234")
    given.resident(home)
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)

    with queries() as seen:
        shown = worker.get(f"/api/v1/households/{home.id}").json

    (member,) = shown["members"]
    assert (member["name"], member["phone"]) == ("王小明", "199****1234")
    assert member["id_number"].startswith("9****************")
    assert (member["is_head"], member["binding_id"] is None) == (True, False)
    # Who calls; the household, its members.
    assert asked(seen) == ["sessions", "households", "members"]


def test_a_household_elsewhere_is_not_found(given):
    home = given.household(village=given.village())
    worker = given.staff(Role.VILLAGE_ADMIN, given.village().id)

    answer = worker.get(f"/api/v1/households/{home.id}")

    assert (answer.status_code, answer.json["code"]) == (404, "households.not_found")


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.FINANCE, Role.BANK, Role.COLLECTOR])
def test_other_roles_do_not_see_the_roster(given, role):
    home = given.household()
    client = given.staff(role, home.village.county_region_id)

    assert client.get("/api/v1/households").status_code == 403
    assert client.get(f"/api/v1/households/{home.id}").status_code == 403
