"""A code that did not work: refund, another code, or neither, and always by two people."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.messages.notices import Notice
from app.points import ledger
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post


@pytest.fixture
def kind(desk):
    return desk.kind(2)


@pytest.fixture
def bought(desk, phone, kind):
    return desk.bought(phone, kind)


def shown(phone) -> dict:
    return phone.get("/api/v1/vouchers/purchases").json["items"][0]


def told(app) -> list[dict]:
    with app.app_context():
        return db.session.scalars(
            select(Notice.details).where(Notice.kind == "voucher_claim_decided")
        ).all()


def test_a_refund_gives_each_piece_back_to_where_it_came_from(app, desk, given, kind):
    family = given.household()
    given.points(family, 1_000, expires_on=date(2026, 12, 31))
    given.points(family, 2_000, expires_on=None)
    phone = given.resident(family)
    bought = desk.bought(phone, kind)

    answer = desk.judged(phone, bought, "refund")

    assert (answer.status_code, answer.json["state"]) == (200, "decided")
    assert given.balance(ledger.household(family.id, date(2026, 12, 31))) == 1_000
    assert given.balance(ledger.household(family.id)) == 2_000
    assert desk.takings() == 0
    assert desk.states(kind) == {"free": 1, "faulty": 1}
    row = shown(phone)
    assert (row["state"], row["claim_state"], row["claim_outcome"], row["claim_note"]) == (
        "refunded",
        "decided",
        "refund",
        "平台核对过了",
    )
    assert told(app) == [{"purchase_id": bought, "outcome": "refund", "points": 1_800}]
    assert_refused(desk.view(phone, bought), 409, "vouchers.refunded")
    assert_refused(desk.claim(phone, bought), 409, "vouchers.refunded")


def test_another_code_costs_nothing_more_and_is_the_one_that_is_shown(
    app, desk, phone, family, kind, bought
):
    before = desk.view(phone, bought).json["code"]

    answer = desk.judged(phone, bought, "another")

    after = desk.view(phone, bought).json["code"]
    assert answer.status_code == 200
    assert {before, after} == set(desk.texts[kind])
    assert desk.states(kind) == {"faulty": 1, "sold": 1}
    assert desk.given.spendable(family) == 8_200
    assert desk.takings() == 1_800
    assert shown(phone)["claim_state"] is None  # of the new code
    assert told(app)[0]["outcome"] == "another"
    assert desk.claim(phone, bought).status_code == 201  # the new one may fail as well


def test_a_claim_that_is_refused_changes_nothing_and_is_not_made_again(
    app, desk, phone, family, kind, bought
):
    desk.judged(phone, bought, "refused")

    assert desk.states(kind) == {"free": 1, "sold": 1}
    assert desk.given.spendable(family) == 8_200
    assert (shown(phone)["state"], shown(phone)["claim_outcome"]) == ("bought", "refused")
    assert_refused(desk.claim(phone, bought), 409, "vouchers.claimed_already")


def test_one_person_alone_decides_nothing(desk, phone, family, kind, bought):
    desk.claim(phone, bought)
    claim_id = desk.claim_id()

    assert_refused(desk.confirm(claim_id), 409, "vouchers.nothing_proposed")
    desk.propose(claim_id, "refund")
    assert_refused(desk.confirm(claim_id, desk.admin), 403, "trust.same_person")

    assert desk.given.spendable(family) == 8_200
    assert desk.states(kind) == {"free": 1, "sold": 1}
    assert (shown(phone)["claim_state"], shown(phone)["claim_outcome"]) == ("proposed", None)


def test_a_proposal_is_sent_back_and_another_is_made(desk, phone, bought):
    desk.claim(phone, bought)
    claim_id = desk.claim_id()
    desk.propose(claim_id, "refused")

    assert_refused(desk.propose(claim_id, "refund"), 409, "vouchers.proposed_already")
    back = post(desk.checker, f"vouchers/claims/{claim_id}/return")
    assert (back.json["state"], back.json["outcome"]) == ("open", None)
    again = post(desk.checker, f"vouchers/claims/{claim_id}/return")
    assert_refused(again, 409, "vouchers.nothing_proposed")

    assert desk.propose(claim_id, "refund").status_code == 200
    assert desk.confirm(claim_id).status_code == 200
    assert_refused(desk.confirm(claim_id), 409, "decisions.decided")
    assert_refused(desk.propose(claim_id, "refused"), 409, "decisions.decided")


def test_another_proposal_than_was_read_is_not_confirmed(desk, phone, family, kind, bought):
    desk.claim(phone, bought)
    claim_id = desk.claim_id()
    desk.propose(claim_id, "refused")
    read = desk.digest(claim_id)
    post(desk.checker, f"vouchers/claims/{claim_id}/return")
    desk.propose(claim_id, "refund")

    assert_refused(desk.confirm(claim_id, digest=read), 409, "decisions.moved_on")

    assert desk.given.spendable(family) == 8_200
    assert shown(phone)["claim_state"] == "proposed"
    assert desk.confirm(claim_id).status_code == 200


def test_nobody_judges_the_voucher_of_their_own_household(desk, given, phone, family, bought):
    from app.register.households.models import Binding

    desk.claim(phone, bought)
    claim_id = desk.claim_id()
    with desk.app.app_context():
        user_id = db.session.scalars(
            select(Binding.user_id).where(Binding.household_id == family.id)
        ).one()
    given.grant(user_id, Role.COUNTY_ADMIN, given.county())

    refused = desk.propose(claim_id, "refund", client=phone)

    assert_refused(refused, 403, "trust.same_household")
    desk.propose(claim_id, "refund")
    assert_refused(desk.confirm(claim_id, phone), 403, "trust.same_household")


def test_a_refund_that_the_shop_cannot_pay_waits(app, desk, phone, family, kind, bought):
    with app.app_context(), transaction():
        ledger.post(
            county_id=COUNTY,
            reference="cash_out:test",
            decided_at=desk.noon(),
            kind=ledger.TransferKind.CASH_OUT,
            debit=ledger.shop(desk.counter.shop_id),
            credit=ledger.payout_in_flight(),
            amount=1_000,
        )

    answer = desk.judged(phone, bought, "refund")

    assert_refused(answer, 409, "vouchers.shop_has_too_little")
    assert answer.json["details"] == {"missing": 1_000}
    assert desk.given.spendable(family) == 8_200
    assert shown(phone)["claim_state"] == "proposed"
    assert told(app) == []


def test_another_code_is_not_to_be_had_when_all_are_sold(desk, given, phone, kind, bought):
    desk.bought(given.resident(desk.family()), kind)

    assert_refused(desk.judged(phone, bought, "another"), 409, "vouchers.sold_out")

    assert desk.states(kind) == {"sold": 2}


def test_points_whose_day_has_passed_come_back_as_if_earned_today(desk, given, kind, noon):
    family = given.household()
    given.points(family, 1_800, expires_on=date(2026, 6, 10))
    phone = given.resident(family)
    bought = desk.bought(phone, kind)
    noon.at = noon() + timedelta(days=30)

    desk.judged(phone, bought, "refund")

    assert given.balance(ledger.household(family.id, date(2026, 6, 10))) == 0
    assert given.spendable(family) == 1_800


def test_a_voucher_past_its_day_is_not_claimed(desk, phone, bought, noon):
    noon.at = noon() + timedelta(days=214)

    assert_refused(desk.claim(phone, bought), 409, "vouchers.claim_too_late")


def test_somebody_elses_voucher_is_not_claimed(desk, given, bought):
    stranger = given.resident(desk.family())

    assert_refused(desk.claim(stranger, bought), 404, "vouchers.purchase_not_found")


def test_staff_see_tail_file_row_and_looks_but_never_the_code(desk, phone, kind, bought):
    desk.view(phone, bought)
    code = desk.view(phone, bought).json["code"]
    desk.claim(phone, bought)

    answer = desk.admin.get("/api/v1/vouchers/claims")

    row = answer.json["items"][0]
    assert (row["tail"], row["viewings"]) == (code[-4:], 2)
    assert row["row_number"] == desk.texts[kind].index(code) + 2
    assert row["reason"] == "收银台说券码无效"
    assert code not in answer.get_data(as_text=True)


def test_the_list_of_claims_is_paged_and_takes_as_many_queries_for_many(desk, phone, queries):
    kind = desk.kind(3)
    for _ in range(3):
        desk.claim(phone, desk.bought(phone, kind))

    counts = []
    for limit in (1, 3):
        with queries() as seen:
            items = desk.admin.get(f"/api/v1/vouchers/claims?limit={limit}").json["items"]
        assert len(items) == limit
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_a_claim_of_another_county_is_not_found(desk, given, phone, bought):
    desk.claim(phone, bought)
    abroad = given.staff(Role.COUNTY_ADMIN, given.county(990102), 990102)

    answer = desk.propose(desk.claim_id(), "refund", client=abroad)

    assert_refused(answer, 404, "vouchers.claim_not_found")
