"""Whoever wants to become a merchant applies; two people decide before it takes points."""

import pytest
from sqlalchemy import func, select

from app.kernel.db import db
from app.kernel.secrets import vault
from app.register.identity.models import RoleGrant
from app.register.identity.roles import Role
from mall.merchants import applications
from mall.merchants.accounts import open_account
from mall.merchants.models import Merchant, MerchantApplication
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of
from tests.given.persons import NUMBERS
from tests.given.shops import ACCOUNT
from tests.given.uploads import upload
from tests.given.visits import stood_before

PHONE = "13800000001"
BODY = {
    "name": "红星小卖部",
    "licence_number": "92990101MA0000001U",
    "contact_phone": PHONE,
    "payee_name": "李四",
    "payee_account": ACCOUNT,
    "payee_bank": "分分县农村信用社",
}


@pytest.fixture
def admin(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())


@pytest.fixture
def second(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())


@pytest.fixture
def applicant(given):
    return given.visitor()


@pytest.fixture
def unseen(applicant):
    """An application for a shop that nobody has been to."""
    answer = post(applicant, "merchant-applications", BODY)
    assert answer.status_code == 201, answer.json
    return answer.json


@pytest.fixture
def application(app, given, noon, unseen):
    """One of which somebody of the town has shown the front."""
    stood_before(app, given, noon(), BODY["licence_number"])
    return unseen


def decide(client, application, what, body=None):
    return post(client, f"merchant-applications/{application['id']}/{what}", body)


def verify(client, merchant_id, account=ACCOUNT):
    return post(client, f"merchants/{merchant_id}/payee/verification", {"payee_account": account})


def state(admin) -> list[str]:
    return [merchant["state"] for merchant in admin.get("/api/v1/merchants").json["items"]]


def test_phone_and_account_are_sealed_and_shown_in_part(app, admin, applicant, application):
    listed = admin.get("/api/v1/merchant-applications")
    own = applicant.get("/api/v1/merchant-applications/own")

    assert listed.json["items"] == own.json["items"] == [application]
    assert (application["state"], application["contact_phone"]) == ("applied", "138****0001")
    assert application["payee_account_tail"] == "0012"
    for answer in (listed, own):
        assert PHONE not in answer.text
        assert ACCOUNT not in answer.text
    with app.app_context():
        row = db.session.scalars(select(MerchantApplication)).one()
        assert vault().unseal(row.contact_phone_sealed, "merchant_phone") == PHONE
        assert open_account(row.payee_account_sealed, row.id) == ACCOUNT
    whole = decide(admin, application, "contact-phone")
    assert whole.json == {"contact_phone": PHONE}


def test_an_account_typed_in_full_width_and_in_groups_is_the_digits_that_the_bank_knows(
    app, applicant
):
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in ACCOUNT)

    answer = post(
        applicant,
        "merchant-applications",
        BODY
        | {"payee_account": f"{wide[:4]}　{wide[4:]}", "licence_number": "9299 0101MA0000001u"},
    )

    assert answer.status_code == 201, answer.json
    with app.app_context():
        row = db.session.scalars(select(MerchantApplication)).one()
        assert open_account(row.payee_account_sealed, row.id) == ACCOUNT
        assert row.licence_number == BODY["licence_number"]


@pytest.mark.parametrize("account", ["622848000000000001²", "62284800000000000٣", "6228480abc"])
def test_an_account_of_anything_but_digits_is_refused(app, applicant, account):
    answer = post(applicant, "merchant-applications", BODY | {"payee_account": account})

    assert answer.status_code == 422
    assert applicant.get("/api/v1/merchant-applications/own").json["items"] == []


