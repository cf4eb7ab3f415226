"""Many at once, with real commits: nothing is sold twice, and an order ends once."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from app.kernel.db import db
from app.points import ledger
from mall.orders import codes, fulfilment, refunds, substitutes
from mall.orders.models import OrderState
from mall.redemption import service as redemption
from tests.given.factories import COUNTY
from tests.given.http import post, user_of


@pytest.fixture
def around(town, app, noon):
    """What commands are told, by whom."""
    clerk, resident = user_of(app, town.counter.clerk), user_of(app, town.phone)
    shop = {"county_id": COUNTY, "shop_ids": [town.counter.shop_id], "by": clerk, "at": noon()}
    home = {"county_id": COUNTY, "household_id": town.family.id, "by": resident, "at": noon()}
    return shop, home


def test_sixty_four_buyers_get_the_ten_pieces_there_are(committed, town, given, together):
    buyers = [(given.household(points=300), given.user()) for _ in range(64)]

    outcomes = together(
        town.placing(family, user_id, (town.soap, 1), points=300) for family, user_id in buyers
    )

    assert outcomes == {"done": 10, "OutOfStock": 54}
    assert town.pieces(town.soap) == (0, 10, 0)
    assert sum(given.spendable(family) for family, _ in buyers) == 54 * 300
    assert town.rows()["orders"] == 10
    assert town.findings() == set()


def test_orders_of_the_same_things_in_any_sequence_do_not_deadlock(
    committed, town, given, office, together
):
    funders = [office.funder(20_000 + n, name=f"{n}号单位") for n in range(2)]
    for funder, percent in zip(funders, (50, 60), strict=True):
        office.campaign(funder, percent=percent, day_limit_fen=1_000)
    buyers = [(given.household(points=5_000), given.user()) for _ in range(4)]

    def work(n):
        family, user_id = buyers[n % 4]
        wanted = [(town.soap, 1), (town.rice, 1)]
        return town.placing(family, user_id, *wanted[:: 1 if n % 2 else -1], points=675)

    # A household gets both lines at half price once; the second order costs more.
    outcomes = together(work(n) for n in range(16))

    assert outcomes == {"done": 4, "PriceDiffers": 12}
    assert town.findings() == set()


@pytest.mark.race("mall.orders.rows._locked_order")
def test_cancelled_handed_over_and_expired_at_once_one_wins(
    committed, town, app, around, noon, together
):
    shop, _ = around
    order_id = town.ready((town.soap, 2), (town.rice, 1), points=1_600)
    code = town.digits(order_id)
    noon.move(days=7)
    late = {**shop, "at": noon()}

    def expire():
        fulfilment.end_if_overdue(county_id=COUNTY, order_id=order_id, at=noon())

    works = [
        lambda: fulfilment.hand_over(order_id=order_id, how=fulfilment.HandOver(code=code), **late),
        lambda: fulfilment.refuse(order_id=order_id, reason="不卖了", **late),
        expire,
    ]
    together(works * 5)

    ended = town.seen(order_id)["state"]
    paid = 1_600 if ended == OrderState.HANDED_OVER else 0
    assert ended in {OrderState.HANDED_OVER, OrderState.CANCELLED}
    assert (town.points(), town.takings()) == (5_000 - paid, paid)
    sold = (8, 0, 2) if paid else (10, 0, 0)
    assert town.pieces(town.soap) == sold
    assert town.findings() == set()


def test_an_order_handed_over_sixteen_times_at_once_is_paid_once(
    committed, town, around, monkeypatch, together
):
    monkeypatch.setattr(codes, "TRIES", replace(codes.TRIES, most=99))
    shop, _ = around
    order_id = town.ready((town.soap, 2), points=600)
    code = town.digits(order_id)

    outcomes = together(
        [
            lambda: fulfilment.hand_over(
                order_id=order_id, how=fulfilment.HandOver(code=code), **shop
            )
        ]
        * 16
    )

    assert outcomes == {"done": 1, "StepNotPossible": 15}
    assert (town.points(), town.takings(), town.pieces(town.soap)) == (4_400, 600, (8, 0, 2))


def test_a_household_that_cancels_while_the_shop_begins(committed, town, around, together):
    shop, home = around
    order_id = town.placed((town.soap, 2), points=600)

    outcomes = together(
        [
            lambda: fulfilment.prepare(order_id=order_id, **shop),
            lambda: fulfilment.cancel(order_id=order_id, **home),
        ]
        * 8
    )

    assert outcomes.pop("done") == 1
    assert set(outcomes) <= {"StepNotPossible", "AlreadyPreparing"}
    is_cancelled = town.seen(order_id)["state"] == OrderState.CANCELLED
    assert town.points() == (5_000 if is_cancelled else 4_400)
    assert town.pieces(town.soap) == ((10, 0, 0) if is_cancelled else (8, 2, 0))
    assert town.findings() == set()


def test_a_pay_code_and_a_basket_for_one_balance_pass_once(
    committed, app, town, given, noon, together
):
    clerk = user_of(app, town.counter.clerk)
    family = given.household(points=1_000)
    phones = [given.resident(family) for _ in range(8)]
    codes = [phone.post("/api/v1/pay-codes").json["code"] for phone in phones]
    users = [user_of(app, phone) for phone in phones]

    def paying(code):
        return lambda: redemption.redeem(
            county_id=COUNTY,
            shop_id=town.counter.shop_id,
            clerk_id=clerk,
            code=code,
            sale=redemption.Sale(700, None),
            at=noon(),
        )

    ordering = [town.placing(family, user, (town.soap, 2), points=600) for user in users]
    outcomes = together(
        work
        for pair in zip([paying(code) for code in codes], ordering, strict=True)
        for work in pair
    )

    assert outcomes == {"done": 1, "NotEnoughPoints": 15}
    with app.app_context():
        (bucket,) = ledger.household_buckets(COUNTY, family.id, day=noon().date())
        db.session.rollback()
    assert bucket.available in {300, 400}
    assert town.findings() == set()


def test_a_substitute_is_answered_once(committed, town, shelves, around, together):
    _, home = around
    millet = shelves.stocked(town.counter, "小米", points=900, market=950)
    order_id = town.placed((town.soap, 1), (town.rice, 1), points=1_300)
    town.step(order_id, "preparation")
    body = {"offer_id": str(millet.offer_id), "count": 1}
    path = f"orders/{order_id}/lines/{town.line(order_id, '大米')['id']}/substitute"
    assert post(town.counter.clerk, path, body).status_code == 201
    line_id = UUID(town.line(order_id, "小米")["id"])
    works = [
        lambda is_wanted=is_wanted: substitutes.answer(
            order_id=order_id, line_id=line_id, is_wanted=is_wanted, **home
        )
        for is_wanted in (True, False)
    ]

    outcomes = together(works * 8)

    assert outcomes == {"done": 1, "SubstituteOver": 15}
    assert town.findings() == set()


def test_the_last_piece_is_refunded_once(committed, town, around, together):
    shop, _ = around
    order_id = town.handed_over((town.soap, 2), points=600)
    line_id = town.line(order_id, "肥皂")["id"]
    back = refunds.Back(UUID(line_id), 1, "袋子破了")
    outcomes = together([lambda: refunds.refund(order_id=order_id, back=back, **shop)] * 16)

    assert outcomes == {"done": 2, "RefundTooMuch": 14}
    assert (town.points(), town.takings()) == (5_000, 0)
    assert town.findings() == set()


def test_two_shops_that_refund_one_household_do_not_deadlock(
    committed, app, town, given, mall, shelves, noon, together
):
    given.points(town.family, 450, expires_on=date(2026, 12, 31))
    other = mall.counter()
    salt = shelves.stocked(other, "盐", points=300, market=300)
    works = []
    for place, one in ((town.counter, town.soap), (other, salt)):
        town.counter = place
        order_id = town.handed_over((one, 8), points=2_400, shop=place)
        line_id = UUID(town.seen(order_id)["lines"][0]["id"])
        told = {
            "county_id": COUNTY,
            "order_id": order_id,
            "shop_ids": [place.shop_id],
            "back": refunds.Back(line_id, 1, "袋子破了"),
            "by": user_of(app, place.clerk),
            "at": noon(),
        }
        works.append(lambda told=told: refunds.refund(**told))

    outcomes = together([work for _ in range(8) for work in works])

    assert outcomes == {"done": 16}
    assert town.points() == 5_450
    assert town.findings() == set()
