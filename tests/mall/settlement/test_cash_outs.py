"""A merchant asks for money, and above the limit a second person agrees."""

import pytest
from sqlalchemy import func, select

from app.kernel.db import db, transaction
from app.register.identity.roles import Role
from mall.merchants.models import Merchant
from mall.settlement.models import CASH_OUT_STEPS, CashOut, CashOutState
from mall.settlement.settings import SETTINGS
from tests.given.http import post, user_of
from tests.given.shops import ACCOUNT


def ask(counter, amount_fen, **more):
    return post(counter.owner, "cash-outs", {"amount_fen": amount_fen, **more})


@pytest.fixture
def rich(mall, counter):
    """A shop that has taken 500 points."""
    mall.takings(counter, 500)
    return counter


def assert_untouched(app, mall, counter, points=500):
    assert mall.balances(counter)["shop"] == points
    assert counter.owner.get(counter.url("account")).json["held_fen"] == 0
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CashOut)) == 0


def test_what_is_asked_for_is_held(mall, rich):
    mall.limit(300)

    answer = ask(rich, 300)

    assert answer.status_code == 201, answer.json
    assert (answer.json["state"], answer.json["amount_fen"]) == ("created", 300)
    assert (answer.json["payee_name"], answer.json["payee_account_tail"]) == ("李家小卖部", "0012")
    assert ACCOUNT not in answer.text
    account = rich.clerk.get(rich.url("account")).json
    assert (account["balance_fen"], account["held_fen"], account["available_fen"]) == (
        500,
        300,
        200,
    )
    assert mall.balances(rich)["in_flight"] == 0


def test_above_the_limit_it_waits_for_a_second_person(mall, rich):
    mall.limit(299)

    answer = ask(rich, 300)

    assert answer.json["state"] == "awaiting_release"
    assert mall.balances(rich)["shop"] == 200
    assert mall.cash_out(answer.json["id"]).due_at is None


def test_a_repeat_asks_once(mall, rich):
    body = {"amount_fen": 100}

    first = post(rich.owner, "cash-outs", body, key="cash-out-1")
    second = post(rich.owner, "cash-outs", body, key="cash-out-1")

    assert first.json == second.json
    assert mall.balances(rich)["shop"] == 400


def test_more_than_the_shop_has_is_refused(app, mall, rich):
    answer = ask(rich, 650)

    assert (answer.status_code, answer.json["code"]) == (409, "settlement.shop_balance_too_small")
    assert answer.json["message"] == "店铺可提现的余额不够，还差 1.50 元，请改小金额再试"
    assert answer.json["details"]["missing_fen"] == 150
    assert_untouched(app, mall, rich)


def test_what_is_held_cannot_be_asked_for_twice(mall, rich):
    ask(rich, 300)

    answer = ask(rich, 300)

    assert answer.json["details"]["missing_fen"] == 100
    assert mall.balances(rich)["shop"] == 200


def test_an_account_nobody_verified_is_not_paid(app, mall):
    unverified = mall.counter(is_verified=False)
    mall.takings(unverified, 500)

    answer = ask(unverified, 100)

    assert (answer.status_code, answer.json["code"]) == (409, "settlement.payee_not_verified")
    assert_untouched(app, mall, unverified)


def test_a_suspended_merchant_is_not_paid(app, mall, rich, given):
    given.staff(Role.COUNTY_ADMIN, given.county()).post(
        f"/api/v1/merchants/{rich.merchant_id}/suspension"
    )

    answer = ask(rich, 100)

    assert (answer.status_code, answer.json["code"]) == (409, "settlement.merchant_suspended")
    assert_untouched(app, mall, rich)


def test_a_second_person_releases(mall, rich, finance):
    asked = ask(rich, 300).json

    answer = post(finance, f"cash-outs/{asked['id']}/release")

    assert (answer.status_code, answer.json["state"]) == (200, "created")
    assert mall.cash_out(asked["id"]).due_at is not None
    assert mall.balances(rich)["shop"] == 200


def test_a_second_person_declines_and_the_shop_has_its_points_back(mall, rich, finance):
    asked = ask(rich, 300).json

    answer = post(finance, f"cash-outs/{asked['id']}/refusal", {"reason": "请先补交凭证"})

    assert answer.status_code == 200, answer.json
    assert (answer.json["state"], answer.json["reason"]) == ("declined", "请先补交凭证")
    assert mall.balances(rich)["shop"] == 500


