"""Village workers enter which households do not judge each other."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.kernel.secrets import vault
from app.messages.notices import Notice
from app.register.households.models import HouseholdRelation
from app.register.households.queries import closed_to
from app.register.identity.models import User
from app.register.identity.roles import Role
from tests.given.http import assert_refused, user_of
from tests.given.proposals import agree


@pytest.fixture
def families(given):
    village = given.village()
    return given.household(village=village, head="王小明"), given.household(
        village=village, head="李大山"
    )


@pytest.fixture
def admin(given, families):
    return given.staff(Role.VILLAGE_ADMIN, families[0].village.id)


def relate(client, one, other, kind="kin"):
    body = {"household_id": str(one.id), "other_id": str(other.id), "kind": kind}
    return client.post("/api/v1/household-relations", json=body)


def listed(client, query=""):
    return client.get(f"/api/v1/household-relations{query}").json["items"]


@pytest.fixture
def town(given, families):
    return given.staff(Role.TOWN_ADMIN, families[0].village.town_id)


def ends(client, relation):
    """What is answered to who proposes the end."""
    return client.delete(f"/api/v1/household-relations/{relation}")


def ended_by_two(one, other, relation) -> None:
    assert agree(other, ends(one, relation).json["id"]).status_code == 200


def count(app) -> int:
    with app.app_context():
        return db.session.query(HouseholdRelation).count()


def test_a_relation_is_entered_and_shown_masked(app, families, admin, noon):
    entered = relate(admin, *families)

    assert entered.status_code == 201
    (shown,) = listed(admin)
    assert shown == entered.json
    assert {shown["household_id"], shown["other_id"]} == {str(each.id) for each in families}
    assert {shown["head"], shown["other_head"]} == {"王**", "李**"}
    assert (shown["kind"], shown["entered_at"]) == ("kin", noon().isoformat())
    with app.app_context():
        trace = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "households.relate")
        ).one()
    assert trace.subject_id == shown["id"]


def test_a_pair_is_entered_once_whichever_is_named_first(app, families, admin):
    relate(admin, *families)

    again = relate(admin, *reversed(families))

    assert (again.status_code, again.json["code"]) == (409, "households.related_already")
    assert count(app) == 1


def test_a_household_is_not_related_to_itself(app, families, admin):
    refused = relate(admin, families[0], families[0])

    assert (refused.status_code, refused.json["code"]) == (422, "households.same_household")
    assert count(app) == 0


def test_one_of_the_two_is_in_the_area(app, given, families, admin):
    elsewhere = [given.household(village=given.village()) for _ in range(2)]

    refused = relate(admin, *elsewhere)
    assert (refused.status_code, refused.json["code"]) == (404, "households.not_found")
    assert count(app) == 0

    assert relate(admin, families[0], elsewhere[0]).status_code == 201
    stranger = given.staff(Role.VILLAGE_ADMIN, given.village().id)
    assert listed(stranger) == []
    assert len(listed(given.staff(Role.VILLAGE_ADMIN, elsewhere[0].village.id))) == 1


def test_both_households_are_told_and_so_is_nobody_whose_act_it_is(app, given, families, admin):
    phones = [given.resident(each) for each in families]

    relate(admin, *families, kind="interest")

    assert [
        [notice["sentence"] for notice in each.get("/api/v1/notices").json["items"]]
        for each in phones
    ] == [["村里登记了您家和另一户有利害关系，以后两家不互相检查、审核。如果不对，请告诉村里"]] * 2
    with app.app_context():
        acts = set(db.session.scalars(select(Notice.act_of)))
    assert acts == {user_of(app, admin)}


def test_an_end_waits_for_another_administrator(app, given, families, admin, town):
    relation = relate(admin, *families).json["id"]

    proposed = ends(admin, relation)

    assert proposed.status_code == 202, proposed.json
    assert proposed.json["title"] == "取消两户的亲友登记"
    assert {line["label"]: line["before"] for line in proposed.json["lines"]} == {
        "两户": None,
        "关系": "是亲属",
    }
    assert_refused(agree(admin, proposed.json["id"]), 403, "trust.same_person")
    assert [each["id"] for each in listed(admin)] == [relation]

    assert agree(town, proposed.json["id"]).status_code == 200
    assert listed(admin) == []
    with app.app_context():
        row = db.session.get_one(HouseholdRelation, UUID(relation))
    assert row.ended_by == user_of(app, admin)


def test_an_ended_relation_may_be_entered_again(app, families, admin, town):
    relation = relate(admin, *families).json["id"]
    ended_by_two(admin, town, relation)

    assert_refused(ends(admin, relation), 404, "households.relation_not_found")
    assert relate(admin, *families).status_code == 201
    assert count(app) == 2


def test_of_two_proposals_of_one_end_the_second_is_refused(families, admin, town):
    relation = relate(admin, *families).json["id"]
    ends(admin, relation)

    assert_refused(ends(town, relation), 409, "proposals.proposed_already")


def test_another_areas_relation_is_not_found(given, families, admin):
    relation = relate(admin, *families).json["id"]
    stranger = given.staff(Role.VILLAGE_ADMIN, given.village().id)

    refused = stranger.delete(f"/api/v1/household-relations/{relation}")

    assert refused.status_code == 404
    assert len(listed(admin)) == 1


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.GROUP_LEADER, Role.AUDITOR])
def test_others_enter_nothing(app, given, families, role):
    client = given.staff(role, families[0].village.county_region_id)

    assert relate(client, *families).status_code == 403
    assert client.get("/api/v1/household-relations").status_code == 403
    assert client.delete(f"/api/v1/household-relations/{uuid4()}").status_code == 403
    assert count(app) == 0


def test_the_list_is_paged_and_one_query_however_long(given, families, admin, queries):
    for _ in range(3):
        relate(admin, families[0], given.household(village=families[0].village))

    with queries() as seen:
        newest = listed(admin, "?limit=2")
    with queries() as one:
        rest = listed(admin, f"?limit=2&before={newest[-1]['id']}")

    assert (len(newest), len(rest), len(seen)) == (2, 1, len(one))
    assert len(listed(admin, f"?household_id={families[1].id}")) == 0


def test_a_reviewer_is_of_the_household_that_has_their_phone(app, given, noon):
    family = given.household(phone="13900000001")
    user_id = given.user()
    with app.app_context(), transaction():
        user = db.session.get(User, user_id)
        user.phone_sealed = vault().seal("13900000001", "phone")
        user.phone_index = vault().index("13900000001", "phone")

    with app.app_context():
        assert closed_to(user_id, noon()) == {family.id}


def test_relations_reach_one_step_and_both_ways(app, given, families, admin, noon):
    one, other = families
    third = given.household(village=one.village)
    relate(admin, one, other)
    relate(admin, other, third)
    user_id = given.user()
    given.resident(one, user_id=user_id)
    middle = given.user()
    given.resident(other, user_id=middle)

    with app.app_context():
        assert closed_to(user_id, noon()) == {one.id, other.id}
        assert closed_to(middle, noon()) == {one.id, other.id, third.id}
        assert closed_to(UUID(int=0), noon()) == frozenset()


def test_nobody_ends_an_entry_of_their_own_household_nor_agrees_to_it(app, given, families, admin):
    relation = relate(admin, *families).json["id"]
    user_id = given.user()
    given.grant(user_id, Role.VILLAGE_ADMIN, families[0].village.id)
    of_family = given.resident(families[1], user_id=user_id)

    assert_refused(ends(of_family, relation), 403, "trust.same_household")
    proposal = ends(admin, relation).json["id"]
    assert_refused(agree(of_family, proposal), 403, "trust.same_household")

    assert [each["id"] for each in listed(admin)] == [relation]


def test_a_relation_that_ended_bars_from_judging_for_another_year(
    app, given, families, admin, town, noon
):
    one, other = families
    relation = relate(admin, one, other).json["id"]
    user_id = given.user()
    given.resident(one, user_id=user_id)
    ended_by_two(admin, town, relation)

    with app.app_context():
        assert closed_to(user_id, noon.move(days=364)) == {one.id, other.id}
        assert closed_to(user_id, noon.move(days=1)) == {one.id}


def test_what_would_bar_an_official_from_deciding_takes_another_person(
    app, given, families, admin, town
):
    """Their own yes, on the phone of the household, or a colleague's."""
    colleague, other = families
    phone = given.resident(colleague, user_id=user_of(app, town))

    proposed = relate(admin, colleague, other)

    assert (proposed.status_code, count(app)) == (202, 0)
    assert_refused(agree(admin, proposed.json["id"]), 403, "trust.same_person")
    assert count(app) == 0
    assert agree(phone, proposed.json["id"]).status_code == 200
    assert count(app) == 1
    assert_refused(relate(admin, colleague, other), 409, "households.related_already")
