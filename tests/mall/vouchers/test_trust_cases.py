"""What one person can do with a voucher's price: known answers, under their number."""

import pytest
from sqlalchemy import func, select

from app.kernel.db import db
from app.messages.notices.models import Notice
from app.register.identity.roles import Role
from mall.vouchers.models import VoucherPurchase
from mall.vouchers.proof import QUESTIONS
from tests.given.http import assert_refused, post, user_of
from tests.given.proposals import agree, read
from tests.given.vouchers import codes, csv_of

HUNDRED = {
    "name": "百元卡",
    "value": "抵 100 元",
    "market_price_fen": 10_000,
    "points_price": 9_800,
    "last_on": "2026-12-31",
}


@pytest.fixture
def buyer(given, desk):
    return given.resident(desk.family(50_000))


@pytest.fixture
def auditor(given):
    return given.staff(Role.AUDITOR, given.county())


def change(desk, kind, **facts):
    answer = desk.change_kind(kind, **HUNDRED | facts)
    assert answer.status_code == 202, answer.json
    return answer.json["id"]


def lines(client, proposal_id):
    shown = read(client, proposal_id)["lines"]
    return {one["label"]: (one["before"], one["after"]) for one in shown}


def lies(app) -> list[str]:
    with app.app_context():
        connection = db.session.connection()
        return [
            name for name, asked in QUESTIONS.items() if connection.exec_driver_sql(asked).all()
        ]


def purchases(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(VoucherPurchase))


def test_07_a_price_begins_a_day_after_a_second_administrator_agreed(
    app, desk, buyer, auditor, noon
):
    kind = desk.kind(3, **HUNDRED)

    proposal = change(desk, kind, points_price=9_000)
    noon.move(minutes=30)
    said = lines(desk.checker, proposal)
    approved = agree(desk.checker, proposal)

    assert said["价格"] == ("98.00 元", "90.00 元")
    assert said["库存"] == ("3 张", "3 张")
    assert (approved.status_code, approved.json["state"]) == (200, "approved")
    noon.move(hours=23, minutes=59)
    desk.begin()
    early = desk.buy(buyer, kind, 9_000)
    assert_refused(early, 409, "vouchers.price_differs")
    assert early.json["details"] == {"points": 9_800}
    noon.move(minutes=1)
    desk.begin()
    assert desk.buy(buyer, kind, 9_000).status_code == 201
    assert [
        one["id"] for one in auditor.get("/api/v1/proposals?kind=voucher_change").json["items"]
    ] == [proposal]
    assert lies(app) == []


def test_07_one_point_needs_finance_besides_and_sells_nothing(app, desk, buyer, auditor, noon):
    kind = desk.kind(3, **HUNDRED)

    proposal = change(desk, kind, points_price=1)
    agreed = agree(desk.checker, proposal)

    assert_refused(agreed, 409, "trust.one_more")
    assert read(desk.checker, proposal)["state"] == "proposed"
    noon.move(hours=25)
    desk.begin()
    for _ in range(3):
        assert_refused(desk.buy(buyer, kind, 1), 409, "vouchers.price_differs")
    assert (desk.states(kind), purchases(app)) == ({"free": 3}, 0)
    back = change(desk, kind, points_price=9_000)
    assert read(desk.checker, proposal)["state"] == "withdrawn"
    shown = {
        one["id"] for one in auditor.get("/api/v1/proposals?kind=voucher_change").json["items"]
    }
    assert shown == {proposal, back}
    assert lies(app) == []


def test_07_a_market_price_lowered_with_the_price_makes_it_no_fairer(desk):
    kind = desk.kind(3, **HUNDRED)

    proposal = change(desk, kind, points_price=1, market_price_fen=1)

    assert_refused(agree(desk.checker, proposal), 409, "trust.one_more")


def test_07_finance_agrees_to_a_low_price_and_it_begins(app, given, desk, buyer, noon):
    kind = desk.kind(3, **HUNDRED)
    finance = given.staff(Role.FINANCE, given.county())
    proposal = change(desk, kind, points_price=5_000)
    agree(desk.checker, proposal)

    assert agree(finance, proposal).status_code == 200
    noon.move(hours=24)
    desk.begin()

    assert desk.buy(buyer, kind, 5_000).status_code == 201
    assert lies(app) == []


