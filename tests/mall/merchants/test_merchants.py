"""Registering merchants, verifying their accounts, opening shops, naming clerks."""

import pytest
from sqlalchemy import func, select

from app.kernel.db import db
from app.register.identity.models import RoleGrant
from app.register.identity.roles import Role
from mall.merchants.accounts import open_account
from mall.merchants.models import Merchant, Shop
from mall.settlement.models import CashOut
from tests.given.http import post, user_of
from tests.given.shops import ACCOUNT
from tests.given.visits import stood_before

PAYEE = {"payee_name": "李四", "payee_account": ACCOUNT, "payee_bank": "分分县农村信用社"}
MERCHANT = {"name": "红星小卖部", "licence_number": "92990101MA0000001U", **PAYEE}
PHONE = "13800000001"


@pytest.fixture
def admin(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())


@pytest.fixture
def merchant(app, given, noon, admin):
    answer = admin.post("/api/v1/merchants", json=MERCHANT)
    assert answer.status_code == 201, answer.json
    stood_before(app, given, noon(), MERCHANT["licence_number"])
    return answer.json


def verify(client, merchant, account=ACCOUNT):
    url = f"/api/v1/merchants/{merchant['id']}/payee/verification"
    return client.post(url, json={"payee_account": account})


def test_the_account_number_is_sealed_and_never_shown(app, admin, merchant):
    shown = admin.get("/api/v1/merchants")

    assert ACCOUNT not in shown.text
    assert shown.json["items"] == [merchant]
    assert (merchant["payee_account_tail"], merchant["is_payee_verified"]) == ("0012", False)
    assert (merchant["state"], merchant["frozen_until"]) == ("active", None)
    with app.app_context():
        row = db.session.scalars(select(Merchant)).one()
        assert ACCOUNT.encode() not in row.payee_account_sealed
        assert open_account(row.payee_account_sealed, row.id) == ACCOUNT


def test_a_licence_is_registered_once(app, admin, merchant):
    answer = admin.post("/api/v1/merchants", json=MERCHANT)

    assert (answer.status_code, answer.json["code"]) == (409, "merchants.licence_taken")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Merchant)) == 1


def test_the_account_of_a_shop_that_nobody_has_seen_is_not_verified(admin, finance):
    unseen = admin.post("/api/v1/merchants", json=MERCHANT).json

    refused = verify(finance, unseen)

    assert (refused.status_code, refused.json["code"]) == (409, "merchants.not_seen")
    assert admin.get("/api/v1/merchants").json["items"] == [unseen]


def test_a_second_person_verifies_the_account(merchant, finance):
    answer = verify(finance, merchant)

    assert (answer.status_code, answer.json["is_payee_verified"]) == (200, True)


def test_no_administrator_verifies_an_account(given, admin, merchant):
    another = given.staff(Role.COUNTY_ADMIN, given.county())

    for somebody in (admin, another):
        assert verify(somebody, merchant).status_code == 403
    assert admin.get("/api/v1/merchants").json["items"][0]["is_payee_verified"] is False


def test_an_account_typed_otherwise_is_not_verified(admin, merchant, finance):
    answer = verify(finance, merchant, "6228480000000000013")

    assert (answer.status_code, answer.json["code"]) == (422, "merchants.payee_numbers_differ")
    assert answer.json["message"] == "输入的账号与登记的不一致，请对照开户证明重新输入"
    assert admin.get("/api/v1/merchants").json["items"][0]["is_payee_verified"] is False


def test_an_account_is_verified_once(merchant, finance):
    verify(finance, merchant)

    assert verify(finance, merchant).json["code"] == "merchants.payee_already_verified"


def test_an_account_that_nobody_has_verified_is_entered_anew(admin, merchant, finance):
    url = f"/api/v1/merchants/{merchant['id']}/payee"
    answer = admin.put(url, json={**PAYEE, "payee_account": "6228480000000000099"})

    assert answer.status_code == 200, answer.json
    assert (answer.json["payee_account_tail"], answer.json["is_payee_verified"]) == ("0099", False)
    assert verify(finance, merchant).json["code"] == "merchants.payee_numbers_differ"
    assert verify(finance, merchant, "6228480000000000099").json["is_payee_verified"] is True


def open_shop(admin, merchant, village_id, name="红星一店"):
    body = {
        "merchant_id": merchant["id"],
        "village_id": str(village_id),
        "name": name,
        "address": "村口",
    }
    return admin.post("/api/v1/shops", json=body)


def test_a_shop_opens_in_a_village(given, admin, merchant):
    village = given.village()

    answer = open_shop(admin, merchant, village.id)

    assert answer.status_code == 201, answer.json
    assert (answer.json["is_open"], answer.json["village_id"]) == (True, str(village.id))


def test_a_shop_opens_nowhere_else(app, given, admin, merchant):
    village = given.village()
    abroad = given.village(county_id=990102)

    for place in (village.town_id, village.group_id, abroad.id, merchant["id"]):
        answer = open_shop(admin, merchant, place)
        assert (answer.status_code, answer.json["code"]) == (404, "merchants.village_not_found")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Shop)) == 0


def test_two_shops_of_a_merchant_have_two_names(given, admin, merchant):
    village = given.village()
    open_shop(admin, merchant, village.id)

    answer = open_shop(admin, merchant, village.id)

    assert (answer.status_code, answer.json["code"]) == (409, "merchants.shop_name_taken")


