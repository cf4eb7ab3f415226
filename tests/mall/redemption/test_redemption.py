"""Paying at a shop with a one-time code, through the HTTP API."""

import re

import pytest
from sqlalchemy import func, select, update

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.points import ledger
from app.register.households.models import Binding
from app.register.identity.roles import Role
from mall.redemption.models import PayCode, Redemption
from tests.given.away import no_valkey
from tests.given.http import post
from tests.given.proposals import agree


@pytest.fixture
def family(given):
    return given.household(points=100)


@pytest.fixture
def phone(given, family):
    return given.resident(family)


def new_code(phone):
    answer = phone.post("/api/v1/pay-codes")
    assert answer.status_code == 201, answer.json
    return answer.json


def pay(client, code, points=30, **more):
    return post(client, "redemptions", {"code": code["code"], "points": points, **more})


def assert_nothing_moved(given, family, counter, points=100):
    assert given.spendable(family) == points
    assert given.balance(ledger.shop(counter.shop_id)) == 0


def assert_refused(answer, status, code, message):
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    assert answer.json["message"] == message


def test_points_move_from_the_household_to_the_shop(given, family, phone, counter):
    answer = pay(counter.clerk, new_code(phone))

    assert answer.status_code == 201, answer.json
    assert answer.json["points"] == 30
    assert answer.json["state"] == "paid"
    assert answer.json["shop_id"] == str(counter.shop_id)
    assert given.spendable(family) == 70
    assert given.balance(ledger.shop(counter.shop_id)) == 30


def test_the_owner_may_serve_at_the_counter(given, family, phone, counter):
    answer = pay(counter.owner, new_code(phone))

    assert answer.status_code == 201, answer.json
    assert given.spendable(family) == 70


def test_typed_digits_pay_like_the_code(given, family, phone, counter):
    digits = new_code(phone)["digits"]

    body = {"digits": f"{digits[:4]} {digits[4:8]} {digits[8]}", "points": 100}
    answer = post(counter.clerk, "redemptions", body)

    assert answer.status_code == 201, answer.json
    assert given.spendable(family) == 0


def test_digits_typed_in_full_width_pay_like_the_code(given, family, phone, counter):
    digits = new_code(phone)["digits"]
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in digits)

    answer = post(counter.clerk, "redemptions", {"digits": wide, "points": 100})

    assert answer.status_code == 201, answer.json
    assert given.spendable(family) == 0


def test_both_sides_see_the_payment(phone, counter):
    paid = pay(counter.clerk, new_code(phone)).json

    household = phone.get("/api/v1/redemptions").json
    shop = counter.clerk.get(counter.url("redemptions")).json
    status = phone.get("/api/v1/pay-codes/current").json

    assert household == {"items": [paid], "next": None}
    (seen,) = shop["items"]
    assert {name: seen[name] for name in paid} == paid
    assert (seen["line_count"], seen["is_by_proxy"], shop["next"]) == (0, False, None)
    assert (status["state"], status["redemption"]) == ("paid", paid)


def test_lists_go_on_page_by_page(phone, counter, noon):
    paid = []
    for _ in range(3):
        noon.move(seconds=1)
        paid.append(pay(counter.clerk, new_code(phone), points=1).json["id"])

    first = phone.get("/api/v1/redemptions?limit=2").json
    second = phone.get(f"/api/v1/redemptions?limit=2&before={first['next']}").json

    assert [row["id"] for row in first["items"]] == [paid[2], paid[1]]
    assert [row["id"] for row in second["items"]] == [paid[0]]
    assert second["next"] is None


def test_the_shop_sees_its_day(phone, counter, noon):
    pay(counter.clerk, new_code(phone), points=30)
    pay(counter.clerk, new_code(phone), points=12)

    today = counter.clerk.get(counter.url("account")).json
    noon.move(days=1)
    tomorrow = counter.clerk.get(counter.url("account")).json

    balances = {"balance_fen": 42, "held_fen": 0, "available_fen": 42}
    by_funders = {"today_subsidy_fen": 0}
    waits = {"orders_open": 0, "orders_to_hand_out": 0, "substitutes_unanswered": 0}
    limits = {"day_limit_left_fen": 200_000, "frozen_until": None, "why_not": None}
    said = {**balances, **by_funders, **waits, **limits}
    assert today == {**said, "today_count": 2, "today_points": 42}
    assert tomorrow == {**said, "today_count": 0, "today_points": 0}


def test_a_repeat_answers_as_the_first_time_and_pays_once(given, family, phone, counter, noon):
    body = {"code": new_code(phone)["code"], "points": 30}

    first = post(counter.clerk, "redemptions", body, key="scan-0001")
    noon.move(minutes=5)
    second = post(counter.clerk, "redemptions", body, key="scan-0001")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert given.spendable(family) == 70


