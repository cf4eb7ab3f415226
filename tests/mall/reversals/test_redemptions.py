"""A redemption is taken back by two people; the points return to where they came from."""

from datetime import date

import pytest

from app.kernel.db import transaction
from app.points import ledger
from app.register.identity.roles import Role
from mall.redemption.settings import SETTINGS as COUNTER_SETTINGS
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
    people = [given.user() for _ in range(2)]
    for user_id in people:
        given.grant(user_id, Role.FINANCE, given.county())
    noon.at = noon.at.replace(year=2027, month=3, day=30)
    redemption = pay(home, counter, 30)
    noon.move(days=3)
    desk = Desk(*(given.signed_in(user_id) for user_id in people))

    desk.reverse("redemption", redemption)

    assert given.spendable(home) == 80


def test_after_thirty_days_a_payment_stays_with_the_shop(given, home, counter, pay, noon, desk):
    redemption = pay(home, counter, 42)
    noon.move(days=29, hours=23)
    asked = desk.ask("redemption", redemption)
    noon.move(hours=1)

    assert_refused(desk.confirm(asked.json["id"]), 409, "redemption.reversal_too_late")
    other = given.staff(Role.FINANCE, given.county())
    desk_of_other = desk.ask("redemption", pay(home, counter, 1), client=other)
    assert desk_of_other.status_code == 201
    noon.move(days=30)
    late = desk.ask("redemption", redemption)
    assert_refused(late, 409, "redemption.reversal_too_late")
    assert given.balance(ledger.shop(counter.shop_id)) == 43


def test_the_owner_is_told_before_and_after(home, counter, pay, desk):
    redemption = pay(home, counter, 42)

    desk.reverse("redemption", redemption)

    told = counter.owner.get("/api/v1/notices").json["items"]
    assert sorted(one["title"] for one in told) == [
        "店里的一笔收款退回了",
        "有人申请从店里退回一笔收款",
    ]
    assert all("理由：照片里是别人家的垃圾桶" in one["sentence"] for one in told)


def test_more_than_twenty_yuan_take_one_of_finance_and_one_administrator(given, counter, pay, desk):
    given.setting(COUNTER_SETTINGS, confirm_above_points=20_000)
    rich = given.household(points=5_000)
    redemption = pay(rich, counter, 2_001)
    asked = desk.ask("redemption", redemption)

    assert_refused(desk.confirm(asked.json["id"]), 403, "reversal.both_roles")
    assert given.balance(ledger.shop(counter.shop_id)) == 2_001
    finance = given.staff(Role.FINANCE, given.county())
    assert desk.confirm(asked.json["id"], client=finance).status_code == 200
    assert given.spendable(rich) == 5_000


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