def test_a_merchant_begins_when_two_people_have_looked(
    app, given, admin, finance, applicant, application
):
    applicant_id = user_of(app, applicant)
    approved = decide(admin, application, "approval")
    assert (approved.status_code, approved.json["state"]) == (201, "approved"), approved.json
    merchant_id = approved.json["id"]

    assert verify(admin, merchant_id).status_code == 403
    early = admin.post(f"/api/v1/merchants/{merchant_id}/suspension")
    assert (early.status_code, early.json["code"]) == (409, "merchants.not_active_yet")
    reinstated = admin.delete(f"/api/v1/merchants/{merchant_id}/suspension")
    assert reinstated.json["code"] == "merchants.not_active_yet"
    assert state(admin) == ["approved"]
    with app.app_context():
        owners = select(func.count()).select_from(RoleGrant).where(RoleGrant.role == Role.MERCHANT)
        assert db.session.scalar(owners) == 0

    verified = verify(finance, merchant_id)

    assert (verified.status_code, verified.json["state"]) == (200, "active")
    with app.app_context():
        grants = select(RoleGrant.user_id).where(RoleGrant.role == Role.MERCHANT)
        owner_id = db.session.scalars(grants).one()
    assert owner_id == applicant_id
    assert given.signed_in(owner_id).get("/api/v1/goods").json["items"] == []


FRONT = {"licence_number": BODY["licence_number"], "latitude": "30.4", "longitude": "119.9"}


def test_a_shop_that_only_its_applicant_or_who_admits_it_has_seen_is_not_admitted(
    app, given, admin, second, finance, applicant, unseen
):
    picture = pictures.photo(1)
    as_town = given.staff(Role.TOWN_ADMIN, given.county())
    assert_refused(decide(admin, unseen, "approval"), 409, "merchants.not_seen")

    bytes_only = upload(admin, "/api/v1/merchant-visits", b"\xff\xd8\xff\xe0" + b"0" * 999, **FRONT)
    assert_refused(bytes_only, 415, "photo.not_a_photo")
    assert upload(applicant, "/api/v1/merchant-visits", picture, **FRONT).status_code == 403
    assert upload(admin, "/api/v1/merchant-visits", picture, **FRONT).status_code == 201
    assert_refused(decide(admin, unseen, "approval"), 409, "merchants.not_seen")
    for phone in (applicant, second):  # a second phone of the applicant
        given.person(user_of(app, phone), NUMBERS[0])
    assert upload(second, "/api/v1/merchant-visits", picture, **FRONT).status_code == 201
    assert_refused(decide(admin, unseen, "approval"), 409, "merchants.not_seen")
    assert state(admin) == []

    seen = upload(as_town, "/api/v1/merchant-visits", picture, **FRONT)
    assert seen.status_code == 201, seen.json
    found = finance.get(f"/api/v1/merchant-visits?licence_number={BODY['licence_number']}").json
    assert len(found["items"]) == 3
    assert seen.json in found["items"]
    front = finance.get(f"/api/v1/merchant-visits/{seen.json['id']}/photo")
    assert (front.status_code, front.data[:3]) == (200, b"\xff\xd8\xff")
    assert decide(admin, unseen, "approval").status_code == 201


def test_who_was_rejected_reads_why_and_may_apply_again(admin, applicant, application):
    rejected = decide(admin, application, "rejection", {"reason": "执照照片看不清"})

    assert (rejected.status_code, rejected.json["state"]) == (200, "rejected")
    own = applicant.get("/api/v1/merchant-applications/own").json["items"]
    assert [row["reason"] for row in own] == ["执照照片看不清"]
    assert post(applicant, "merchant-applications", BODY).status_code == 201
    waiting = admin.get("/api/v1/merchant-applications?state=applied").json["items"]
    assert len(waiting) == 1
    assert state(admin) == []


def test_an_application_is_decided_once_and_by_another(app, given, admin, second):
    own = post(admin, "merchant-applications", BODY).json
    refused = decide(admin, own, "approval")
    assert (refused.status_code, refused.json["code"]) == (403, "trust.same_person")
    decide(second, own, "rejection", {"reason": "材料不全"})

    for what, body in (("approval", None), ("rejection", {"reason": "再看一次"})):
        answer = decide(second, own, what, body)
        assert (answer.status_code, answer.json["code"]) == (409, "decisions.decided")
    assert state(admin) == []


