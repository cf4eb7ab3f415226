"""What people complain about in public of point malls, one test each."""

import pytest
from sqlalchemy import select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.kernel.units import Fen, Points
from app.points import ledger
from app.register.identity.roles import Role
from mall.catalogue import goods
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post

MISSING = "orders.not_found"


def test_cancelling_gives_the_points_back(town):
    order_id = town.placed((town.soap, 2), (town.rice, 1), points=1_600)
    assert (town.points(), town.pieces(town.soap)) == (3_400, (8, 2, 0))

    cancelled = town.step(order_id, "cancellation", client=town.phone)

    assert (cancelled.json["state"], cancelled.json["cancelled_by"]) == ("cancelled", "resident")
    assert (town.points(), town.takings()) == (5_000, 0)
    assert (town.pieces(town.soap), town.pieces(town.rice)) == ((10, 0, 0), (10, 0, 0))
    assert town.findings() == set()


def test_cancelling_gives_the_funders_money_back_too(town, office):
    funder = office.funder(10_000)
    office.campaign(funder)
    order_id = town.placed((town.rice, 2), points=1_000)

    town.step(order_id, "cancellation", client=town.phone)

    assert (town.points(), office.left(funder)) == (5_000, 10_000)
    assert town.findings() == set()


def test_cancelling_twice_gives_the_points_back_once(town):
    order_id = town.placed((town.soap, 2), points=600)
    path = f"orders/{order_id}/cancellation"

    first = post(town.phone, path, key="cancel-0001")
    repeated = post(town.phone, path, key="cancel-0001")
    again = post(town.phone, path)

    assert repeated.json == first.json
    assert_refused(again, 409, "orders.step_not_possible")
    assert (town.points(), town.pieces(town.soap)) == (5_000, (10, 0, 0))


def test_what_the_shop_has_begun_is_cancelled_by_the_shop_only(town):
    order_id = town.placed((town.soap, 1), points=300)
    town.step(order_id, "preparation")

    assert_refused(
        town.step(order_id, "cancellation", client=town.phone),
        409,
        "orders.already_preparing",
        "商店已经开始备货，不能自己取消了，请和商店联系",
    )
    assert (town.seen(order_id)["state"], town.points()) == ("preparing", 4_700)


def test_nobody_cancels_another_households_order(town, given):
    neighbour = given.resident(given.household(points=5_000))
    order_id = town.placed((town.soap, 1), points=300)

    refused = town.step(order_id, "cancellation", client=neighbour)

    assert_refused(refused, 404, MISSING)
    assert (town.seen(order_id)["state"], town.points()) == ("placed", 4_700)


def test_nobody_but_household_and_shop_sees_or_touches_an_order(town, given, mall):
    neighbour = given.resident(given.household())
    other = mall.counter()
    order_id = town.ready((town.soap, 1), points=300)
    line_id = town.line(order_id, "肥皂")["id"]

    for stranger in (neighbour, other.clerk, other.owner):
        assert_refused(stranger.get(f"/api/v1/orders/{order_id}"), 404, MISSING)
    assert_refused(neighbour.post(f"/api/v1/orders/{order_id}/code"), 404, MISSING)
    answer = {"is_wanted": True}
    path = f"orders/{order_id}/lines/{line_id}"
    assert_refused(post(neighbour, f"{path}/answer", answer), 404, MISSING)
    wanted = {"offer_id": str(town.rice.offer_id), "count": 1}
    back = {"line_id": line_id, "count": 1, "reason": "袋子破了"}
    for step, body in (
        ("preparation", None),
        ("readiness", None),
        ("departure", None),
        ("hand-over", {"code": "12345678"}),
        ("refusal", {"reason": "不卖了"}),
        (f"lines/{line_id}/substitute", wanted),
        ("refunds", back),
    ):
        assert_refused(town.step(order_id, step, body, client=other.clerk), 404, MISSING)
        assert town.step(order_id, step, body, client=town.phone).status_code == 403
    assert other.clerk.get(town.counter.url("orders")).status_code == 404
    assert neighbour.get(town.counter.url("orders")).status_code == 403
    assert neighbour.get("/api/v1/orders").json["items"] == []
    assert (town.seen(order_id)["state"], town.points()) == ("ready", 4_700)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR])
def test_the_county_reads_orders_and_changes_nothing(town, given, role):
    town.deliver()
    order_id = town.ready((town.soap, 1), points=300, way="delivery")
    town.step(order_id, "departure")
    town.step(order_id, "hand-over", {"received_by": "王大妈"})
    official = given.staff(role, given.county())
    elsewhere = given.staff(role, given.village().id)

    assert town.seen(order_id, official)["received_by"] == "王**"
    (listed,) = official.get(town.counter.url("orders")).json["items"]
    assert (listed["id"], listed["received_by"]) == (order_id, "王**")
    assert_refused(elsewhere.get(f"/api/v1/orders/{order_id}"), 404, MISSING)
    assert elsewhere.get(town.counter.url("orders")).status_code == 404
    assert town.step(order_id, "refusal", {"reason": "不卖了"}, client=official).status_code == 403


def test_everybody_of_the_household_sees_its_orders(town, given):
    order_id = town.ready((town.soap, 1), points=300)
    daughter = given.resident(town.family)

    assert daughter.get("/api/v1/orders").json["items"][0]["id"] == order_id
    body = {"code": town.digits(order_id, daughter)}
    assert town.step(order_id, "hand-over", body).json["state"] == "handed_over"


def test_two_at_once_do_not_lose_points_by_reading_and_writing_back(
    committed, town, given, together
):
    users = [given.user() for _ in range(8)]

    outcomes = together(
        town.placing(town.family, user, (town.soap, 1), points=300) for user in users
    )

    assert outcomes == {"done": 8}
    assert (town.points(), town.pieces(town.soap)) == (5_000 - 8 * 300, (2, 8, 0))
    assert town.findings() == set()


def test_every_movement_is_in_the_history(town):
    order_id = town.handed_over((town.soap, 3), points=900)
    line_id = town.line(order_id, "肥皂")["id"]
    town.step(order_id, "refunds", {"line_id": line_id, "count": 1, "reason": "袋子破了"})

    rows = town.phone.get("/api/v1/points/transfers").json["items"]

    assert sorted((row["kind"], row["points"]) for row in rows) == [
        ("award", 5_000),
        ("order", -900),
        ("order_refund", 300),
    ]
    assert sum(row["points"] for row in rows) == town.points() == 4_400
    with town.app.app_context():
        events = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject_id == order_id)
        ).all()
        assert ledger.balance(COUNTY, ledger.shop(town.counter.shop_id)).posted == 600
    assert sorted(events) == [
        "orders.hand_over",
        "orders.make_ready",
        "orders.place",
        "orders.prepare",
        "orders.refund",
    ]


def test_a_price_that_changes_meanwhile_does_not_change_an_order(town, noon):
    order_id = town.ready((town.soap, 1), points=300)
    with town.app.app_context(), transaction():
        goods.reprice(
            county_id=COUNTY,
            goods_id=town.soap.goods_id,
            merchant_ids=None,
            price=goods.Price(Fen(900), Points(900)),
            by=town.shelves.by,
            at=noon(),
        )

    town.step(order_id, "hand-over", {"code": town.digits(order_id)})

    assert (town.points(), town.takings()) == (4_700, 300)
    assert town.line(order_id, "肥皂")["market_price_fen"] == 350
