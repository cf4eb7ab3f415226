"""The household hears of each payment at once, on a way that the clerk does not control."""

import pytest

from app.kernel.db import db
from app.messages.delivery import jobs
from app.messages.notices import Notice
from app.register.identity.roles import Role
from tests.given.http import post, user_of


@pytest.fixture
def told(app):
    """Those of ``points_paid``, after one try to deliver each."""

    def deliver() -> list[Notice]:
        of_kind = db.select(Notice).where(Notice.kind == "points_paid").order_by(Notice.id)
        with app.app_context():
            for notice in db.session.scalars(of_kind).all():
                jobs.deliver(str(notice.county_id), str(notice.id))
        with app.app_context():
            found = db.session.scalars(of_kind).all()
            return sorted(found, key=lambda notice: notice.details["points"])

    return deliver


def test_whoever_is_of_the_household_reads_where_how_much_was_paid(given, family, counter, pay):
    relative = given.resident(family)

    paid = pay(499)

    assert paid.status_code == 201, paid.json
    seen = relative.get("/api/v1/notices").json["items"]
    shop = paid.json["shop_name"]
    assert [(one["title"], one["sentence"]) for one in seen] == [
        ("您家付了积分", f"您家在“{shop}”付了 499 分。如果不对，请马上问店里，或告诉村里")
    ]


def test_a_payment_of_ten_yuan_is_told_at_the_door_where_no_message_arrives(
    given, family, pay, told
):
    leader = given.staff(Role.GROUP_LEADER, family.village.group_id)
    pay(999)
    shop = pay(1_000).json["shop_name"]

    assert [notice.state for notice in told()] == ["listed", "on_board"]
    on_board = leader.get("/api/v1/notices/board").json["items"]
    assert [row["sentence"] for row in on_board] == [
        f"您家在“{shop}”付了 1000 分。如果不对，请马上问店里，或告诉村里"
    ]


def test_a_clerk_who_leads_the_group_does_not_tell_of_what_they_took(
    app, given, family, counter, pay, told
):
    clerk_id = user_of(app, counter.clerk)
    given.grant(clerk_id, Role.GROUP_LEADER, family.village.group_id)
    pay(1_000)

    notice = told()[0]

    assert (notice.state, notice.act_of) == ("on_board", clerk_id)
    assert counter.clerk.get("/api/v1/notices/board").json["items"] == []


def test_a_payment_by_the_shops_code_is_told_and_one_that_is_refused_is_not(
    phone, counter, told, limits
):
    code = counter.owner.post(counter.url("code")).json["code"]
    limits(shop_code_day_points=100)
    answers = [
        post(phone, "shop-codes/payments", {"code": code, "points": points}).status_code
        for points in (70, 40)
    ]

    assert answers == [201, 409]
    assert [notice.details["points"] for notice in told()] == [70]