def test_one_application_waits_for_a_person_and_for_a_licence(app, given, applicant, application):
    other = {**BODY, "licence_number": "92990101MA0000000Q"}

    attempts = [
        post(applicant, "merchant-applications", other),
        post(given.visitor(), "merchant-applications", BODY),
    ]

    assert [answer.json["code"] for answer in attempts] == ["merchants.already_applied"] * 2
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(MerchantApplication)) == 1


def test_a_registered_licence_cannot_apply(app, given, admin):
    registered = {key: value for key, value in BODY.items() if key != "contact_phone"}
    admin.post("/api/v1/merchants", json=registered)

    answer = post(given.visitor(), "merchant-applications", BODY)

    assert (answer.status_code, answer.json["code"]) == (409, "merchants.licence_taken")


def test_a_licence_registered_meanwhile_is_not_approved(app, admin, application):
    registered = {key: value for key, value in BODY.items() if key != "contact_phone"}
    admin.post("/api/v1/merchants", json=registered)

    answer = decide(admin, application, "approval")

    assert (answer.status_code, answer.json["code"]) == (409, "merchants.licence_taken")
    waiting = admin.get("/api/v1/merchant-applications?state=applied").json["items"]
    assert waiting == [application]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("licence_number", "92990101MA0000001V"),
        ("licence_number", "92990101-MA0000001U"),
        ("contact_phone", "1380000"),
        ("payee_account", "abc"),
        ("name", ""),
    ],
)
def test_a_malformed_application_is_refused(field, value, app, applicant):
    answer = post(applicant, "merchant-applications", {**BODY, field: value})

    assert (answer.status_code, list(answer.json["details"]["json"])) == (422, [field])
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(MerchantApplication)) == 0


def test_the_service_checks_the_licence_number_too(app):
    payee = applications.Payee("李四", ACCOUNT, "银行")
    business = applications.Business("店", "92990101MA0000001V", PHONE, payee)

    with app.app_context(), pytest.raises(applications.LicenceNumberWrong):
        applications.apply(county_id=COUNTY, business=business, applied_by=None, at=None)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COUNTY_ADMIN}))
def test_nobody_but_the_county_decides(role, app, given, application):
    somebody = given.staff(role, given.county())

    attempts = [
        somebody.get("/api/v1/merchant-applications"),
        decide(somebody, application, "approval"),
        decide(somebody, application, "rejection", {"reason": "不行"}),
        decide(somebody, application, "contact-phone"),
    ]

    assert [answer.status_code for answer in attempts] == [403] * 4
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Merchant)) == 0


def test_another_county_finds_nothing(given, application):
    abroad = given.staff(Role.COUNTY_ADMIN, given.county(990102), county_id=990102)

    assert abroad.get("/api/v1/merchant-applications").json["items"] == []
    for what, body in (
        ("approval", None),
        ("rejection", {"reason": "不行"}),
        ("contact-phone", None),
    ):
        answer = decide(abroad, application, what, body)
        assert (answer.status_code, answer.json["code"]) == (
            404,
            "merchants.application_not_found",
        )


@pytest.mark.race("mall.merchants.applications._open_application")
def test_many_who_decide_at_once_decide_once(app, given, together, noon, applicant, application):
    with app.app_context():
        application_id = db.session.scalars(select(MerchantApplication.id)).one()
    deciders = [given.user() for _ in range(16)]
    facts = {"county_id": COUNTY, "application_id": application_id, "at": noon()}

    def deciding(n, by):
        if n % 2:
            return lambda: applications.approve(by=by, **facts)
        return lambda: applications.reject(by=by, reason="材料不全", **facts)

    outcomes = together(deciding(n, by) for n, by in enumerate(deciders))

    assert outcomes == {"done": 1, "AlreadyDecided": 15}
    with app.app_context():
        decided = db.session.scalars(select(MerchantApplication)).one()
        merchants = db.session.scalar(select(func.count()).select_from(Merchant))
        assert (decided.merchant_id is not None) == (merchants == 1)