def test_a_key_used_for_another_amount_is_refused(given, family, phone, counter):
    code = new_code(phone)["code"]
    post(counter.clerk, "redemptions", {"code": code, "points": 30}, key="scan-0001")

    answer = post(counter.clerk, "redemptions", {"code": code, "points": 31}, key="scan-0001")

    assert (answer.status_code, answer.json["code"]) == (409, "idempotency.key_reused")
    assert given.spendable(family) == 70


def test_a_second_use_is_refused(given, family, phone, counter):
    code = new_code(phone)
    pay(counter.clerk, code)

    answer = pay(counter.clerk, code)

    assert_refused(
        answer,
        409,
        "redemption.code_already_used",
        "这个付款码已使用，积分没有再扣。请让顾客刷新付款码",
    )
    assert answer.json["details"] == {}
    assert given.spendable(family) == 70
    assert given.balance(ledger.shop(counter.shop_id)) == 30


def test_a_code_another_shop_has_used_is_refused_without_saying_whose(
    given, family, phone, counter, mall
):
    code = new_code(phone)
    pay(counter.clerk, code)
    other = mall.counter()

    answer = pay(other.clerk, code)

    assert answer.json["code"] == "redemption.code_already_used"
    assert answer.json["details"] == {}
    assert given.balance(ledger.shop(other.shop_id)) == 0
    assert given.spendable(family) == 70


@pytest.mark.parametrize(("seconds", "status"), [(60, 201), (74, 201), (75, 409)])
def test_a_code_pays_for_a_minute_and_a_moment_of_grace(
    seconds, status, given, family, phone, counter, noon
):
    code = new_code(phone)
    noon.move(seconds=seconds)

    answer = pay(counter.clerk, code)

    assert answer.status_code == status, answer.json
    assert given.spendable(family) == (70 if status == 201 else 100)


def test_an_expired_code_is_refused(given, family, phone, counter, noon):
    code = new_code(phone)
    noon.move(minutes=2)

    answer = pay(counter.clerk, code)

    assert_refused(answer, 409, "redemption.code_expired", "付款码已过期，请让顾客刷新付款码")
    assert_nothing_moved(given, family, counter)
    assert phone.get("/api/v1/pay-codes/current").json["state"] == "expired"


def test_a_new_code_ends_the_older_one(given, family, phone, counter):
    older, newer = new_code(phone), new_code(phone)

    refused, paid = pay(counter.clerk, older), pay(counter.clerk, newer)

    assert refused.json["code"] == "redemption.code_expired"
    assert paid.status_code == 201
    assert given.spendable(family) == 70


def test_too_few_points_says_how_much_is_missing_and_leaves_the_code_usable(
    given, family, phone, counter
):
    code = new_code(phone)

    answer = pay(counter.clerk, code, points=130)

    assert_refused(
        answer,
        409,
        "redemption.not_enough_points",
        "积分不够，还差 30 分。可以少付一些积分",
    )
    assert answer.json["details"] == {"missing": 30, "needed": 130}
    assert_nothing_moved(given, family, counter)
    assert pay(counter.clerk, code, points=100).status_code == 201


def test_points_that_expire_first_are_spent_first(given, family, phone, counter, app):
    from datetime import date

    given.points(family, 50, expires_on=date(2026, 12, 31))
    given.points(family, 25, expires_on=None)

    pay(counter.clerk, new_code(phone), points=60)

    left = {
        last_day: given.balance(ledger.household(family.id, last_day))
        for last_day in (date(2026, 12, 31), date(2027, 3, 31), None)
    }
    assert left == {date(2026, 12, 31): 0, date(2027, 3, 31): 90, None: 25}


def test_an_unknown_code_is_refused(given, family, counter):
    answer = pay(counter.clerk, {"code": "FEN1." + "a" * 22})

    assert_refused(
        answer,
        404,
        "redemption.code_not_found",
        "没有找到这个付款码，请让顾客刷新付款码再扫一次",
    )
    assert_nothing_moved(given, family, counter)


@pytest.mark.parametrize("text", ["weixin://pay", "FEN1.short", "１２３４５６７８９", "null"])
def test_what_is_no_code_of_ours_is_refused(text, counter):
    assert pay(counter.clerk, {"code": text}).status_code in {404, 422}


def test_a_code_of_another_county_is_unknown(given, mall, counter):
    stranger = given.household(
        points=100, village=given.village(county_id=990102), county_id=990102
    )
    code = new_code(given.resident(stranger, county_id=990102))

    answer = pay(counter.clerk, code)

    assert answer.json["code"] == "redemption.code_not_found"
    assert given.spendable(stranger, county_id=990102) == 100