def test_a_decision_is_made_once(mall, rich, finance):
    asked = ask(rich, 300).json
    post(finance, f"cash-outs/{asked['id']}/release")

    again = post(finance, f"cash-outs/{asked['id']}/release")
    too_late = post(finance, f"cash-outs/{asked['id']}/refusal", {"reason": "不同意"})

    assert (again.status_code, again.json["code"]) == (409, "decisions.decided")
    assert too_late.status_code == 409
    assert mall.balances(rich)["shop"] == 200
    assert mall.cash_out(asked["id"]).state is CashOutState.CREATED


def test_nobody_releases_what_they_asked_for(app, mall, rich, given):
    asked = ask(rich, 300).json
    given.grant(user_of(app, rich.owner), Role.FINANCE, given.county())

    released = post(rich.owner, f"cash-outs/{asked['id']}/release")
    declined = post(rich.owner, f"cash-outs/{asked['id']}/refusal", {"reason": "x"})

    assert (released.status_code, released.json["code"]) == (403, "trust.same_person")
    assert declined.status_code == 403
    assert mall.cash_out(asked["id"]).state is CashOutState.AWAITING_RELEASE
    assert mall.balances(rich)["shop"] == 200


def test_finance_of_another_area_sees_and_releases_nothing(mall, rich, given):
    asked = ask(rich, 300).json
    elsewhere = given.staff(Role.FINANCE, given.village().town_id)

    released = post(elsewhere, f"cash-outs/{asked['id']}/release")

    assert (released.status_code, released.json["code"]) == (404, "settlement.cash_out_not_found")
    assert elsewhere.get(f"/api/v1/cash-outs/{asked['id']}").status_code == 404
    assert elsewhere.get("/api/v1/cash-outs").json == {"items": [], "next": None}
    assert mall.cash_out(asked["id"]).state is CashOutState.AWAITING_RELEASE


def test_a_release_of_a_merchant_suspended_since_is_refused(mall, rich, given, finance):
    asked = ask(rich, 300).json
    given.staff(Role.COUNTY_ADMIN, given.county()).post(
        f"/api/v1/merchants/{rich.merchant_id}/suspension"
    )

    answer = post(finance, f"cash-outs/{asked['id']}/release")

    assert answer.json["code"] == "settlement.merchant_suspended"
    assert mall.cash_out(asked["id"]).state is CashOutState.AWAITING_RELEASE


def test_a_merchant_sees_its_own_cash_outs_only(mall, rich, finance):
    mine = ask(rich, 100).json
    other = mall.counter()

    for client, flags in ((rich.owner, None), (finance, 0)):
        (seen,) = client.get("/api/v1/cash-outs").json["items"]
        assert {name: seen[name] for name in mine} == mine
        assert seen["open_flags"] == flags
    assert rich.owner.get(f"/api/v1/cash-outs/{mine['id']}").json == mine
    assert other.owner.get("/api/v1/cash-outs").json == {"items": [], "next": None}
    assert other.owner.get(f"/api/v1/cash-outs/{mine['id']}").status_code == 404


def test_a_merchant_cannot_cash_out_anothers_shop(app, mall, rich):
    other = mall.counter()

    answer = ask(other, 100, shop_id=str(rich.shop_id))

    assert (answer.status_code, answer.json["code"]) == (404, "merchants.shop_not_found")
    assert_untouched(app, mall, rich)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MERCHANT}))
def test_nobody_but_the_merchant_asks(role, app, given, mall, rich):
    somebody = given.staff(role, given.county())

    answer = post(somebody, "cash-outs", {"amount_fen": 100, "shop_id": str(rich.shop_id)})

    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert_untouched(app, mall, rich)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE}))
def test_nobody_but_finance_decides(role, given, mall, rich):
    asked = ask(rich, 300).json
    place = rich.merchant_id if role is Role.MERCHANT else given.county()
    somebody = given.staff(role, place)

    released = post(somebody, f"cash-outs/{asked['id']}/release")
    declined = post(somebody, f"cash-outs/{asked['id']}/refusal", {"reason": "x"})

    assert (released.status_code, declined.status_code) == (403, 403)
    assert mall.cash_out(asked["id"]).state is CashOutState.AWAITING_RELEASE


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"amount_fen": 0},
        {"amount_fen": -1},
        {"amount_fen": 1.5},
        {"amount_fen": "100"},
        {"amount_fen": 10**12 + 1},
        {"amount_fen": 100, "shop_id": 7},
        {"amount_fen": 1, "x": 2},
    ],
)
def test_a_malformed_request_is_refused(body, app, mall, rich):
    answer = post(rich.owner, "cash-outs", body)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert_untouched(app, mall, rich)


def test_a_request_without_a_key_or_a_person_is_refused(app, mall, rich):
    keyless = rich.owner.post("/api/v1/cash-outs", json={"amount_fen": 100})

    assert keyless.json["code"] == "idempotency.key_missing"
    assert post(app.test_client(), "cash-outs", {"amount_fen": 100}).status_code == 401
    assert_untouched(app, mall, rich)


