"""Many at once, with real commits: no limit is passed together, and one answer counts."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.kernel.db import db
from app.points import ledger
from mall.redemption import service as redemption
from mall.redemption.models import Redemption, ShopCode, VoidReason
from tests.given.factories import COUNTY
from tests.given.http import user_of


@pytest.fixture
def paying(app, given, counter, noon):
    """Payments at the counter, each by a member of the household with a phone of their own."""
    clerk_id = user_of(app, counter.clerk)

    def run(family, points, many):
        phones = [given.resident(family) for _ in range(many)]
        codes = [phone.post("/api/v1/pay-codes").json["code"] for phone in phones]
        return [
            lambda code=code: redemption.redeem(
                county_id=COUNTY,
                shop_id=counter.shop_id,
                clerk_id=clerk_id,
                code=code,
                sale=redemption.Sale(points, None),
                at=noon(),
            )
            for code in codes
        ]

    return run


@pytest.fixture
def asked(app, pay, phone, counter, committed):
    """A payment of 6,000 points that waits for a yes, and who may say it."""
    answer = pay(6_000)
    assert answer.status_code == 202, answer.json
    return {
        "county_id": COUNTY,
        "pending_id": UUID(answer.json["id"]),
        "user_id": user_of(app, phone),
    }


def test_a_household_that_pays_at_once_stays_below_its_limit(
    committed, limits, paying, family, moved, together
):
    limits(household_day_points=350)

    outcomes = together(paying(family, 100, 12))

    assert outcomes == {"done": 3, "HouseholdDayLimit": 9}
    assert moved() == (14_700, 300)


def test_households_that_pay_at_once_stay_below_the_limit_of_the_shop(
    given, committed, limits, paying, counter, together
):
    limits(shop_day_points=350)
    families = [given.household(points=100) for _ in range(12)]

    outcomes = together([paying(family, 100, 1)[0] for family in families])

    assert outcomes == {"done": 3, "ShopDayLimit": 9}
    assert given.balance(ledger.shop(counter.shop_id)) == 300


def test_payments_by_the_shops_code_at_once_stay_below_its_limit(
    app, committed, limits, family, phone, counter, moved, noon, together
):
    limits(shop_code_day_points=350)
    token = counter.owner.post(counter.url("code")).json["code"]
    user_id = user_of(app, phone)

    outcomes = together(
        lambda: redemption.pay(
            county_id=COUNTY,
            household_id=family.id,
            user_id=user_id,
            token=token,
            sale=redemption.Sale(100, None),
            at=noon(),
        )
        for _ in range(12)
    )

    assert outcomes == {"done": 3, "ShopCodeDayLimit": 9}
    assert moved() == (14_700, 300)


@pytest.mark.race("mall.redemption.service.pending._waiting")
def test_of_many_answers_the_first_counts(asked, moved, noon, together):
    works = [
        lambda: redemption.confirm(**asked, at=noon()),
        lambda: redemption.decline(**asked, at=noon()),
    ] * 8

    outcomes = together(works)

    assert outcomes == {"done": 1, "PendingDecided": 15}
    assert moved() in {(9_000, 6_000), (15_000, 0)}


def test_a_yes_against_the_sweep_is_paid_or_lapsed_and_never_both(
    app, asked, moved, noon, together
):
    late = noon.move(minutes=2)

    outcomes = together(
        [
            lambda: redemption.confirm(**asked, at=late.replace(minute=1)),
            lambda: redemption.lapse(at=late),
        ]
        * 8
    )

    has_paid = moved() == (9_000, 6_000)
    assert outcomes == (
        {"done": 9, "PendingDecided": 7} if has_paid else {"done": 8, "PendingLapsed": 8}
    )
    with app.app_context():
        assert db.session.query(Redemption).count() == has_paid


def test_a_code_asked_about_at_many_counters_is_asked_about_once(
    app, phone, counter, moved, noon, together
):
    code = phone.post("/api/v1/pay-codes").json["code"]
    clerk_id = user_of(app, counter.clerk)

    outcomes = together(
        lambda: redemption.redeem(
            county_id=COUNTY,
            shop_id=counter.shop_id,
            clerk_id=clerk_id,
            code=code,
            sale=redemption.Sale(6_000, None),
            at=noon(),
        )
        for _ in range(16)
    )

    assert outcomes == {"done": 1, "CodeAwaitsConfirmation": 15}
    assert moved() == (15_000, 0)


def test_a_redemption_is_taken_back_once_by_shop_or_staff(
    app, committed, pay, counter, moved, noon, mall, together
):
    mall.takings(counter, 500)
    redemption_id = UUID(pay(700).json["id"])
    clerk_id = user_of(app, counter.clerk)

    def void():
        redemption.void(
            county_id=COUNTY,
            redemption_id=redemption_id,
            shop_ids=[counter.shop_id],
            because=redemption.Because(VoidReason.WRONG_AMOUNT),
            code=None,
            by=clerk_id,
            at=noon.move(seconds=1),
        )

    def reverse():
        at = noon.move(seconds=1)
        redemption.reverse(county_id=COUNTY, redemption_id=redemption_id, at=at)

    outcomes = together([void, reverse] * 8)

    assert outcomes == {"done": 1, "AlreadyVoid": 15}
    assert moved() == (15_000, 500)


@pytest.mark.race("mall.merchants.queries.locked_shop")
def test_a_code_renewed_many_times_at_once_is_one(app, committed, counter, noon, together):
    owner = user_of(app, counter.owner)

    outcomes = together(
        lambda: redemption.renew(county_id=COUNTY, shop_id=counter.shop_id, by=owner, at=noon())
        for _ in range(16)
    )

    assert outcomes == {"done": 16}
    with app.app_context():
        live = select(func.count()).select_from(ShopCode).where(ShopCode.replaced_at.is_(None))
        assert db.session.scalar(live) == 1
