"""Case 09: who comes to a household that has points, and how it sends them away again."""

import pytest
from sqlalchemy import select, text

from app.agreements.proposals import jobs
from app.kernel.db import db
from app.register.households.models import Binding, Member
from tests.given.http import assert_refused, post, user_of
from tests.given.proposals import agree

INVENTED = "编造人"


def code_of(client) -> str:
    return client.post("/api/v1/bindings/code").json["code"]


def in_person(worker, code, family, name=INVENTED):
    body = {
        "code": code,
        "household_id": str(family.id),
        "member_name": name,
        "document": "id_card",
    }
    return worker.post("/api/v1/bindings/in-person", json=body)


@pytest.fixture
def phone(given, family):
    return given.resident(family)


@pytest.fixture
def second(given):
    """The administrator's second account."""
    return given.visitor()


@pytest.fixture
def pay(counter):
    def run(client, points):
        code = client.post("/api/v1/pay-codes").json["code"]
        return post(counter.clerk, "redemptions", {"code": code, "points": points})

    return run


def members(app, family) -> list[str]:
    with app.app_context():
        return sorted(
            db.session.scalars(select(Member.name).where(Member.household_id == family.id))
        )


def bound_users(app, family) -> set:
    with app.app_context():
        return set(
            db.session.scalars(
                select(Binding.user_id).where(
                    Binding.household_id == family.id, Binding.ended_at.is_(None)
                )
            )
        )


def test_case_09_an_invented_member_waits_for_the_households_yes(
    app, given, family, phone, administrator, second
):
    answer = in_person(administrator, code_of(second), family)

    assert answer.status_code == 202, answer.json
    assert answer.json["kind"] == "binding_of_new_member"
    assert INVENTED in {line["after"] for line in answer.json["lines"]}
    (told,) = phone.get("/api/v1/notices").json["items"]
    assert told["title"] == "有一件事要两个人定"
    assert INVENTED not in told["sentence"]
    assert second.post("/api/v1/pay-codes").status_code == 403
    assert members(app, family) == ["王小明"]


def test_a_proposals_names_are_gone_after_sixty_days(
    app, family, phone, administrator, second, noon
):
    proposal = in_person(administrator, code_of(second), family).json["id"]
    noon.move(days=60, seconds=1)
    with app.app_context():
        jobs.forget_secrets()

    lines = phone.get(f"/api/v1/proposals/{proposal}").json["lines"]

    assert [line["after"] for line in lines[1:]] == ["已删除", "身份证"]


def test_case_09_the_household_says_no(app, family, phone, administrator, second):
    proposal = in_person(administrator, code_of(second), family).json["id"]

    refused = post(phone, f"proposals/{proposal}/refusal", {"reason": "不认识"})

    assert refused.status_code == 200, refused.json
    assert refused.json["state"] == "declined"
    assert second.post("/api/v1/pay-codes").status_code == 403
    assert members(app, family) == ["王小明"]


def test_case_09_the_household_says_yes_and_the_new_phone_pays_500_a_day_for_72_hours(
    app, given, family, phone, administrator, second, pay, noon
):
    proposal = in_person(administrator, code_of(second), family).json["id"]
    assert agree(phone, proposal).status_code == 200
    assert members(app, family) == ["王小明", INVENTED]

    refused = pay(second, 501)
    assert_refused(refused, 409, "trust.cooling_off")
    assert refused.json["details"] == {"left": 500}
    assert given.spendable(family) == 4_000

    assert pay(second, 500).status_code == 201
    refused = pay(second, 1)
    assert_refused(refused, 409, "trust.cooling_off")
    assert refused.json["details"] == {"left": 0}
    assert pay(phone, 600).status_code == 201, "the phone of before pays as before"

    noon.move(hours=24)
    assert pay(second, 500).status_code == 201, "another day"
    noon.move(hours=48)
    assert pay(second, 501).status_code == 201, "72 hours are over"
    assert given.spendable(family) == 4_000 - 500 - 600 - 500 - 501


def test_a_household_without_a_phone_is_spoken_for_by_the_town(
    app, given, family, administrator, town_admin, second
):
    proposal = in_person(administrator, code_of(second), family).json["id"]

    assert_refused(agree(administrator, proposal), 403, "proposals.not_yours")
    assert agree(town_admin, proposal).status_code == 200

    assert bound_users(app, family) == {user_of(app, second)}


def test_the_administrators_own_phone_in_the_household_cannot_say_yes(
    app, given, family, administrator, second
):
    given.resident(family, user_id=user_of(app, administrator))

    proposal = in_person(administrator, code_of(second), family).json["id"]

    assert_refused(agree(administrator, proposal), 403, "trust.same_person")
    assert members(app, family) == ["王小明"]


def test_case_09_the_administrator_does_not_bind_the_account_they_are_signed_in_with(
    app, family, administrator
):
    answer = in_person(administrator, code_of(administrator), family, "王小明")

    assert_refused(answer, 403, "trust.same_person")
    assert bound_users(app, family) == set()


def test_the_first_phone_of_a_household_with_nothing_is_one_persons_act_and_is_marked(
    app, given, family, administrator, second, pay
):
    poor = given.household(village=family.village)

    assert in_person(administrator, code_of(second), poor).status_code == 201

    given.points(poor, 2_000)
    assert pay(second, 1_000).status_code == 201, "there was nothing to take when it came"
    with app.app_context():
        marked = db.session.execute(
            text("SELECT details->>'is_first' FROM audit_events WHERE action='households.bind'")
        ).scalar_one()
    assert marked == "true"


def test_a_known_member_of_a_household_with_points_is_bound_by_one_and_cools_off(
    given, family, administrator, second, pay
):
    assert in_person(administrator, code_of(second), family, "王小明").status_code == 201

    assert_refused(pay(second, 501), 409, "trust.cooling_off")
    assert given.spendable(family) == 4_000


def test_a_household_reads_every_phone_that_acts_for_it(app, given, family, phone, noon):
    noon.move(minutes=1)
    son = given.resident(family)
    given.resident(given.household(village=family.village))

    shown = phone.get("/api/v1/bindings").json["items"]

    assert [row["user_id"] for row in shown] == [
        str(user_of(app, phone)),
        str(user_of(app, son)),
    ]
    assert {row["member_name"] for row in shown} == {"王小明"}
    assert given.visitor().get("/api/v1/bindings").status_code == 403


def test_the_head_ends_the_binding_of_another_and_no_other_member_does(
    app, given, family, phone, administrator, second
):
    agree(phone, in_person(administrator, code_of(second), family).json["id"])
    ids = {row["member_name"]: row["id"] for row in phone.get("/api/v1/bindings").json["items"]}

    assert second.delete(f"/api/v1/bindings/{ids['王小明']}").status_code == 404
    assert phone.delete(f"/api/v1/bindings/{ids[INVENTED]}").status_code == 204

    assert bound_users(app, family) == {user_of(app, phone)}
    assert second.get("/api/v1/me").status_code == 401
