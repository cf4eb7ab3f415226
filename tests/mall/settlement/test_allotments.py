"""Money of the reserve goes to a village's budget by two hands."""

import pytest
from sqlalchemy import select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.points import ledger
from app.register.identity.roles import Role
from app.register.trust.settings import SETTINGS
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of


@pytest.fixture
def village(app, given, noon):
    """A village, and 1000 fen in the reserve."""
    village = given.village()
    with app.app_context(), transaction():
        ledger.post(
            county_id=COUNTY,
            reference="deposit:1",
            decided_at=noon(),
            kind=ledger.TransferKind.FUNDING,
            debit=ledger.custody(),
            credit=ledger.reserve(),
            amount=1000,
        )
    return village


@pytest.fixture
def checker(given):
    return given.staff(Role.FINANCE, given.county())


def propose(client, village, amount_fen=600):
    return post(client, "allotments", {"village_id": str(village.id), "amount_fen": amount_fen})


def assert_unmoved(given, village):
    assert given.balance(ledger.reserve()) == 1000
    assert given.balance(ledger.village_budget(village.id)) == 0


def test_a_second_person_moves_it_to_the_village(given, village, finance, checker):
    proposed = propose(finance, village)
    assert_unmoved(given, village)

    approved = post(checker, f"allotments/{proposed.json['id']}/approval")

    assert (proposed.status_code, proposed.json["state"]) == (201, "proposed")
    assert (approved.status_code, approved.json["state"]) == (200, "approved")
    assert given.balance(ledger.reserve()) == 400
    assert given.balance(ledger.village_budget(village.id)) == 600
    (seen,) = finance.get("/api/v1/allotments").json["items"]
    assert {name: seen[name] for name in approved.json} == approved.json


def test_nobody_approves_their_own_proposal(given, village, finance):
    proposed = propose(finance, village).json

    answer = post(finance, f"allotments/{proposed['id']}/approval")

    assert (answer.status_code, answer.json["code"]) == (403, "trust.same_person")
    assert answer.json["message"] == "自己经办的不能自己复核，请换一位同事"
    assert_unmoved(given, village)


def test_a_proposal_is_decided_once(given, village, finance, checker):
    proposed = propose(finance, village).json
    post(checker, f"allotments/{proposed['id']}/approval")

    again = post(checker, f"allotments/{proposed['id']}/approval")
    declined = post(checker, f"allotments/{proposed['id']}/refusal")

    assert (again.status_code, again.json["code"]) == (409, "decisions.decided")
    assert declined.status_code == 409
    assert given.balance(ledger.village_budget(village.id)) == 600


def test_a_declined_proposal_moves_nothing(given, village, finance, checker):
    proposed = propose(finance, village).json

    declined = post(checker, f"allotments/{proposed['id']}/refusal")
    approved = post(checker, f"allotments/{proposed['id']}/approval")

    assert declined.json["state"] == "declined"
    assert approved.status_code == 409
    assert_unmoved(given, village)


def test_more_than_the_reserve_is_refused_and_may_be_approved_later(
    given, village, finance, checker
):
    proposed = propose(finance, village, 1250).json

    answer = post(checker, f"allotments/{proposed['id']}/approval")

    assert (answer.status_code, answer.json["code"]) == (409, "settlement.reserve_too_small")
    assert answer.json["message"] == ("待拨付的资金不够，还差 2.50 元，请等财政资金到账后再拨付")
    assert_unmoved(given, village)
    assert checker.get("/api/v1/allotments").json["items"][0]["state"] == "proposed"


def test_a_repeat_of_the_approval_answers_as_the_first_time(given, village, finance, checker):
    path = f"allotments/{propose(finance, village).json['id']}/approval"

    first, second = post(checker, path, key="approve-1"), post(checker, path, key="approve-1")

    assert first.json == second.json
    assert given.balance(ledger.village_budget(village.id)) == 600


def test_what_lies_outside_the_area_is_not_found(given, village, finance):
    elsewhere = given.staff(Role.FINANCE, given.village().town_id)
    proposed = propose(finance, village).json

    assert propose(elsewhere, village).json["code"] == "settlement.village_not_found"
    approval = post(elsewhere, f"allotments/{proposed['id']}/approval")
    assert approval.json["code"] == "settlement.allotment_not_found"
    assert elsewhere.get("/api/v1/allotments").json["items"] == []
    assert_unmoved(given, village)