def test_the_first_owner_and_the_clerk_named_by_phone_may_act(app, given, admin, merchant):
    shop_id = open_shop(admin, merchant, given.village().id).json["id"]
    named = admin.post(
        f"/api/v1/merchants/{merchant['id']}/owners", json={"phone": PHONE, "name": "李四"}
    )
    owner = given.signed_in(named.json["user_id"])
    clerk = {"phone": "13800000002", "name": "王五"}
    clerk_named = owner.post(f"/api/v1/shops/{shop_id}/clerks", json=clerk)
    clerk = given.signed_in(clerk_named.json["user_id"])

    assert (named.status_code, named.json["role"]) == (201, "merchant")
    assert (clerk_named.status_code, clerk_named.json["role"]) == (201, "clerk")
    for somebody in (owner, clerk):
        shops = somebody.get("/api/v1/shops").json["items"]
        assert [shop["id"] for shop in shops] == [shop_id]


def test_a_dismissed_clerk_serves_no_more(app, counter):
    user_id = user_of(app, counter.clerk)

    answer = counter.owner.delete(counter.url(f"clerks/{user_id}"))
    again = counter.owner.delete(counter.url(f"clerks/{user_id}"))

    assert answer.status_code == 204
    assert (again.status_code, again.json["code"]) == (404, "merchants.staff_not_found")
    assert counter.clerk.get("/api/v1/shops").status_code == 401  # the token ended with the role


def test_nobody_touches_the_shop_of_another_merchant(app, mall, counter):
    other = mall.counter()
    user_id = user_of(app, counter.clerk)

    attempts = [
        other.owner.patch(f"/api/v1/shops/{counter.shop_id}", json={"is_open": False}),
        other.owner.post(counter.url("clerks"), json={"phone": PHONE, "name": "外人"}),
        other.owner.delete(counter.url(f"clerks/{user_id}")),
        other.owner.get(counter.url("account")),
        other.clerk.get(counter.url("redemptions")),
    ]

    assert [answer.json["code"] for answer in attempts] == ["merchants.shop_not_found"] * 5
    with app.app_context():
        assert (
            db.session.scalars(select(Shop.is_open).where(Shop.id == counter.shop_id)).one() is True
        )
        clerks = (
            select(func.count())
            .select_from(RoleGrant)
            .where(RoleGrant.place_id == counter.shop_id, RoleGrant.revoked_at.is_(None))
        )
        assert db.session.scalar(clerks) == 1


def test_a_merchant_of_another_county_is_not_found(given, counter):
    stranger = given.staff(Role.COUNTY_ADMIN, given.county(990102), 990102)
    foreign_finance = given.staff(Role.FINANCE, given.county(990102), 990102)
    url = f"/api/v1/merchants/{counter.merchant_id}"

    attempts = [
        stranger.post(f"{url}/suspension"),
        stranger.delete(f"{url}/suspension"),
        stranger.put(f"{url}/payee", json=PAYEE),
        foreign_finance.post(f"{url}/payee/verification", json={"payee_account": ACCOUNT}),
        stranger.post(f"{url}/owners", json={"phone": PHONE, "name": "外人"}),
    ]

    assert [answer.json["code"] for answer in attempts] == ["merchants.merchant_not_found"] * 5
    assert stranger.get("/api/v1/merchants").json["items"] == []


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COUNTY_ADMIN}))
def test_nobody_but_the_county_registers_and_suspends(role, app, given, counter):
    somebody = given.staff(role, given.county())
    url = f"/api/v1/merchants/{counter.merchant_id}"
    shop = {"merchant_id": str(counter.merchant_id), "village_id": str(counter.village.id)}

    attempts = [
        somebody.post("/api/v1/merchants", json=MERCHANT),
        somebody.put(f"{url}/payee", json=PAYEE),
        somebody.post(f"{url}/suspension"),
        somebody.delete(f"{url}/suspension"),
        somebody.post(f"{url}/owners", json={"phone": PHONE, "name": "某人"}),
        somebody.post("/api/v1/shops", json={**shop, "name": "店", "address": "村口"}),
    ]

    assert [answer.status_code for answer in attempts] == [403] * 6
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Merchant)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("licence_number", "123"),
        ("licence_number", "92990101MA0000001O"),
        ("licence_number", "92990101MA0000001V"),
        ("payee_account", "6228-480"),
        ("payee_account", "abc"),
        ("name", ""),
        ("payee_bank", None),
        ("state", "suspended"),
    ],
)
def test_a_malformed_merchant_is_refused(field, value, app, admin):
    answer = admin.post("/api/v1/merchants", json={**MERCHANT, field: value})

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert list(answer.json["details"]["json"]) == [field]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Merchant)) == 0


def test_a_change_of_account_does_not_touch_what_was_asked_for_before(app, mall, counter, admin):
    mall.takings(counter, 100)
    asked = post(counter.owner, "cash-outs", {"amount_fen": 100}).json

    admin.put(
        f"/api/v1/merchants/{counter.merchant_id}/payee",
        json={**PAYEE, "payee_account": "6228480000000000099"},
    )

    assert counter.owner.get(f"/api/v1/cash-outs/{asked['id']}").json == asked
    with app.app_context():
        sealed = db.session.scalars(select(CashOut.payee_account_sealed)).one()
        assert open_account(sealed, counter.merchant_id) == ACCOUNT
