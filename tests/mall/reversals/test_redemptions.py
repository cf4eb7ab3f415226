"""A redemption is taken back by two people; the points return to where they came from."""

from datetime import date

import pytest

from app.kernel.db import transaction
from app.points import ledger
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.http import assert_refused
from tests.given.reversals import Desk

LAST_DAY = date(2027, 3, 31)


@pytest.fixture
def home(given):
    """A household with 30 earned points and 50 that never expire."""
    family = given.household(points=30)
    given.points(family, 50, expires_on=None)
    return family


def holds(given, family):
    return (
        given.balance(ledger.household(family.id, LAST_DAY)),
        given.balance(ledger.household(family.id)),
    )


def test_the_points_return_to_where_they_came_from(given, desk, home, counter, pay):
    phone = given.resident(home)
    redemption = pay(home, counter, 42, phone)
    assert holds(given, home) == (0, 38)

    reversal = desk.reverse("redemption", redemption).json

    assert (reversal["state"], reversal["moved"], reversal["owed"]) == ("confirmed", 42, 0)
    assert holds(given, home) == (30, 50)
    assert given.balance(ledger.shop(counter.shop_id)) == 0
    assert phone.get("/api/v1/redemptions").json["items"][0]["state"] == "void"
    assert counter.clerk.get(counter.url("account")).json["today_points"] == 0
    assert phone.get("/api/v1/points/reversals").json["items"][0]["subject_id"] == redemption


def test_points_that_come_back_after_their_last_day_can_be_spent(given, home, counter, pay, noon):
    redemption = pay(home, counter, 30)
    noon.at = noon.at.replace(year=2027, month=4, day=2)
    county = given.county()
    desk = Desk(*(given.staff(Role.FINANCE, county) for _ in range(2)))

    desk.reverse("redemption", redemption)

    assert given.balance(ledger.household(home.id, date(2028, 3, 31))) == 30
    assert given.spendable(home) == 80


def test_a_shop_that_has_cashed_the_points_is_not_drawn_below_zero(
    app, given, desk, home, counter, pay, noon
):
    redemption = pay(home, counter, 42)
    with app.app_context(), transaction():
        ledger.hold(
            county_id=COUNTY,
            reference="cash_out:1",
            decided_at=noon(),
            kind=ledger.TransferKind.CASH_OUT,
            debit=ledger.shop(counter.shop_id),
            credit=ledger.payout_in_flight(),
            amount=40,
            expires_at=None,
        )

    answer = desk.reverse("redemption", redemption)

    assert_refused(
        answer,
        409,
        "redemption.shop_has_too_little",
        "店铺余额不够退回，还差 40 分。请等店铺有了余额再确认",
    )
    assert holds(given, home) == (0, 38)
    assert desk.asker.get("/api/v1/reversals").json["items"][0]["state"] == "proposed"


def test_a_redemption_is_given_back_once(given, desk, home, counter, pay):
    redemption = pay(home, counter, 42)
    reversal = desk.reverse("redemption", redemption).json

    assert_refused(desk.confirm(reversal["id"]), 409, "decisions.decided")
    assert_refused(desk.ask("redemption", redemption), 409, "redemption.already_void")
    assert holds(given, home) == (30, 50)


def test_finance_decides_about_redemptions_and_a_town_does_not(given, desk, home, counter, pay):
    redemption = pay(home, counter, 42)
    finance = given.staff(Role.FINANCE, given.county())
    town = given.staff(Role.TOWN_ADMIN, counter.village.town_id)

    assert_refused(
        desk.ask("redemption", redemption, client=town), 404, "reversal.subject_not_found"
    )
    asked = desk.ask("redemption", redemption, client=finance)
    assert asked.status_code == 201
    assert_refused(desk.confirm(asked.json["id"], client=town), 404, "reversal.not_found")
    assert desk.confirm(asked.json["id"]).status_code == 200


def test_an_unknown_redemption_is_not_found(desk, home):
    assert_refused(desk.ask("redemption", home.id), 404, "reversal.subject_not_found")
    assert_refused(desk.ask("award", home.id), 404, "reversal.subject_not_found")