def test_a_town_has_no_budget(given, village, finance):
    answer = post(finance, "allotments", {"village_id": str(village.town_id), "amount_fen": 100})

    assert answer.json["code"] == "settlement.village_not_found"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE, Role.COUNTY_ADMIN}))
def test_nobody_but_finance_allots(role, given, village, finance):
    proposed = propose(finance, village).json
    somebody = given.staff(role, given.county())

    assert propose(somebody, village).status_code == 403
    assert post(somebody, f"allotments/{proposed['id']}/approval").status_code == 403
    assert post(somebody, f"allotments/{proposed['id']}/refusal").status_code == 403
    listed = somebody.get("/api/v1/allotments").status_code
    assert listed == (200 if role is Role.AUDITOR else 403)
    assert_unmoved(given, village)


@pytest.mark.parametrize(
    "body",
    [{}, {"amount_fen": 100}, {"village_id": "x", "amount_fen": 100}, {"amount_fen": 0}, []],
)
def test_a_malformed_request_is_refused(body, finance):
    answer = post(finance, "allotments", body)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")


def test_a_county_administrator_is_the_second_person_too(given, village, finance):
    proposed = propose(finance, village).json
    admin = given.staff(Role.COUNTY_ADMIN, given.county())

    approved = post(admin, f"allotments/{proposed['id']}/approval")

    assert (approved.status_code, approved.json["state"]) == (200, "approved")
    assert given.balance(ledger.village_budget(village.id)) == 600


def test_02_who_took_office_less_than_seven_days_ago_approves_nothing(
    app, given, village, finance, noon
):
    noon.move(days=30)  # the county has long begun
    proposed = propose(finance, village).json
    fresh = given.staff(Role.FINANCE, given.county())
    noon.move(days=6, hours=23, minutes=59)

    early = post(fresh, f"allotments/{proposed['id']}/approval")

    assert_refused(early, 403, "trust.too_fresh")
    assert_unmoved(given, village)
    with app.app_context():
        refused = db.session.scalars(select(AuditEvent).filter_by(action="trust.refused")).one()
        assert refused.subject_id == "allotments.approve"
        assert refused.details["code"] == "trust.too_fresh"

    noon.move(minutes=1)
    approved = post(fresh, f"allotments/{proposed['id']}/approval")

    assert (approved.status_code, approved.json["state"]) == (200, "approved")
    assert given.balance(ledger.reserve()) == 400
    assert given.balance(ledger.village_budget(village.id)) == 600


def test_a_further_place_does_not_make_an_officer_fresh(
    app, given, village, finance, checker, noon
):
    proposed = propose(finance, village).json
    noon.move(days=30)
    given.grant(user_of(app, checker), Role.FINANCE, village.id)

    approved = post(checker, f"allotments/{proposed['id']}/approval")

    assert approved.status_code == 200


def test_a_small_county_lets_an_officer_approve_after_a_day(given, village, finance, noon):
    noon.move(days=30)
    given.setting(SETTINGS, grant_age_days=1)
    proposed = propose(finance, village).json
    fresh = given.staff(Role.FINANCE, given.county())
    approval = f"allotments/{proposed['id']}/approval"
    noon.move(hours=23)

    assert_refused(post(fresh, approval), 403, "trust.too_fresh")
    noon.move(hours=1)

    assert post(fresh, approval).status_code == 200


def test_in_the_first_days_of_a_county_nobody_is_fresh(given, village, finance, noon):
    noon.move(days=6, hours=23)
    proposed = propose(finance, village).json
    new = given.staff(Role.FINANCE, given.county())

    assert post(new, f"allotments/{proposed['id']}/approval").status_code == 200


def test_more_than_ninety_days_need_takes_finance_and_an_administrator(
    app, given, village, finance, checker, noon
):
    with app.app_context(), transaction():
        ledger.post(
            county_id=COUNTY,
            reference="deposit:2",
            decided_at=noon(),
            kind=ledger.TransferKind.FUNDING,
            debit=ledger.custody(),
            credit=ledger.reserve(),
            amount=400_000,
        )
    enough, more = (propose(finance, village, fen).json for fen in (200_000, 200_001))
    administrator = given.staff(Role.COUNTY_ADMIN, given.county())

    assert post(checker, f"allotments/{enough['id']}/approval").status_code == 200
    assert_refused(post(checker, f"allotments/{more['id']}/approval"), 403, "trust.same_office")
    assert given.balance(ledger.village_budget(village.id)) == 200_000
    assert post(administrator, f"allotments/{more['id']}/approval").status_code == 200
    assert given.balance(ledger.village_budget(village.id)) == 400_001
