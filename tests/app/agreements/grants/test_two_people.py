"""Two phones are not two people: cases 01 and 02 of the table of trust, and more of the kind."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from app.agreements.grants import queries
from app.agreements.proposals import jobs
from app.agreements.proposals.models import Proposal
from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.kernel.secrets import vault
from app.register.identity.models import RoleGrant
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post
from tests.given.persons import NUMBERS
from tests.given.proposals import read

BECAUSE = {"reason": "人不对"}


def confirm(client, proposal, **more):
    return post(
        client, f"proposals/{proposal['id']}/approval", {"digest": proposal["digest"]} | more
    )


def rows(app) -> tuple[int, int]:
    """How many grants and proposals there are."""
    with app.app_context():
        grants = db.session.scalar(select(func.count()).select_from(RoleGrant))
        return grants, db.session.scalar(select(func.count()).select_from(Proposal))


def refusals(app):
    with app.app_context():
        events = db.session.query(AuditEvent).filter_by(action="trust.refused")
        return [(e.actor_id, e.subject_id, e.details["code"]) for e in events.order_by("id")]


def sweep(app):
    with app.app_context():
        jobs.begin_coming()


def notices(client, title):
    items = client.get("/api/v1/notices").json["items"]
    return [one["sentence"] for one in items if one["title"] == title]


def test_01_finance_on_ones_own_second_phone_is_refused(app, p1, phone, propose):
    phone("19900000012", NUMBERS[0])
    before = rows(app)

    answer = propose(p1.client, "19900000012", "finance")

    assert_refused(answer, 403, "trust.not_apart")
    assert rows(app) == before
    assert refusals(app) == [(p1.user_id, "role_grants.grant_role", "trust.not_apart")]


def test_01_finance_on_a_phone_of_nobody_known_waits_for_a_document(
    app, given, p1, p2, auditor, phone, propose, held, noon
):
    second_phone = phone("19900000012")

    proposal = propose(p1.client, "19900000012", "finance")

    assert (proposal.status_code, proposal.json["state"]) == (202, "proposed")
    for official in (p1, p2, auditor):
        assert len(notices(official.client, "有人提出任命")) == 1
    assert_refused(confirm(p2.client, proposal.json), 422, "trust.person_unknown")
    assert read(p2.client, proposal.json["id"])["state"] == "proposed"

    noon.move(seconds=1)
    refused = confirm(p2.client, proposal.json, id_number=NUMBERS[0])

    assert_refused(refused, 403, "trust.not_apart")
    shown = read(p2.client, proposal.json["id"])
    assert (shown["state"], shown["reason"]) == ("declined", "trust.not_apart")
    assert held(second_phone) == []
    assert given.signed_in(second_phone).get("/api/v1/me").json["roles"] == ["visitor"]
    assert refusals(app) == [
        (p2.user_id, "proposals.approve", "trust.person_unknown"),
        (p2.user_id, "proposals.approve", "trust.not_apart"),
    ]


def test_01_an_administrator_of_before_the_rule_does_not_confirm_for_themselves(
    app, official, root, p1, propose, held
):
    before_the_rule = official(Role.COUNTY_ADMIN, root, NUMBERS[0])
    proposal = propose(p1.client, "19900000013", "finance").json

    refused = confirm(before_the_rule.client, proposal, id_number=NUMBERS[2])

    assert_refused(refused, 403, "trust.same_person")
    assert read(p1.client, proposal["id"])["state"] == "proposed"
    assert refusals(app) == [(before_the_rule.user_id, "proposals.approve", "trust.same_person")]


def test_02_a_grant_matures(app, given, p1, p2, propose, user_named, noon):
    village = given.village()
    given.budget(village, 1_000)
    body = {"village_id": str(village.id), "amount_fen": 10}
    proposal = propose(p1.client, "19900000014", "finance").json
    agreed = confirm(p2.client, proposal, id_number=NUMBERS[2]).json
    assert agreed["effective_at"] == (noon() + timedelta(hours=24)).isoformat()
    p3 = user_named("赵某")

    noon.move(hours=23, minutes=59)
    sweep(app)
    assert post(given.signed_in(p3), "allotments", body).status_code == 403

    noon.move(minutes=1)
    sweep(app)
    answer = post(given.signed_in(p3), "allotments", body)
    assert answer.status_code != 403, answer.json


def test_nobody_gives_a_role_to_themselves(app, p1, propose, held, given):
    with app.app_context(), transaction():
        db.session.execute(
            text("UPDATE users SET phone_sealed = :s, phone_index = :i WHERE id = :id"),
            {
                "s": vault().seal("19900000015", "phone"),
                "i": vault().index("19900000015", "phone"),
                "id": p1.user_id,
            },
        )
    village = given.village()

    answer = propose(p1.client, "19900000015", "group_leader", village.group_id)

    assert_refused(answer, 403, "trust.same_person")
    assert held(p1.user_id) == ["county_admin"]


def test_nobody_gives_a_role_to_their_household(app, given, p1, phone, propose):
    family = given.household()
    given.resident(family, user_id=p1.user_id)
    wife = phone("19900000016")
    given.resident(family, user_id=wife)
    with app.app_context(), transaction():
        db.session.execute(text("UPDATE users SET person_id = NULL WHERE id = :id"), {"id": wife})

    answer = propose(p1.client, "19900000016", "collector", given.village().id)

    assert_refused(answer, 403, "trust.same_household")


def test_a_village_administrators_second_phone_is_no_keeper(app, given, official, phone, propose):
    village = given.village()
    admin = official(Role.VILLAGE_ADMIN, village.id, NUMBERS[3])
    phone("19900000017", NUMBERS[3])
    before = rows(app)

    answer = propose(admin.client, "19900000017", "booth_keeper", village.id)

    assert_refused(answer, 403, "trust.not_apart")
    assert rows(app) == before


def test_what_a_village_gives_begins_when_the_town_agrees(
    given, official, propose, user_named, held
):
    village = given.village()
    admin = official(Role.VILLAGE_ADMIN, village.id)
    town = official(Role.TOWN_ADMIN, village.town_id)
    proposal = propose(
        admin.client, "19900000018", "booth_keeper", village.id, id_number=NUMBERS[2]
    ).json
    assert [line["after"] for line in proposal["lines"]][2] == "1****************1"

    assert held(user_named("赵某")) == []
    assert confirm(town.client, proposal, id_number=NUMBERS[2]).json["state"] == "approved"
    assert held(user_named("赵某")) == ["booth_keeper"]


def test_a_village_does_not_confirm_its_own(given, official, propose, user_named, held):
    village = given.village()
    admin, colleague = (official(Role.VILLAGE_ADMIN, village.id) for _ in range(2))
    proposal = propose(admin.client, "19900000018", "reviewer", village.id).json

    answer = confirm(colleague.client, proposal, id_number=NUMBERS[2])

    assert_refused(answer, 404, "proposals.not_found")
    assert held(user_named("赵某")) == []


def test_a_number_that_contradicts_what_was_entered_is_refused(
    given, p1, p2, propose, user_named, held
):
    proposal = propose(p1.client, "19900000019", "operator", id_number=NUMBERS[2]).json

    answer = confirm(p2.client, proposal, id_number=NUMBERS[3])

    assert_refused(answer, 409, "identity.another_person")
    assert held(user_named("赵某")) == []


def test_a_number_that_is_none_is_refused(p1, p2, propose):
    wrong = propose(p1.client, "19900000019", "operator", id_number="110101199003070012")
    assert_refused(wrong, 422, "identity.bad_id_number")
    proposal = propose(p1.client, "19900000019", "operator").json

    answer = confirm(p2.client, proposal, id_number="110101199003070012")

    assert_refused(answer, 422, "identity.bad_id_number")


def test_the_number_stands_nowhere_in_clear(app, p1, p2, propose):
    proposal = propose(p1.client, "19900000019", "operator", id_number=NUMBERS[2]).json
    confirm(p2.client, proposal, id_number=NUMBERS[2])

    with app.app_context():
        for table in ("proposals", "people", "users", "audit_events", "notices"):
            found = db.session.scalar(
                text(f"SELECT count(*) FROM {table} t WHERE t::text LIKE :number"),
                {"number": f"%{NUMBERS[2]}%"},
            )
            assert found == 0, table


def test_who_is_told_stops_a_grant_alone(app, p1, p2, auditor, propose, user_named, held, noon):
    proposal = propose(p1.client, "19900000020", "finance").json
    confirm(p2.client, proposal, id_number=NUMBERS[2])

    stopped = post(auditor.client, f"proposals/{proposal['id']}/stop", BECAUSE)

    assert stopped.json["state"] == "stopped"
    noon.move(hours=24)
    sweep(app)
    assert held(user_named("赵某")) == []


@pytest.mark.parametrize("role", [Role.COUNTY_ADMIN, Role.FINANCE])
def test_nobody_ends_an_administrator_or_finance_alone(app, official, root, p1, p2, role, held):
    other = official(role, root)
    grant = next(one for one in listed(p1) if one["user_id"] == str(other.user_id))

    answer = p1.client.delete(f"/api/v1/role-grants/{grant['id']}")

    assert (answer.status_code, answer.json["state"]) == (202, "proposed")
    assert held(other.user_id) == [role]
    assert_refused(confirm(p1.client, answer.json), 403, "trust.same_person")
    if role is Role.COUNTY_ADMIN:
        assert_refused(confirm(other.client, answer.json), 403, "trust.same_person")
    assert confirm(p2.client, answer.json).json["state"] == "approved"
    assert held(other.user_id) == []


def test_the_auditor_has_a_day_to_object_to_being_sent_away(app, p1, p2, auditor, held, noon):
    grant = next(one for one in listed(p1) if one["role"] == "auditor")
    proposal = p1.client.delete(f"/api/v1/role-grants/{grant['id']}").json
    confirm(p2.client, proposal)
    assert held(auditor.user_id) == ["auditor"]

    assert post(auditor.client, f"proposals/{proposal['id']}/stop", BECAUSE).status_code == 200

    noon.move(hours=24)
    sweep(app)
    assert held(auditor.user_id) == ["auditor"]


def test_the_county_does_not_name_its_auditor(app, p1, propose):
    before = rows(app)

    assert_refused(propose(p1.client, "19900000021", "auditor"), 403, "identity.auditor_from_above")
    assert rows(app) == before


def test_an_administrator_whom_nobody_knows_confirms_nothing(
    app, official, root, p1, propose, user_named, held
):
    unknown = official(Role.COUNTY_ADMIN, root)
    with app.app_context(), transaction():
        db.session.execute(
            text("UPDATE users SET person_id = NULL WHERE id = :id"), {"id": unknown.user_id}
        )
    proposal = propose(p1.client, "19900000022", "finance").json

    answer = confirm(unknown.client, proposal, id_number=NUMBERS[2])

    assert_refused(answer, 422, "trust.person_unknown")
    assert held(user_named("赵某")) == []
    with app.app_context():
        (fault,) = queries.faults(COUNTY)
        assert (fault.user_id, fault.roles) == (unknown.user_id, (Role.COUNTY_ADMIN,))


def test_a_grant_is_ended_and_never_changed(app, p1):
    for change in ("SET role = 'finance'", "SET user_id = granted_by", "SET granted_at = now()"):
        with app.app_context(), pytest.raises(Exception, match="permission denied"), transaction():
            db.session.execute(text(f"UPDATE role_grants {change}"))
    with app.app_context(), pytest.raises(Exception, match="permission denied"), transaction():
        db.session.execute(text("DELETE FROM role_grants"))


def listed(official):
    return official.client.get("/api/v1/role-grants?limit=100").json["items"]
