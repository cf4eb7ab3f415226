"""What those who answer for a place find in their lists, and what each finds of their own."""

import pytest

from app.register.identity.roles import Role
from tests.given.awards import decide
from tests.given.http import post
from tests.given.self_checks import judge, screen, send
from tests.given.shops import counter, mall
from tests.given.statements import deposit, file_of

__all__ = ["counter", "decide", "mall"]
OVERSEERS = (
    Role.VILLAGE_ADMIN,
    Role.TOWN_ADMIN,
    Role.COUNTY_ADMIN,
    Role.FINANCE,
    Role.AUDITOR,
)


def place(role: Role, village):
    """Where somebody with the role works who answers for the village."""
    places = {Role.VILLAGE_ADMIN: village.id, Role.TOWN_ADMIN: village.town_id}
    return places.get(role, village.county_region_id)


def items(client, path: str, **query):
    answer = client.get(f"/api/v1/{path}", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.fixture
def family(given):
    return given.household()


@pytest.mark.parametrize("role", OVERSEERS)
def test_who_answers_for_a_place_finds_its_awards_with_masked_names(given, decide, family, role):
    elsewhere = given.household(village=given.village())
    award = decide(family)
    decide(elsewhere)
    office = given.staff(role, place(role, family.village))

    found = items(office, "awards/area", count="true", village_id=family.village.id)

    (one,) = found["items"]
    assert (one["id"], one["household_id"]) == (str(award.id), str(family.id))
    assert one["award"]["points"] == award.points
    assert "*" in one["household"]
    assert found["total"] == 1
    assert items(office, "awards/area", to_on="2020-01-01")["items"] == []


def test_a_village_finds_no_award_of_another(given, decide, family):
    decide(given.household(village=given.village()))
    office = given.staff(Role.VILLAGE_ADMIN, family.village.id)

    assert items(office, "awards/area", count="true") == {"items": [], "next": None, "total": 0}


@pytest.mark.parametrize("role", OVERSEERS)
def test_who_answers_for_a_place_finds_what_its_shops_took(given, counter, role):
    home = given.household(village=counter.village, points=500)
    code = given.resident(home).post("/api/v1/pay-codes").json["code"]
    paid = post(counter.clerk, "redemptions", {"code": code, "points": 80})
    assert paid.status_code == 201, paid.json
    office = given.staff(role, place(role, counter.village))

    found = items(office, "redemptions/area", count="true", shop_id=counter.shop_id, state="paid")

    (one,) = found["items"]
    assert (one["id"], one["household_id"]) == (paid.json["id"], str(home.id))
    assert (one["redemption"]["points"], one["redemption"]["shop_id"]) == (80, str(counter.shop_id))
    assert items(office, "redemptions/area", state="void")["items"] == []
    neighbour = given.staff(Role.VILLAGE_ADMIN, given.village().id)
    assert items(neighbour, "redemptions/area")["items"] == []


def test_a_merchant_finds_its_own_record_and_no_other(given, mall, counter):
    mall.counter()

    (one,) = items(counter.owner, "merchants/own", count="true")["items"]

    assert one["id"] == str(counter.merchant_id)
    assert (one["payee_account_tail"], one["is_payee_verified"]) == ("0012", True)
    assert counter.clerk.get("/api/v1/merchants/own").status_code == 403


def test_closed_days_name_who_answers_for_them_the_newest_first(given, mall, counter, noon):
    mall.take_in(file_of(deposit(1, 1000)))
    noon.move(days=1)
    closer = given.staff(Role.FINANCE, given.county(), name="周会计")
    assert post(closer, "reconciliations/2026-06-01/closing").status_code == 201
    auditor = given.staff(Role.AUDITOR, given.county())

    found = items(auditor, "reconciliations/closed", limit=1)

    (one,) = found["items"]
    assert (one["closing"]["on"], one["closed_by"]) == ("2026-06-01", "周会计")
    assert found["next"] == "2026-06-01"
    assert items(auditor, "reconciliations/closed", before="2026-06-01")["items"] == []


def test_statement_files_are_found_by_their_state_and_day(given, mall, counter):
    mall.take_in(file_of(deposit(1, 1000)))
    auditor = given.staff(Role.AUDITOR, given.county())

    found = items(auditor, "bank-statements", count="true", state="confirmed", source="bank")

    assert (found["total"], found["items"][0]["on"]) == (1, "2026-06-01")
    assert items(auditor, "bank-statements", state="waiting")["items"] == []
    assert items(auditor, "bank-statements", from_on="2026-06-02")["items"] == []


def test_a_reviewer_finds_what_they_judged_and_nobody_elses(given, app, family):
    reviewers = [given.staff(Role.REVIEWER, family.village.town_id) for _ in range(2)]
    sent = send(given.resident(family)).json["id"]
    with app.app_context():
        screen(sent)
    judged = judge(reviewers[0], sent, "wrong_kind")
    assert judged.status_code == 200, judged.json

    (one,) = items(reviewers[0], "reviewers/me/verdicts", count="true")["items"]

    assert (one["self_check_id"], one["verdict"], one["stage"]) == (sent, "reject", "first")
    assert items(reviewers[0], "reviewers/me/verdicts", verdict="approve")["items"] == []
    assert items(reviewers[1], "reviewers/me/verdicts")["items"] == []