def test_only_listed_steps_are_taken():
    ends = {state for state, nexts in CASH_OUT_STEPS.items() if not nexts}
    assert set(CASH_OUT_STEPS) == set(CashOutState)
    assert ends == {CashOutState.RETURNED, CashOutState.REJECTED, CashOutState.DECLINED}

    cash_out = CashOut(state=CashOutState.REJECTED)
    with pytest.raises(AssertionError, match="does not go from rejected to submitting"):
        cash_out.step_to(CashOutState.SUBMITTING)
    assert cash_out.state is CashOutState.REJECTED


# The limit of a day ---------------------------------------------------------------------------


@pytest.fixture
def day_limit(given, counter):
    """Each merchant may ask for 3 yuan a day."""
    given.setting(SETTINGS, cash_out_day_limit_fen=300)


def test_a_merchant_asks_for_no_more_than_the_limit_of_a_day(mall, counter, day_limit, noon):
    mall.limit(1000)
    mall.takings(counter, 900)
    assert post(counter.owner, "cash-outs", {"amount_fen": 200}).status_code == 201

    refused = post(counter.owner, "cash-outs", {"amount_fen": 101})

    assert (refused.status_code, refused.json["code"]) == (409, "settlement.day_limit_reached")
    assert refused.json["message"] == (
        "每天最多提现 3.00 元，今天还可以提现 1.00 元，请改小金额或明天再试"
    )
    assert mall.balances(counter)["shop"] == 700
    assert post(counter.owner, "cash-outs", {"amount_fen": 100}).status_code == 201
    noon.move(days=1)
    assert post(counter.owner, "cash-outs", {"amount_fen": 300}).status_code == 201


def test_what_was_declined_does_not_count_for_the_limit(mall, counter, day_limit, finance):
    mall.limit(0)
    mall.takings(counter, 900)
    asked = post(counter.owner, "cash-outs", {"amount_fen": 300})
    assert (
        post(finance, f"cash-outs/{asked.json['id']}/refusal", {"reason": "重复"}).status_code
        == 200
    )

    assert post(counter.owner, "cash-outs", {"amount_fen": 300}).status_code == 201


def test_the_limit_counts_for_each_merchant_alone_and_can_be_lifted(
    given, mall, counter, day_limit
):
    mall.limit(1000)
    other = mall.counter()
    for one in (counter, other):
        mall.takings(one, 900)
        assert post(one.owner, "cash-outs", {"amount_fen": 300}).status_code == 201
        assert post(one.owner, "cash-outs", {"amount_fen": 1}).status_code == 409

    given.setting(SETTINGS, cash_out_day_limit_fen=None)

    assert post(counter.owner, "cash-outs", {"amount_fen": 600}).status_code == 201


@pytest.fixture
def new(app, mall, counter, noon):
    """A shop with 2,000 yuan whose account was verified this moment."""
    mall.takings(counter, 200_000)
    with app.app_context(), transaction():
        merchant = db.session.get_one(Merchant, counter.merchant_id)
        merchant.first_verified_at = merchant.payee_verified_at = noon()
    return counter


def test_a_new_merchant_is_paid_from_the_fourth_day_on(app, mall, new, noon):
    answer = ask(new, 100)

    assert (answer.status_code, answer.json["code"]) == (409, "settlement.payee_frozen")
    assert answer.json["message"].startswith("收款账户刚登记或刚换过，为了资金安全，2026-06-04")
    assert_untouched(app, mall, new, 200_000)
    noon.move(days=3)
    assert ask(new, 100).status_code == 201


def test_a_new_merchant_asks_for_five_hundred_yuan_a_day_in_its_first_month(mall, new, noon):
    noon.move(days=29)
    assert ask(new, 40_000).status_code == 201

    answer = ask(new, 10_001)

    assert (answer.status_code, answer.json["code"]) == (409, "settlement.new_merchant_day_limit")
    assert answer.json["message"] == (
        "新商户头三十天每天最多提现 500.00 元，今天还可以提现 100.00 元。请改小金额或明天再试"
    )
    assert mall.balances(new)["shop"] == 160_000
    noon.move(days=1)
    assert ask(new, 50_001).status_code == 201


def test_a_merchant_asks_for_two_thousand_yuan_a_day_unless_the_county_says_more(
    app, mall, counter
):
    mall.takings(counter, 200_001)

    answer = ask(counter, 200_001)

    assert (answer.status_code, answer.json["code"]) == (409, "settlement.day_limit_reached")
    assert_untouched(app, mall, counter, 200_001)
    assert ask(counter, 200_000).status_code == 201