def test_a_clerk_cannot_name_a_shop_where_they_do_not_serve(given, family, phone, counter, mall):
    other = mall.counter()

    answer = pay(counter.clerk, new_code(phone), shop_id=str(other.shop_id))

    assert_refused(answer, 404, "merchants.shop_not_found", "没有找到这家店，请选择您工作的店铺")
    assert_nothing_moved(given, family, counter)
    assert given.balance(ledger.shop(other.shop_id)) == 0


def test_who_serves_at_two_shops_names_one(given, family, phone, counter, mall, app):
    from tests.given.http import user_of

    other = mall.counter()
    given.grant(user_of(app, counter.clerk), Role.CLERK, other.shop_id)
    code = new_code(phone)

    unnamed = pay(counter.clerk, code)
    named = pay(counter.clerk, code, shop_id=str(other.shop_id))

    assert unnamed.json["code"] == "merchants.shop_not_named"
    assert named.status_code == 201
    assert given.balance(ledger.shop(other.shop_id)) == 30


def test_a_closed_shop_takes_no_points(given, family, phone, counter):
    closed = counter.owner.patch(f"/api/v1/shops/{counter.shop_id}", json={"is_open": False})

    answer = pay(counter.clerk, new_code(phone))

    assert closed.json["is_open"] is False
    assert_refused(
        answer,
        409,
        "redemption.shop_not_open",
        "这家店现在不能收积分，请联系县里的工作人员",
    )
    assert_nothing_moved(given, family, counter)


def test_a_suspended_merchant_takes_no_points_until_reinstated(given, family, phone, counter):
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    url = f"/api/v1/merchants/{counter.merchant_id}/suspension"
    code = new_code(phone)

    admin.post(url)
    refused = pay(counter.clerk, code)
    proposed = admin.delete(url)
    waiting = pay(counter.clerk, code)
    agree(given.staff(Role.FINANCE, given.county()), proposed.json["id"])
    paid = pay(counter.clerk, code)

    assert refused.json["code"] == waiting.json["code"] == "redemption.shop_not_open"
    assert paid.status_code == 201
    assert given.spendable(family) == 70


def test_who_left_the_household_cannot_pay_with_its_points(
    app, given, family, phone, counter, noon
):
    code = new_code(phone)
    with app.app_context(), transaction():
        db.session.execute(update(Binding).values(ended_at=noon()))

    answer = pay(counter.clerk, code)

    assert answer.json["code"] == "redemption.household_not_bound"
    assert_nothing_moved(given, family, counter)


def test_more_than_the_limit_at_once_is_refused(given, family, phone, counter):
    answer = pay(counter.clerk, new_code(phone), points=20_001)

    assert_refused(answer, 422, "redemption.points_over_limit", "一次最多收 20000 分，请分几次收")
    assert_nothing_moved(given, family, counter)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"points": 30},
        {"code": "FEN1.x"},
        {"code": "FEN1.x", "digits": "123456782", "points": 30},
        {"code": "FEN1.x", "points": 0},
        {"code": "FEN1.x", "points": -5},
        {"code": "FEN1.x", "points": 1.5},
        {"code": "FEN1.x", "points": "30"},
        {"code": "", "points": 30},
        {"digits": "12", "points": 30},
        {"digits": "12345678a", "points": 30},
        {"code": "FEN1.x", "points": 30, "shop_id": "here"},
        {"code": "FEN1.x", "points": 30, "household_id": "x"},
        [],
    ],
)
def test_a_malformed_request_is_refused(body, given, family, counter):
    answer = post(counter.clerk, "redemptions", body)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert_nothing_moved(given, family, counter)


def test_a_request_without_a_key_is_refused(given, family, phone, counter):
    code = new_code(phone)["code"]

    answer = counter.clerk.post("/api/v1/redemptions", json={"code": code, "points": 30})

    assert answer.json["code"] == "idempotency.key_missing"
    assert_nothing_moved(given, family, counter)


ROLES_THAT_DO_NOT_SERVE = sorted(
    set(Role) - {Role.CLERK, Role.MERCHANT, Role.RESIDENT, Role.LIAISON, Role.VISITOR}
)


@pytest.mark.parametrize("role", ROLES_THAT_DO_NOT_SERVE)
def test_no_other_role_takes_points(role, given, family, phone, counter):
    somebody = given.staff(role, given.county())

    answer = pay(somebody, new_code(phone))

    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert_nothing_moved(given, family, counter)


def test_residents_and_strangers_take_no_points(app, given, family, phone, counter):
    code = new_code(phone)

    assert pay(phone, code).status_code == 403
    assert pay(given.visitor(), code).status_code == 403
    assert pay(app.test_client(), code).status_code == 401
    assert_nothing_moved(given, family, counter)


