"""What one person can do with a merchant's money: known answers, under their number."""

from uuid import UUID

import pytest

from app.agreements.proposals.jobs import begin_coming
from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.points import ledger
from app.register.identity.roles import Role
from mall.merchants.accounts import open_account
from mall.merchants.models import Merchant, Shop
from tests.given.http import assert_refused, post, user_of
from tests.given.proposals import agree, read
from tests.given.rosters import id_number
from tests.given.shops import ACCOUNT

OTHER = "6228480000000000099"
PAYEE = {"payee_name": "李四", "payee_account": OTHER, "payee_bank": "分分县农村信用社"}
NEWCOMER = {"phone": "13800000006", "name": "赵六", "id_number": id_number(6)}
NOT_ME = {"reason": "不是我要改的"}


@pytest.fixture
def admin(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())


@pytest.fixture
def rich(mall, counter):
    """A shop with 3,000 points."""
    mall.takings(counter, 3_000)
    return counter


@pytest.fixture
def changed(admin, rich):
    """The id of the proposal of an administrator to pay on another account."""
    answer = admin.put(f"/api/v1/merchants/{rich.merchant_id}/payee", json=PAYEE)
    assert answer.status_code == 202, answer.json
    return answer.json["id"]


def typed(client, counter, account=OTHER):
    path = f"merchants/{counter.merchant_id}/payee/verification"
    return post(client, path, {"payee_account": account})


def ask(client, amount_fen=100):
    return post(client, "cash-outs", {"amount_fen": amount_fen})


def paid_on(app, counter) -> str:
    with app.app_context():
        merchant = db.session.get_one(Merchant, counter.merchant_id)
        return open_account(merchant.payee_account_sealed, merchant.id)


def kind_of(app, counter) -> str:
    with app.app_context():
        return str(db.session.get_one(Shop, counter.shop_id).kind)


def begin(app) -> None:
    with app.app_context():
        begin_coming()


def refusals(app):
    with app.app_context():
        events = db.session.query(AuditEvent).filter_by(action="trust.refused").order_by("id")
        return [(event.subject_id, event.details["code"]) for event in events]


def test_08_the_owner_is_told_of_another_account_and_stops_it(
    app, given, rich, finance, changed, noon
):
    auditor = given.staff(Role.AUDITOR, given.county())
    agreed = typed(finance, rich)
    assert (agreed.status_code, agreed.json["state"]) == (202, "approved")
    notices = rich.owner.get("/api/v1/notices").json["items"]
    told = [one for one in notices if one["title"] == "有人要改收款账户"]
    assert len(told) == 1
    assert "尾号 0012 改为 0099" in told[0]["sentence"]

    noon.move(hours=71)
    stopped = post(rich.owner, f"proposals/{changed}/stop", NOT_ME)
    noon.move(hours=1)
    begin(app)

    assert (stopped.status_code, stopped.json["state"]) == (200, "stopped")
    assert paid_on(app, rich) == ACCOUNT
    assert [one["id"] for one in auditor.get("/api/v1/proposals").json["items"]] == [changed]
    assert ask(rich.owner, 3_000).json["payee_account_tail"] == "0012"


def test_08_no_money_is_asked_for_between_the_change_and_its_end(
    app, given, rich, finance, changed, noon
):
    earlier = ask(rich.owner)
    typed(finance, rich)
    noon.move(hours=71, minutes=59)
    begin(app)
    late = ask(rich.owner)

    for refused in (earlier, late):
        assert_refused(refused, 409, "settlement.payee_in_question")
    assert given.balance(ledger.shop(rich.shop_id)) == 3_000
    assert paid_on(app, rich) == ACCOUNT

    noon.move(minutes=1)
    begin(app)

    assert paid_on(app, rich) == OTHER
    asked = ask(rich.owner)
    assert (asked.status_code, asked.json["payee_account_tail"]) == (201, "0099")


def test_08_only_finance_that_types_the_same_agrees(app, given, admin, rich, finance, changed):
    another = given.staff(Role.COUNTY_ADMIN, given.county())

    assert typed(another, rich).status_code == 403
    assert_refused(typed(finance, rich, ACCOUNT), 422, "merchants.payee_numbers_differ")
    assert_refused(agree(finance, changed), 422, "merchants.payee_numbers_differ")
    assert read(finance, changed)["state"] == "proposed"
    assert paid_on(app, rich) == ACCOUNT


