"""The shop takes a redemption back on the same day; later only the staff can."""

from datetime import UTC, datetime

import pytest

from app.kernel.db import transaction
from app.points import ledger
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post

WHY = {"reason": "other", "note": "顾客退货"}


def void(client, redemption_id, reason=WHY):
    return post(client, f"redemptions/{redemption_id}/void", reason)


def test_the_points_go_back_and_the_household_is_told(phone, counter, pay, moved):
    paid = pay(700).json

    gone = void(counter.clerk, paid["id"])

    assert gone.status_code == 200, gone.json
    assert (gone.json["state"], gone.json["void_reason"]) == ("void", "顾客退货")
    assert moved() == (15_000, 0)
    assert phone.get("/api/v1/redemptions").json["items"] == [gone.json]
    told = phone.get("/api/v1/notices").json["items"]
    assert "商店当天撤销了您家的一笔兑换，700 分已经回到您家的积分里" in {
        one["sentence"] for one in told
    }
    slip = phone.get(f"/api/v1/redemptions/{paid['id']}/slip?format=html").get_data(as_text=True)
    assert "已撤销 2026-06-01 12:00<br>顾客退货" in slip


def test_the_subsidy_goes_back_to_its_funder(counter, pay, moved, office):
    funder = office.funder(5_000)
    office.campaign(funder)
    paid = pay(700, price_fen=1_400).json
    assert (moved(), office.left(funder)) == ((14_300, 1_400), 4_300)

    assert void(counter.owner, paid["id"]).status_code == 200

    assert (moved(), office.left(funder)) == ((15_000, 0), 5_000)


def test_it_is_taken_back_once(counter, pay, moved):
    paid = pay(700).json
    void(counter.clerk, paid["id"])

    assert_refused(void(counter.clerk, paid["id"]), 409, "redemption.already_void")
    assert moved() == (15_000, 0)


@pytest.mark.parametrize(
    ("paid_at", "tried_at", "status"),
    [
        (datetime(2026, 6, 1, 15, 59, tzinfo=UTC), datetime(2026, 6, 1, 16, 0, tzinfo=UTC), 409),
        (datetime(2026, 5, 31, 16, 0, tzinfo=UTC), datetime(2026, 6, 1, 15, 59, tzinfo=UTC), 200),
    ],
)
def test_the_day_is_chinas(paid_at, tried_at, status, phone, counter, pay, moved, noon):
    noon.at = paid_at
    paid = pay(700).json
    code = phone.get(f"/api/v1/redemptions/{paid['id']}/code").json["code"]
    noon.at = tried_at

    answer = void(counter.clerk, paid["id"], WHY | {"code": code})

    assert answer.status_code == status
    if status == 409:
        assert_refused(
            answer,
            409,
            "redemption.void_too_late",
            "只能撤销当天的兑换，以前的请联系县里的工作人员",
        )
    assert moved() == ((14_300, 700) if status == 409 else (15_000, 0))


def test_a_shop_that_has_cashed_the_points_cannot_give_them_back(app, counter, pay, moved, noon):
    paid = pay(700).json
    with app.app_context(), transaction():
        ledger.hold(
            county_id=COUNTY,
            reference="cash_out:1",
            decided_at=noon(),
            kind=ledger.TransferKind.CASH_OUT,
            debit=ledger.shop(counter.shop_id),
            credit=ledger.payout_in_flight(),
            amount=600,
            expires_at=None,
        )

    answer = void(counter.clerk, paid["id"])

    assert_refused(answer, 409, "redemption.shop_has_too_little")
    assert answer.json["message"].startswith("店铺余额不够退回，还差 600 分。")
    assert moved() == (14_300, 100)
    assert counter.clerk.get(counter.url("redemptions")).json["items"][0]["state"] == "paid"


def test_only_the_shop_that_took_it_takes_it_back(given, phone, pay, mall, moved):
    paid = pay(700).json

    other = mall.counter()
    assert_refused(void(other.clerk, paid["id"]), 404, "redemption.not_found")
    assert_refused(void(other.owner, paid["id"]), 404, "redemption.not_found")
    assert void(phone, paid["id"]).status_code == 403
    assert void(given.visitor(), paid["id"]).status_code == 403
    assert moved() == (14_300, 700)


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 101}, {"reason": 1}, []])
def test_a_reason_is_asked_for(body, counter, pay, moved):
    paid = pay(700).json

    assert_refused(void(counter.clerk, paid["id"], body), 422, "invalid_request")
    assert moved() == (14_300, 700)


def test_a_payment_by_the_shops_code_is_taken_back_as_well(phone, counter, moved):
    code = counter.owner.post(counter.url("code")).json["code"]
    paid = post(phone, "shop-codes/payments", {"code": code, "points": 50}).json

    assert void(counter.clerk, paid["id"]).status_code == 200
    assert moved() == (15_000, 0)


def test_the_shops_statement_says_void(counter, pay):
    void(counter.clerk, pay(700).json["id"])

    told = counter.owner.get(counter.url("statement?from=2026-06-01&to=2026-06-01")).json

    assert sorted((m["words"], m["amount_fen"]) for m in told["movements"]) == [
        ("撤销兑换", -700),
        ("村民兑换", 700),
    ]


NEEDS_CUSTOMER = (409, "redemption.void_needs_customer")


def test_after_ten_minutes_the_customer_must_stand_there(given, phone, counter, pay, moved, noon):
    paid = pay(700).json
    code = phone.get(f"/api/v1/redemptions/{paid['id']}/code").json["code"]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    noon.move(minutes=10)

    assert_refused(void(counter.clerk, paid["id"]), *NEEDS_CUSTOMER)
    assert_refused(void(counter.clerk, paid["id"], WHY | {"code": wrong}), *NEEDS_CUSTOMER)
    stranger = given.resident(given.household())
    assert stranger.get(f"/api/v1/redemptions/{paid['id']}/code").status_code == 404
    assert moved() == (14_300, 700)

    assert void(counter.clerk, paid["id"], WHY | {"code": code}).status_code == 200
    assert moved() == (15_000, 0)


def test_wrong_void_codes_are_braked(counter, pay, moved, noon):
    paid = pay(700).json
    noon.move(minutes=10)
    for _ in range(5):
        assert_refused(void(counter.clerk, paid["id"]), *NEEDS_CUSTOMER)

    braked = void(counter.clerk, paid["id"])

    assert_refused(braked, 429, "redemption.too_many_wrong_void_codes")
    assert moved() == (14_300, 700)


def test_the_owner_is_told_of_what_a_clerk_takes_back(counter, pay):
    paid, own = pay(700).json, pay(300).json
    void(counter.clerk, paid["id"])
    void(counter.owner, own["id"])

    told = counter.owner.get("/api/v1/notices").json["items"]

    assert [one["sentence"] for one in told] == [
        f"“{paid['shop_name']}”今天撤销了一笔 700 分的收款。不是您的意思，请马上问店员"
    ]
