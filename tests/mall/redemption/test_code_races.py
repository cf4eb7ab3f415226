"""Many at once, with real commits: one code pays once, one balance is spent once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, select

from app.kernel.db import db
from app.points import ledger
from mall.redemption import service as redemption
from mall.redemption.models import PayCode
from tests.given.factories import COUNTY
from tests.given.http import post, user_of

DAY = date(2026, 6, 1)


def codes_for(app, given, noon, family, many):
    """Codes of different members of one household, for each a user of their own."""
    made = []
    for _ in range(many):
        phone = given.resident(family)
        made.append(phone.post("/api/v1/pay-codes").json["code"])
    return made


def redeeming(counter, clerk_id, code, points, noon):
    return lambda: redemption.redeem(
        county_id=COUNTY,
        shop_id=counter.shop_id,
        clerk_id=clerk_id,
        code=code,
        sale=redemption.Sale(points, None),
        at=noon(),
    )


@pytest.mark.race("mall.redemption.service.redeeming._locked_code")
def test_one_code_at_thirty_two_counters_pays_once(app, given, mall, noon, together):
    family = given.household(points=1000)
    counters = [mall.counter() for _ in range(4)]
    clerks = [user_of(app, counter.clerk) for counter in counters]
    (code,) = codes_for(app, given, noon, family, 1)

    outcomes = together(
        redeeming(counters[n % 4], clerks[n % 4], code, 10, noon) for n in range(32)
    )

    assert outcomes == {"done": 1, "CodeAlreadyUsed": 31}
    assert given.spendable(family) == 990
    assert sum(given.balance(ledger.shop(c.shop_id)) for c in counters) == 10


def test_one_code_sent_thirty_two_times_over_http_pays_once(given, mall, together):
    family = given.household(points=1000)
    counter = mall.counter()
    code = given.resident(family).post("/api/v1/pay-codes").json["code"]

    with ThreadPoolExecutor(32) as pool:
        answers = list(
            pool.map(
                lambda _: post(counter.clerk, "redemptions", {"code": code, "points": 10}),
                range(32),
            )
        )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 31
    assert given.spendable(family) == 990


def test_one_key_sent_thirty_two_times_at_once_gets_one_answer(given, mall, together):
    family = given.household(points=1000)
    counter = mall.counter()
    body = {"code": given.resident(family).post("/api/v1/pay-codes").json["code"], "points": 10}

    with ThreadPoolExecutor(32) as pool:
        answers = list(
            pool.map(lambda _: post(counter.clerk, "redemptions", body, key="scan-0001"), range(32))
        )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert given.spendable(family) == 990


def test_of_a_hundred_codes_of_ten_points_a_balance_of_500_pays_exactly_fifty(
    app, given, mall, noon, together
):
    family = given.household(points=300)
    given.points(family, 200, expires_on=None)
    counter = mall.counter()
    clerk = user_of(app, counter.clerk)

    outcomes = together(
        redeeming(counter, clerk, code, 10, noon)
        for code in codes_for(app, given, noon, family, 100)
    )

    assert outcomes == {"done": 50, "NotEnoughPoints": 50}
    assert given.spendable(family) == 0
    assert given.balance(ledger.shop(counter.shop_id)) == 500
    with app.app_context():
        used = select(func.count()).select_from(PayCode).where(PayCode.used_at.is_not(None))
        assert db.session.scalar(used) == 50


def test_a_phone_that_asks_many_times_at_once_has_one_live_code(app, given, noon, together):
    family = given.household()
    user_id = user_of(app, given.resident(family))

    outcomes = together(
        lambda: redemption.issue(
            county_id=COUNTY, household_id=family.id, user_id=user_id, at=noon()
        )
        for _ in range(32)
    )

    assert outcomes["done"] >= 1
    assert set(outcomes) <= {"done", "TooManyCodes"}
    with app.app_context():
        live = select(func.count()).select_from(PayCode).where(PayCode.replaced_at.is_(None))
        assert db.session.scalar(live) == 1
