"""Above the county's limit nothing is taken before a yes on the household's phone."""

import pytest
from sqlalchemy import select

from app.kernel.db import db
from mall.redemption.jobs import forget_old_codes, lapse_payments
from mall.redemption.models import PendingPayment
from tests.given.http import assert_refused, post


def asked(answer):
    assert answer.status_code == 202, answer.json
    assert answer.json["kind"] == "asked"
    return answer.json


def answer_to(phone, pending, what="confirmation"):
    return post(phone, f"pending-payments/{pending['id']}/{what}")


def state(client, pending):
    return client.get(f"/api/v1/pending-payments/{pending['id']}").json["state"]


def test_up_to_the_limit_nobody_is_asked(pay, moved):
    paid = pay(1_000)
    assert (paid.status_code, paid.json["kind"]) == (201, "paid")
    assert moved() == (14_000, 1_000)
    assert pay(1_001).status_code == 202
    assert moved() == (14_000, 1_000)


def test_a_yes_takes_the_points_and_the_clerk_sees_it(phone, counter, pay, moved):
    lines = [{"name": "大米", "quantity": 2, "price_fen": 3_000}]
    pending = asked(pay(6_000, lines=lines))
    shown = phone.get("/api/v1/pay-codes/current").json
    assert moved() == (15_000, 0)

    paid = answer_to(phone, pending)

    assert paid.status_code == 201, paid.json
    assert (shown["state"], shown["pending"]) == ("asked", pending)
    assert pending["state"] == "waiting"
    assert pending["lapses_at"] == "2026-06-01T04:02:00+00:00"
    assert moved() == (9_000, 6_000)
    seen = counter.clerk.get(f"/api/v1/pending-payments/{pending['id']}").json
    assert (seen["state"], seen["redemption_id"]) == ("confirmed", paid.json["id"])
    status = phone.get("/api/v1/pay-codes/current").json
    assert (status["state"], status["redemption"]["id"]) == ("paid", paid.json["id"])
    slip = counter.clerk.get(f"/api/v1/redemptions/{paid.json['id']}/slip").json
    assert slip["lines"] == [lines[0] | {"goods_id": None}]


def test_the_price_of_a_campaign_is_told_and_kept(phone, pay, moved, office, noon):
    funder = office.funder(20_000)
    office.campaign(funder, last_on="2026-06-01")
    pending = asked(pay(6_000, price_fen=12_000))

    paid = answer_to(phone, pending).json

    assert (pending["campaign_name"], pending["subsidy_fen"]) == ("五折日", 6_000)
    assert (paid["points"], paid["subsidy_fen"]) == (6_000, 6_000)
    assert moved() == (9_000, 12_000)


def test_a_campaign_that_stopped_meanwhile_does_not_change_the_price(phone, pay, moved, office):
    campaign = office.campaign(office.funder(20_000))
    pending = asked(pay(6_000, price_fen=12_000))
    office.stop(campaign)

    answer = answer_to(phone, pending)

    assert_refused(answer, 409, "campaigns.none_now")
    assert moved() == (15_000, 0)
    assert state(phone, pending) == "waiting"


def test_a_no_takes_nothing_and_ends_the_code(phone, counter, pay, moved):
    pending = asked(pay(6_000))

    declined = answer_to(phone, pending, "refusal")

    assert (declined.status_code, declined.json["state"]) == (200, "declined")
    assert state(counter.clerk, pending) == "declined"
    for what in ("confirmation", "refusal"):
        assert_refused(
            answer_to(phone, pending, what),
            409,
            "redemption.pending_decided",
            "这笔付款已经处理过了，请刷新后查看",
        )
    assert moved() == (15_000, 0)


@pytest.mark.parametrize(("seconds", "status"), [(119, 201), (120, 409)])
def test_it_lapses_after_two_minutes(seconds, status, app, phone, counter, pay, moved, noon):
    pending = asked(pay(6_000))
    noon.move(seconds=seconds)

    answer = answer_to(phone, pending)

    assert answer.status_code == status, answer.json
    if status == 409:
        assert answer.json["code"] == "redemption.pending_lapsed"
        assert answer.json["message"].startswith("超过两分钟没有确认，这笔付款已作废")
        assert state(counter.clerk, pending) == "lapsed"
        assert phone.get("/api/v1/pay-codes/current").json["pending"] is None
        assert moved() == (15_000, 0)
        with app.app_context():
            lapse_payments()
            kept = db.session.scalars(select(PendingPayment)).one()
            assert (kept.state, kept.decided_at) == ("lapsed", noon())
        assert_refused(answer_to(phone, pending), 409, "redemption.pending_lapsed")


