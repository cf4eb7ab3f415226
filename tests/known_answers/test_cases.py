"""Cases with answers known from elsewhere: counties, newspapers and other people's bugs.

T6 (a half-price day) and T7 (bands of a village's score) belong to the mall's campaigns and to the
villages' rates.
"""

from datetime import UTC, date, datetime

import pytest

from app.kernel import clock
from app.kernel.units import grams_from
from app.points import awards, ledger
from app.points.awards import jobs as award_jobs
from app.points.awards.rules import Rules
from app.points.expiry import jobs as expiry
from app.recycling.sales import jobs as sales
from app.standing.scores.reckoning import items
from tests.given.http import post


@pytest.fixture
def pay(given, counter):
    """The household pays at a shop."""

    def run(phone, points: int):
        code = post(phone, "pay-codes").json["code"]
        body = {"code": code, "points": points}
        return post(counter.clerk, "redemptions", body)

    return run


@pytest.fixture
def december(noon):
    """1 December 2025; named first by a test, the county begins then."""
    noon.at = in_china(2025, 12, 1, 9)


def in_china(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=clock.CALENDAR).astimezone(UTC)


def test_t1_10_1_kg_at_80_fen_a_kilogram_are_808_fen(recycler, sold, prices):
    prices(price_mixed=80)

    assert sold(("mixed", "10.1", "kg"))["points"] == 808


def test_t2_2_9_kg_at_80_fen_a_kilogram_are_232_fen(recycler, sell, prices):
    prices(price_mixed=80)

    assert sell(("mixed", "2.9", "kg")).json["points"] == 232


def test_t3_12_jin_of_paper_at_8_points_a_jin_are_96_and_after_spending_90_6_are_left(
    given, recycler, family, sell, prices, pay
):
    prices(price_paper=16)

    sold = sell(("paper", "12", "jin"))
    paid = pay(given.resident(family), 90)

    assert (sold.json["points"], paid.status_code) == (96, 201)
    assert given.spendable(family) == 6


def test_t4_30_kg_of_newspaper_at_1_yuan_a_kilogram_are_3000_points(
    given, recycler, family, sold, prices
):
    prices(price_paper=100)

    sold(("paper", "30", "kg"))

    assert given.spendable(family) == 3_000


def test_t5_of_365_points_200_are_spent_and_200_more_are_refused_and_change_nothing(
    given, family, pay
):
    given.points(family, 365)
    phone = given.resident(family)

    first, second = pay(phone, 200), pay(phone, 200)

    assert first.status_code == 201
    assert (second.status_code, second.json["details"]) == (409, {"missing": 35, "needed": 200})
    assert given.spendable(family) == 165
    assert len(phone.get("/api/v1/points/transfers").json["items"]) == 2


def test_t8_self_checks_at_23_59_and_00_01_are_both_paid(decide, given, family, noon):
    noon.at = in_china(2026, 6, 3, 9)

    decide(family, happened_at=in_china(2026, 6, 1, 23, 59))
    decide(family, happened_at=in_china(2026, 6, 2, 0, 1))

    assert given.spendable(family) == 10


def test_t8_of_self_checks_at_8_and_at_9_one_is_paid(decide, given, family, noon):
    noon.at = in_china(2026, 6, 3, 9)

    decide(family, happened_at=in_china(2026, 6, 1, 8))
    decide(family, happened_at=in_china(2026, 6, 1, 9))

    assert given.spendable(family) == 5


@pytest.mark.parametrize(("grams", "points"), [(499, 0), (500, 1), (999, 1)])
def test_t9_a_bonus_is_for_each_full_500_grams(
    given, recycler, family, sell, prices, noon, grams, points
):
    prices(sale_weight_bonus=1)
    sell(("paper", f"0.{grams}", "kg"))
    noon.move(days=1)

    sales.decide_bonuses()
    award_jobs.pay_waiting()

    assert given.balance(ledger.household(family.id, date(2027, 3, 31))) == points


def test_t10_12_jin_and_12_kg_are_whole_grams(recycler, sold):
    sale = sold(("paper", "12", "jin"), ("paper", "12", "kg"))

    assert [line["grams"] for line in sale["lines"]] == [6_000, 12_000]
    assert isinstance(grams_from("12", "jin"), int)


def test_t11_points_of_2025_leave_once_and_later_spending_is_not_subtracted_twice(
    december, decide, given, noon, pay
):
    village = given.village()
    given.budget(village, 1_000)
    family = given.household(village=village)
    phone = given.resident(family)
    decide(family, awards.Rule.CHECKED_A)
    decide(family)

    noon.at = in_china(2026, 4, 1, 9)
    assert given.spendable(family) == 0  # read before the night's sweep has been
    expiry.expire_points()
    expiry.expire_points()
    decide(family, awards.Rule.CHECKED_A)
    assert pay(phone, 4).status_code == 201
    expiry.expire_points()

    assert given.spendable(family) == 6
    moved = phone.get("/api/v1/points/transfers").json["items"]
    assert sorted((row["kind"], row["points"]) for row in moved) == [
        ("award", 5),
        ("award", 10),
        ("award", 10),
        ("expiry", -15),
        ("redemption", -4),
    ]


def test_t12_six_findings_of_5_points_on_an_item_of_25_leave_20_15_10_5_0_0():
    rules = Rules()

    rest = [
        items(rules, {"kitchen": n, "recyclable": 0, "hazardous": 0, "residual": 0})
        for n in range(1, 7)
    ]

    assert sum(rules.score_items().values()) == 100
    assert [item["kitchen"].left for item in rest] == [20, 15, 10, 5, 0, 0]
    assert sum(item.left for item in rest[5].values()) == 75