def test_08_nobody_who_is_paid_there_proposes_another_account(app, given, admin, rich):
    given.grant(user_of(app, admin), Role.MERCHANT, rich.merchant_id)

    answer = admin.put(f"/api/v1/merchants/{rich.merchant_id}/payee", json=PAYEE)

    assert_refused(answer, 403, "trust.interested")
    assert refusals(app) == [("merchants.change_payee", "trust.interested")]
    assert paid_on(app, rich) == ACCOUNT


def test_08_a_second_owner_acts_when_the_first_says_yes(app, given, admin, rich):
    proposed = post(admin, f"merchants/{rich.merchant_id}/owners", NEWCOMER)
    assert proposed.status_code == 202
    with app.app_context():
        kept = db.session.execute(db.text("SELECT content FROM proposals")).scalar_one()
    newcomer = given.signed_in(UUID(kept["user_id"]))

    assert ask(newcomer).status_code == 403
    assert agree(rich.owner, proposed.json["id"]).status_code == 200

    newcomer = given.signed_in(UUID(kept["user_id"]))
    assert ask(newcomer).status_code == 201


def test_08_another_administrator_does_not_say_yes_for_the_owner(given, admin, rich):
    proposed = post(admin, f"merchants/{rich.merchant_id}/owners", NEWCOMER).json
    another = given.staff(Role.COUNTY_ADMIN, given.county())

    answer = post(another, f"proposals/{proposed['id']}/approval", {"digest": proposed["digest"]})

    assert_refused(answer, 404, "proposals.not_found")


def test_08_for_an_owner_who_is_away_two_administrators_wait_three_days(
    app, given, admin, rich, noon
):
    body = NEWCOMER | {"is_owner_away": True}
    proposed = post(admin, f"merchants/{rich.merchant_id}/owners", body).json
    another = given.staff(Role.COUNTY_ADMIN, given.county())

    assert_refused(agree(admin, proposed["id"]), 403, "trust.same_person")
    assert agree(another, proposed["id"]).json["state"] == "approved"
    noon.move(hours=71)
    stopped = post(rich.owner, f"proposals/{proposed['id']}/stop", NOT_ME)

    assert stopped.json["state"] == "stopped"


def test_a_merchant_is_suspended_alone_and_its_owner_is_told(admin, rich):
    assert post(admin, f"merchants/{rich.merchant_id}/suspension").json["state"] == "suspended"

    titles = [one["title"] for one in rich.owner.get("/api/v1/notices").json["items"]]
    assert titles == ["商户被暂停了"]


def test_a_merchant_goes_on_when_two_agree(admin, rich, finance):
    url = f"merchants/{rich.merchant_id}/suspension"
    post(admin, url)

    proposed = admin.delete(f"/api/v1/{url}")
    assert_refused(ask(rich.owner), 409, "settlement.merchant_suspended")
    assert_refused(agree(admin, proposed.json["id"]), 403, "trust.same_person")
    assert agree(finance, proposed.json["id"]).status_code == 200

    assert ask(rich.owner).status_code == 201


def test_two_administrators_make_a_shop_one_that_delivers(app, given, admin, counter, noon):
    kind = f"/api/v1/shops/{counter.shop_id}/kind"

    proposal = admin.put(kind, json={"kind": "mall"})

    assert proposal.status_code == 202
    assert_refused(agree(admin, proposal.json["id"]), 403, "trust.same_person")
    assert_refused(admin.put(kind, json={"kind": "counter"}), 409, "merchants.kind_already")
    another = given.staff(Role.COUNTY_ADMIN, given.county())
    assert read(another, proposal.json["id"])["lines"][1] == {
        "label": "类型",
        "before": "村里的商店",
        "after": "积分商城，可以送货",
    }
    agree(another, proposal.json["id"])
    assert kind_of(app, counter) == "counter"
    noon.move(days=1)
    begin(app)
    assert kind_of(app, counter) == "mall"


def test_the_owner_of_a_shop_stops_that_it_delivers(app, given, admin, counter, noon):
    proposal = admin.put(f"/api/v1/shops/{counter.shop_id}/kind", json={"kind": "mall"}).json
    agree(given.staff(Role.COUNTY_ADMIN, given.county()), proposal["id"])

    stopped = post(counter.owner, f"proposals/{proposal['id']}/stop", {"reason": "我送不了货"})

    assert stopped.json["state"] == "stopped"
    noon.move(days=1)
    begin(app)
    assert kind_of(app, counter) == "counter"