def test_the_sweep_leaves_what_still_waits_and_what_was_answered(app, phone, pay, noon):
    first = asked(pay(6_000))
    answer_to(phone, first, "refusal")
    second = asked(pay(6_000))
    with app.app_context():
        lapse_payments()

    assert (state(phone, first), state(phone, second)) == ("declined", "waiting")


def test_a_code_that_was_asked_about_pays_for_nothing_else(phone, counter, moved, mall, noon):
    code = phone.post("/api/v1/pay-codes").json["code"]
    pending = asked(post(counter.clerk, "redemptions", {"code": code, "points": 6_000}))
    other = mall.counter()

    again = post(other.clerk, "redemptions", {"code": code, "points": 10})
    phone.post("/api/v1/pay-codes")  # the phone shows a newer code meanwhile
    noon.move(seconds=90)
    paid = answer_to(phone, pending)

    assert_refused(
        again,
        409,
        "redemption.code_awaits_confirmation",
        "这个付款码的一笔付款正在等顾客在手机上确认，请稍等",
    )
    assert paid.status_code == 201, paid.json
    assert moved() == (9_000, 6_000)
    used = post(other.clerk, "redemptions", {"code": code, "points": 10})
    assert_refused(used, 409, "redemption.code_already_used")


def test_points_spent_meanwhile_are_not_there(phone, pay, moved, limits):
    limits(confirm_above_points=5_000, household_day_points=None)
    pending = asked(pay(12_000))
    pay(4_000)

    answer = answer_to(phone, pending)

    assert_refused(
        answer, 409, "redemption.not_enough_points", "积分不够，还差 1000 分。可以少付一些积分"
    )
    assert moved() == (11_000, 4_000)
    assert state(phone, pending) == "waiting"


def test_who_has_too_little_is_not_asked(app, pay, moved, limits):
    limits(household_day_points=None)
    assert_refused(pay(15_001), 409, "redemption.not_enough_points")
    with app.app_context():
        assert db.session.scalars(select(PendingPayment)).all() == []
    assert moved() == (15_000, 0)


def test_only_who_showed_the_code_answers(given, family, counter, pay, moved, mall):
    pending = asked(pay(6_000))
    relative, stranger = given.resident(family), given.resident(given.household())

    for somebody in (relative, stranger):
        for what in ("confirmation", "refusal"):
            assert_refused(answer_to(somebody, pending, what), 404, "redemption.pending_not_found")
    for somebody in (counter.clerk, mall.counter().clerk):
        assert answer_to(somebody, pending).status_code == 403
    url = f"/api/v1/pending-payments/{pending['id']}"
    assert mall.counter().clerk.get(url).status_code == 404
    assert relative.get(url).status_code == 404
    assert given.visitor().get(url).status_code == 403
    assert moved() == (15_000, 0)


def test_who_left_the_household_cannot_say_yes(
    committed, given, phone, counter, pay, moved, by_hand
):
    pending = asked(pay(6_000))
    by_hand("UPDATE bindings SET household_id = :other", other=given.household().id)

    assert_refused(answer_to(phone, pending), 409, "redemption.household_not_bound")
    assert moved() == (15_000, 0)


def test_a_shop_that_closed_meanwhile_takes_nothing(phone, counter, pay, moved):
    pending = asked(pay(6_000))
    counter.owner.patch(f"/api/v1/shops/{counter.shop_id}", json={"is_open": False})

    assert_refused(answer_to(phone, pending), 409, "redemption.shop_not_open")
    assert moved() == (15_000, 0)


def test_the_county_sets_the_limit(limits, pay):
    limits(confirm_above_points=20)
    assert pay(21).status_code == 202
    assert pay(20).status_code == 201

    limits(confirm_above_points=0)

    assert pay(1).status_code == 202


def test_a_repeat_of_the_clerk_or_the_phone_gets_the_first_answer(phone, counter, moved):
    body = {"code": phone.post("/api/v1/pay-codes").json["code"], "points": 6_000}
    first = post(counter.clerk, "redemptions", body, key="scan-0001")
    again = post(counter.clerk, "redemptions", body, key="scan-0001")
    path = f"pending-payments/{first.json['id']}/confirmation"

    yes, once_more = (post(phone, path, key="yes-00001") for _ in range(2))

    assert (first.status_code, again.status_code, first.json) == (202, 202, again.json)
    assert (yes.status_code, once_more.status_code, yes.json) == (201, 201, once_more.json)
    assert moved() == (9_000, 6_000)


def test_the_code_of_a_payment_that_was_asked_for_is_kept(app, phone, pay, noon):
    pending = asked(pay(6_000))
    noon.move(days=2)
    with app.app_context():
        forget_old_codes()

    assert state(phone, pending) == "lapsed"
