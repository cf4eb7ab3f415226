"""Who may give which role where, and that a change of roles ends tokens at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.kernel import clock
from app.kernel.db import db, transaction
from app.kernel.secrets import vault
from app.register.identity import grants
from app.register.identity.errors import GrantNotFound
from app.register.identity.granting import MAY_GRANT, giving, kinds_for
from app.register.identity.models import RoleGrant, User
from app.register.identity.roles import AT_A_MERCHANT, AT_A_SHOP, BY_FACT, IN_AN_AREA, Role
from app.register.regions.models import Region
from tests.given.asked import asked
from tests.given.factories import COUNTY
from tests.given.http import post

PHONE = "19900000001"
NUMBER = "11010519491231002X"


def grant(client, role, place_id, **changes):
    body = {"phone": PHONE, "name": "赵村官", "role": role, "place_id": str(place_id)}
    return client.post("/api/v1/role-grants", json=body | changes)


def in_force(app):
    with app.app_context():
        return db.session.scalars(
            select(RoleGrant).where(RoleGrant.revoked_at.is_(None)).order_by(RoleGrant.id)
        ).all()


def name_of(app, village) -> str:
    with app.app_context():
        return db.session.get_one(Region, village.id).name


@pytest.fixture
def county_admin(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())


@pytest.fixture
def confirmed(app, given):
    """``confirmed(role, place)``: two administrators gave it to the phone; returns the user."""
    one, other = (given.staff(Role.COUNTY_ADMIN, given.county()) for _ in range(2))

    def give(role, place_id):
        proposal = grant(one, role, place_id).json
        body = {"digest": proposal["digest"], "id_number": NUMBER}
        answer = post(other, f"proposals/{proposal['id']}/approval", body)
        assert answer.status_code == 200, answer.json
        with app.app_context():
            return db.session.scalars(select(User.id).where(User.name == "赵村官")).one()

    return give


def test_a_grant_is_proposed_and_enters_the_user_by_phone(app, given, county_admin):
    village = given.village()

    answer = grant(county_admin, "village_admin", village.id)

    assert (answer.status_code, answer.json["state"]) == (202, "proposed")
    assert answer.json["title"] == f"任命村管理员（{name_of(app, village)}）"
    assert [(line["label"], line["after"]) for line in answer.json["lines"]] == [
        ("姓名", "赵村官"),
        ("手机号", "199****0001"),
        ("身份证号", "还没有登记，请看着本人的证件填写"),
        ("职务", f"村管理员（{name_of(app, village)}）"),
    ]
    assert len(in_force(app)) == 1
    with app.app_context():
        person = db.session.scalars(select(User).where(User.name == "赵村官")).one()
    assert PHONE.encode() not in person.phone_sealed


def test_what_is_in_force_is_not_proposed_again(app, given, confirmed):
    village = given.village()
    confirmed("reviewer", village.id)
    admin = given.staff(Role.COUNTY_ADMIN, village.county_region_id)

    answer = grant(admin, "reviewer", village.id)

    assert (answer.status_code, answer.json["code"]) == (409, "identity.granted_already")


def test_naming_somebody_again_does_not_rename_them(given, county_admin):
    village = given.village()
    worker = given.staff(Role.VILLAGE_ADMIN, village.id)
    grant(county_admin, "town_admin", village.town_id)

    answer = grant(worker, "reviewer", village.id, name="别的名字")

    assert answer.json["lines"][0]["after"] == "赵村官"


@pytest.mark.parametrize(
    ("giver", "at", "role", "place", "status"),
    [
        (Role.COUNTY_ADMIN, "county_region_id", "county_admin", "county_region_id", 202),
        (Role.COUNTY_ADMIN, "county_region_id", "finance", "county_region_id", 202),
        (Role.COUNTY_ADMIN, "county_region_id", "auditor", "county_region_id", 403),
        (Role.COUNTY_ADMIN, "county_region_id", "reviewer", "group_id", 202),
        (Role.TOWN_ADMIN, "town_id", "village_admin", "id", 202),
        (Role.TOWN_ADMIN, "town_id", "inspector", "town_id", 202),
        (Role.TOWN_ADMIN, "town_id", "recycler_agent", "town_id", 202),
        (Role.TOWN_ADMIN, "town_id", "town_admin", "town_id", 403),
        (Role.TOWN_ADMIN, "town_id", "finance", "county_region_id", 403),
        (Role.VILLAGE_ADMIN, "id", "group_leader", "group_id", 202),
        (Role.VILLAGE_ADMIN, "id", "reviewer", "id", 202),
        (Role.VILLAGE_ADMIN, "id", "reviewer", "town_id", 403),
        (Role.VILLAGE_ADMIN, "id", "inspector", "id", 403),
        (Role.VILLAGE_ADMIN, "id", "village_admin", "id", 403),
        (Role.REVIEWER, "id", "reviewer", "id", 403),
        (Role.AUDITOR, "county_region_id", "reviewer", "id", 403),
    ],
)
def test_who_may_propose_what_where(app, given, giver, at, role, place, status):
    village = given.village()
    client = given.staff(giver, getattr(village, at))

    answer = grant(client, role, getattr(village, place))

    assert answer.status_code == status
    assert len(in_force(app)) == 1
    if status == 403:
        with app.app_context():
            assert db.session.query(User).count() == 1  # nobody was entered either


def test_an_administrator_has_no_power_elsewhere(app, given):
    here, there = given.village(), given.village()
    client = given.staff(Role.TOWN_ADMIN, here.town_id)

    answer = grant(client, "reviewer", there.id)

    assert (answer.status_code, answer.json["code"]) == (403, "identity.grant_not_allowed")
    assert len(in_force(app)) == 1


def test_a_place_of_another_county_is_not_found(app, given, county_admin):
    elsewhere = given.village(county_id=990102)

    assert grant(county_admin, "reviewer", elsewhere.id).json["code"] == "regions.not_found"
    assert len(in_force(app)) == 1


@pytest.mark.parametrize("role", ["resident", "liaison", "visitor"])
def test_roles_that_follow_from_facts_are_not_given(given, role):
    village = given.village()
    admin = given.staff(Role.COUNTY_ADMIN, village.county_region_id)

    answer = grant(admin, role, village.id)

    assert (answer.status_code, answer.json["code"]) == (422, "identity.role_follows_from_facts")


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("county_admin", "town_id"),
        ("finance", "id"),
        ("town_admin", "id"),
        ("village_admin", "group_id"),
        ("group_leader", "id"),
        ("clerk", "id"),
        ("merchant", "id"),
    ],
)
def test_a_role_is_held_at_its_kind_of_place(given, role, place):
    village = given.village()
    admin = given.staff(Role.COUNTY_ADMIN, village.county_region_id)

    answer = grant(admin, role, getattr(village, place))

    assert (answer.status_code, answer.json["code"]) == (
        422,
        "identity.role_needs_another_place",
    )


@pytest.mark.parametrize("changes", [{"phone": "123"}, {"name": ""}, {"name": "长" * 31}])
def test_a_malformed_grant_is_refused(given, changes):
    village = given.village()
    admin = given.staff(Role.COUNTY_ADMIN, village.county_region_id)

    assert grant(admin, "reviewer", village.id, **changes).status_code == 422


def test_granting_and_revoking_end_the_tokens_at_once(app, given, confirmed, county_admin):
    village = given.village()
    person = confirmed("reviewer", village.id)
    granted = county_admin.get("/api/v1/role-grants").json["items"]
    (reviewer,) = (row["id"] for row in granted if row["role"] == "reviewer")
    first, second = given.signed_in(person), given.signed_in(person)
    assert first.get("/api/v1/me").json["roles"] == ["reviewer", "visitor"]

    confirmed("collector", village.id)
    assert [c.get("/api/v1/me").status_code for c in (first, second)] == [401, 401]

    third = given.signed_in(person)
    assert third.get("/api/v1/me").json["roles"] == ["collector", "reviewer", "visitor"]
    gone = county_admin.delete(f"/api/v1/role-grants/{reviewer}")
    assert gone.status_code == 204
    assert third.get("/api/v1/me").status_code == 401
    then = given.signed_in(person)
    assert then.get("/api/v1/me").json["roles"] == ["collector", "visitor"]
    told = [one["title"] for one in then.get("/api/v1/notices").json["items"]]
    assert told.count("一项职务已收回") == 1
    assert county_admin.delete(f"/api/v1/role-grants/{reviewer}").status_code == 404


def test_revoking_needs_the_right_as_well(app, given):
    village = given.village()
    given.staff(Role.VILLAGE_ADMIN, village.id)
    (granted,) = in_force(app)
    colleague = given.staff(Role.VILLAGE_ADMIN, village.id)

    answer = colleague.delete(f"/api/v1/role-grants/{granted.id}")

    assert (answer.status_code, answer.json["code"]) == (403, "identity.grant_not_allowed")
    assert len(in_force(app)) == 2


def test_grants_are_listed_in_the_own_area_a_page_at_a_time(given, queries, noon):
    here, there = given.village(), given.village()
    for number in range(3):
        noon.move(minutes=1)
        given.staff(Role.REVIEWER, here.id, name=f"审核员{number}")
    given.staff(Role.REVIEWER, there.id, name="别处的")
    noon.move(minutes=1)
    worker = given.staff(Role.VILLAGE_ADMIN, here.id)

    with queries() as seen:
        first = worker.get("/api/v1/role-grants?limit=2").json
    second = worker.get(f"/api/v1/role-grants?limit=2&before={first['next']}").json

    assert [row["name"] for row in first["items"]] == [None, "审核员2"]  # the worker, newest
    assert [row["name"] for row in second["items"]] == ["审核员1", "审核员0"]
    # Who calls; the page.
    assert asked(seen) == ["sessions", "role_grants"]


def test_the_rule_is_complete():
    assert MAY_GRANT[Role.COUNTY_ADMIN] == IN_AN_AREA
    assert MAY_GRANT[Role.VILLAGE_ADMIN] < MAY_GRANT[Role.TOWN_ADMIN] < IN_AN_AREA
    assert giving(Role.FINANCE) == (Role.COUNTY_ADMIN,)
    assert all(kinds_for(role) for role in IN_AN_AREA)
    assert IN_AN_AREA.isdisjoint(BY_FACT | AT_A_SHOP | AT_A_MERCHANT)


@pytest.mark.race("app.register.identity.grants.locked_grant_of")
def test_of_eight_who_revoke_one_grant_at_once_one_does(app, given, committed):
    village = given.village()
    given.staff(Role.REVIEWER, village.id)
    (granted,) = in_force(app)

    def attempt(_):
        with app.app_context():
            try:
                with transaction():
                    grant = grants.locked_grant_of(county_id=COUNTY, grant_id=granted.id)
                    grants.record_revocation(grant, county_id=COUNTY, actor_id=None, at=clock.now())
            except GrantNotFound as refusal:
                return refusal.code
            return "revoked"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))

    assert sorted(outcomes) == ["identity.grant_not_found"] * 7 + ["revoked"]
    assert in_force(app) == []


@pytest.mark.race("app.register.identity.service.lock_user")
def test_the_same_grant_given_by_eight_at_once_is_one(app, given, committed):
    village = given.village()
    person = given.user()
    together = Barrier(8)

    def attempt(_):
        with app.app_context(), transaction():
            together.wait()
            return grants.record_grant(
                county_id=COUNTY,
                user_id=person,
                role=Role.REVIEWER,
                place_id=village.id,
                actor_id=None,
                at=clock.now(),
            ).id

    with ThreadPoolExecutor(8) as pool:
        granted = set(pool.map(attempt, range(8)))

    assert {row.id for row in in_force(app)} == granted
    assert len(granted) == 1


@pytest.mark.parametrize("typed", ["１９９００００　０００１", "199-0000-0001", "199 0000 0001\n"])
def test_a_phone_is_the_same_however_it_is_typed(app, given, typed):
    village = given.village()
    one, other = (given.staff(Role.COUNTY_ADMIN, given.county()) for _ in range(2))
    proposal = grant(one, "reviewer", village.id, phone=typed).json

    body = {"digest": proposal["digest"], "id_number": NUMBER}
    answer = post(other, f"proposals/{proposal['id']}/approval", body)

    assert answer.status_code == 200, answer.json
    with app.app_context():
        entered = db.session.scalars(select(User).where(User.name == "赵村官")).one()
        assert entered.phone_index == vault().index(PHONE, "phone")


@pytest.mark.parametrize("typed", ["1990000000١", "1990000000²", "1990000000", "199000000011"])
def test_what_is_no_phone_of_ascii_digits_is_refused(app, given, typed):
    village = given.village()
    admin = given.staff(Role.COUNTY_ADMIN, village.county_region_id)

    assert grant(admin, "reviewer", village.id, phone=typed).status_code == 422
    assert len(in_force(app)) == 1