def test_only_a_bound_resident_has_a_pay_code(app, given, counter):
    assert given.visitor().post("/api/v1/pay-codes").status_code == 403
    assert counter.clerk.post("/api/v1/pay-codes").status_code == 403
    assert app.test_client().post("/api/v1/pay-codes").status_code == 401
    assert counter.clerk.get("/api/v1/pay-codes/current").status_code == 403
    assert counter.clerk.get("/api/v1/redemptions").status_code == 403


def test_a_code_hides_who_and_how_much_and_is_never_stored(app, phone, family):
    code = new_code(phone)

    assert re.fullmatch(r"FEN1\.[0-9A-Za-z]{22}", code["code"])
    assert re.fullmatch(r"\d{9}", code["digits"])
    with app.app_context():
        stored = db.session.scalars(select(PayCode)).one()
        assert len(stored.digest) == len(stored.digits_digest) == 32
        assert code["code"].encode() not in stored.digest
    assert code["expires_at"] == "2026-06-01T04:01:00+00:00"


def test_a_phone_without_a_code_is_told_so(phone):
    answer = phone.get("/api/v1/pay-codes/current")

    assert (answer.status_code, answer.json["code"]) == (404, "redemption.code_not_found")


def test_a_waiting_code_says_so(phone):
    code = new_code(phone)

    status = phone.get("/api/v1/pay-codes/current").json

    nothing_yet = {"redemption": None, "pending": None}
    assert status == {"state": "waiting", "expires_at": code["expires_at"], **nothing_yet}


def test_a_slip_of_one_digit_is_noticed_and_not_counted(given, family, phone, counter):
    digits = new_code(phone)["digits"]
    wrong = f"{(int(digits[0]) + 1) % 10}{digits[1:]}"

    for _ in range(7):
        answer = post(counter.clerk, "redemptions", {"digits": wrong, "points": 30})
        assert_refused(
            answer,
            422,
            "redemption.digits_mistyped",
            "付款数字输错了，请对照顾客的手机再输一遍",
        )
    paid = post(counter.clerk, "redemptions", {"digits": digits, "points": 30})

    assert paid.status_code == 201
    assert given.spendable(family) == 70


def test_five_wrong_tries_stop_typing_at_this_shop_for_a_minute_and_never_scanning(
    given, family, phone, counter, mall, app
):
    other = mall.counter()
    code = new_code(phone)
    guesses = ["000000000", "000000018", "000000026", "000000034", "000000042"]
    tries = [
        post(counter.clerk, "redemptions", {"digits": guess, "points": 1}).json["code"]
        for guess in guesses
    ]

    blocked = post(counter.clerk, "redemptions", {"digits": code["digits"], "points": 30})
    scanned = pay(counter.clerk, code)
    elsewhere = post(other.clerk, "redemptions", {"digits": new_code(phone)["digits"], "points": 5})

    assert tries == ["redemption.code_not_found"] * 5
    assert_refused(
        blocked,
        429,
        "redemption.too_many_wrong_digits",
        "输错次数太多，请等一分钟再输，或直接扫顾客的付款码",
    )
    assert scanned.status_code == 201
    assert elsewhere.status_code == 201
    assert given.spendable(family) == 65
    key = f"tries:pay_code:{counter.shop_id}"
    assert 0 < app.extensions["redis"].ttl(key) <= 60


def test_digits_that_pay_are_no_wrong_tries(given, family, phone, counter):
    for _ in range(8):
        body = {"digits": new_code(phone)["digits"], "points": 1}
        assert post(counter.clerk, "redemptions", body).status_code == 201

    assert given.spendable(family) == 92


def test_without_redis_scanning_pays_and_typing_is_refused(
    app, given, family, phone, counter, monkeypatch
):
    code = new_code(phone)
    monkeypatch.setitem(app.extensions, "redis", no_valkey())

    typed = post(counter.clerk, "redemptions", {"digits": code["digits"], "points": 30})
    scanned = pay(counter.clerk, code)

    assert_refused(
        typed,
        503,
        "redemption.digits_unavailable",
        "暂时不能手工输入数字，请扫顾客的付款码",
    )
    assert scanned.status_code == 201
    assert given.spendable(family) == 70


def test_a_payment_is_on_the_record(app, phone, counter):
    paid = pay(counter.clerk, new_code(phone)).json

    with app.app_context():
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "redemption.redeem")
        ).one()
        assert (event.subject_id, event.details["points"]) == (paid["id"], 30)


def test_unused_codes_are_forgotten_after_a_day_and_paid_ones_kept(app, phone, counter, noon):
    from mall.redemption.jobs import forget_old_codes

    pay(counter.clerk, new_code(phone))
    new_code(phone)
    noon.move(hours=25)
    new_code(phone)

    with app.app_context():
        forget_old_codes()
        left = db.session.scalar(select(func.count()).select_from(PayCode))
        paid = db.session.scalar(select(func.count()).select_from(Redemption))

    assert (left, paid) == (2, 1)