def test_07_nobody_agrees_to_their_own_price(desk, buyer):
    kind = desk.kind(1, **HUNDRED)
    proposal = change(desk, kind, points_price=9_000)

    assert_refused(agree(desk.admin, proposal), 403, "trust.same_person")
    assert_refused(desk.buy(buyer, kind, 9_000), 409, "vouchers.price_differs")


def test_07_finance_stops_a_price_that_was_agreed(given, desk, buyer, noon):
    kind = desk.kind(1, **HUNDRED)
    finance = given.staff(Role.FINANCE, given.county())
    proposal = change(desk, kind, points_price=9_000)
    agree(desk.checker, proposal)

    stopped = post(finance, f"proposals/{proposal}/stop", {"reason": "价格谈错了"})
    noon.move(hours=24)
    desk.begin()

    assert stopped.json["state"] == "stopped"
    assert_refused(desk.buy(buyer, kind, 9_000), 409, "vouchers.price_differs")


def test_07_a_new_kind_is_there_a_day_after_a_second_administrator_agreed(app, desk, noon):
    proposal = desk.enter_kind(**HUNDRED)
    said = lines(desk.checker, proposal.json["id"])
    agree(desk.checker, proposal.json["id"])

    assert proposal.status_code == 202
    assert (said["名称"], said["价格"]) == ((None, "百元卡"), (None, "98.00 元"))
    assert desk.admin.get("/api/v1/vouchers/stock").json["items"] == []
    noon.move(hours=24)
    desk.begin()
    (row,) = desk.admin.get("/api/v1/vouchers/stock").json["items"]
    assert row["name"] == "百元卡"
    assert lies(app) == []


def test_07_a_kind_is_withdrawn_by_two_at_once(desk, buyer):
    kind = desk.kind(1, **HUNDRED)

    proposal = desk.withdraw(kind).json["id"]
    assert desk.bought(buyer, kind, 9_800)
    assert agree(desk.checker, proposal).status_code == 200

    assert_refused(desk.buy(buyer, kind, 9_800), 409, "vouchers.kind_withdrawn")


def test_codes_that_one_person_had_in_clear_are_sold_when_another_agrees_and_ring_when_used(
    app, given, desk, auditor
):
    kind = desk.kind()
    one, other = (given.staff(Role.FINANCE, given.county()) for _ in range(2))
    little = desk.send(kind, csv_of([(code, "") for code in codes(1)])).json
    assert agree(other, little["proposal_id"]).status_code == 200  # a batch of its own, to hide in
    first = given.resident(desk.family())
    desk.bought(first, kind)
    sent = desk.send(kind, csv_of([(code, "") for code in codes(3)])).json
    phones = [given.resident(desk.family()) for _ in range(2)]

    assert_refused(desk.buy(phones[0], kind), 409, "vouchers.sold_out")
    assert desk.stock_row(kind)["waiting"] == 3
    assert_refused(agree(desk.admin, sent["proposal_id"]), 403, "trust.same_person")
    assert desk.states(kind) == {"waiting": 3, "sold": 1}
    assert agree(one, sent["proposal_id"]).status_code == 200
    assert desk.states(kind) == {"free": 3, "sold": 1}

    family = desk.family()
    given.resident(family, user_id=user_of(app, desk.admin))
    assert_refused(desk.buy(given.resident(family), kind), 403, "vouchers.own_batch")
    assert desk.states(kind) == {"free": 3, "sold": 1}
    assert given.spendable(family) == 10_000

    bought = first.get("/api/v1/vouchers/purchases").json["items"][0]["id"]
    later = [(phone, desk.bought(phone, kind)) for phone in phones]
    for phone, purchase in [(first, bought), *later]:
        desk.noon.move(seconds=1)
        assert desk.claim(phone, purchase, "收银台说已经用过了").status_code == 201
        claim_id = desk.claim_id()
        assert_refused(desk.propose(claim_id, "refund"), 403, "trust.interested")
        assert desk.propose(claim_id, "refund", client=one).status_code == 200
        assert_refused(desk.confirm(claim_id, client=desk.admin), 403, "trust.interested")
        assert desk.confirm(claim_id, client=other).status_code == 200

    assert desk.takings() == 0
    with app.app_context():
        told = db.session.scalars(
            select(Notice.details).where(Notice.kind == "voucher_batch_faulty")
        ).all()
    assert {(one["faulty"], one["count"], one["imported_by"]) for one in told} == {
        (3, 4, str(user_of(app, desk.admin)))
    }
    assert len(told) == 2  # the auditor and finance
    assert lies(app) == []
