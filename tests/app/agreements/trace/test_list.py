"""The auditor finds any act by anybody on anybody's data, in words."""

from uuid import uuid4

import pytest

from app.agreements.trace.words import ACTIONS, ROLES
from app.register.identity.roles import Role
from tests.given.http import post
from tests.given.seals import run_seal

BESIDES = {"trace.read", "awards.add_policy"}


def listed(client, **query):
    answer = client.get("/api/v1/audit/events", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def told(client, **query):
    """The acts in words, without the auditor's own looking, and how the county began."""
    return [one["what"] for one in listed(client, **query) if one["action"] not in BESIDES]


def test_an_act_is_told_with_who_as_what_on_whose_data_why_and_by_which_request(
    app, given, auditor, admin, village
):
    one, other = given.household(village=village), given.household(village=village)
    relation = {"household_id": str(one.id), "other_id": str(other.id), "kind": "kin"}
    answer = post(admin, "household-relations", relation)

    (event,) = listed(auditor, user_id=admin.user_id)

    smaller, larger = sorted((str(one.id), str(other.id)))
    assert event == {
        "id": event["id"],
        "at": event["at"],
        "action": "households.relate",
        "what": "登记两户是亲属",
        "user_id": str(admin.user_id),
        "who": "王**",
        "roles": ["县管理员"],
        "household_id": smaller,
        "subject_kind": "household_relation",
        "subject_id": event["subject_id"],
        "reason": None,
        "channel": "request",
        "request_id": answer.headers["X-Request-Id"],
        "details": {"other_id": larger},
        "seal_number": None,
    }
    for found in (
        told(auditor, household_id=smaller),
        told(auditor, household_id=larger),
        told(auditor, user_id=admin.user_id),
        told(auditor, request_id=answer.headers["X-Request-Id"]),
        told(auditor, action="households.relate"),
        told(auditor, subject_kind="household_relation", subject_id=event["subject_id"]),
    ):
        assert found == ["登记两户是亲属"]


@pytest.mark.parametrize(
    "query",
    [
        {"user_id": uuid4()},
        {"household_id": uuid4()},
        {"subject_kind": "card"},
        {"subject_kind": "region", "subject_id": "y"},
        {"action": "cards.wrong_pin"},
        {"request_id": "another-request"},
        {"from_on": "2026-06-02"},
        {"to_on": "2026-05-31"},
    ],
)
def test_what_was_not_sought_is_not_told(auditor, admin, done, query):
    done("settlement.release", admin.user_id)

    assert told(auditor) == ["放行商户提现"]
    assert told(auditor, **query) == []


def test_days_are_chinas_and_both_are_in_it(auditor, admin, done, noon):
    done("regions.add", admin.user_id)
    noon.move(days=1)
    done("settlement.release", admin.user_id)

    assert told(auditor, from_on="2026-06-01", to_on="2026-06-01") == ["新增一个村或组"]
    assert told(auditor, from_on="2026-06-02") == ["放行商户提现"]
    assert told(auditor, to_on="2026-06-02") == ["放行商户提现", "新增一个村或组"]


def test_a_page_goes_on_where_the_one_before_ended(auditor, admin, done, noon):
    for _ in range(3):
        noon.move(minutes=1)
        done("settlement.release", admin.user_id)
    first = auditor.get("/api/v1/audit/events?limit=2&action=settlement.release").json
    rest = auditor.get(
        f"/api/v1/audit/events?limit=2&action=settlement.release&before={first['next']}"
    ).json

    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)


def test_another_countys_trace_is_not_told(given, auditor, admin, done):
    given.village(county_id=990102)
    done("settlement.release", admin.user_id, county_id=990102)

    assert told(auditor) == []


def test_that_somebody_looked_and_for_whom_is_an_event_itself(auditor, given, village):
    family = given.household(village=village)

    listed(auditor, household_id=family.id, action="cards.print")
    (looked,) = listed(auditor, household_id=family.id)

    assert (looked["what"], looked["who"], looked["roles"]) == ("查看留痕", "李**", ["审计员"])
    assert looked["details"] == {"sought": {"action": "cards.print"}}


def test_an_event_tells_under_which_seal_it_lies(app, committed, auditor, admin, done, noon):
    done("settlement.release", admin.user_id)
    run_seal(app)
    noon.move(minutes=1)
    done("settlement.release", admin.user_id)

    newer, older = listed(auditor, action="settlement.release")

    assert (newer["seal_number"], older["seal_number"]) == (None, 1)


@pytest.mark.parametrize(
    "query",
    [
        {"subject_id": "x"},
        {"action": "nothing.known"},
        {"from_on": "2026-06-02", "to_on": "2026-06-01"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(auditor, query):
    assert auditor.get("/api/v1/audit/events", query_string=query).status_code == 422


@pytest.mark.parametrize("role", [Role.COUNTY_ADMIN, Role.FINANCE, Role.TOWN_ADMIN])
def test_whom_the_trace_is_about_does_not_read_it(given, village, role):
    place = village.town_id if role is Role.TOWN_ADMIN else village.county_region_id

    assert given.staff(role, place).get("/api/v1/audit/events").status_code == 403


def test_every_role_and_every_action_has_words_of_its_own():
    assert ROLES.keys() == set(Role)
    assert len(set(ACTIONS.values())) == len(ACTIONS)
