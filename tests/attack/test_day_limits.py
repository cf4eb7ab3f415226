"""Somebody with a borrowed phone and a shop that plays along: what a household may pay in a day."""

from tests.given.http import assert_refused


def test_an_order_counts_under_what_a_household_may_pay_in_a_day(given, town, shelves, counter):
    """docs/trust.md: a household pays at most 100 yuan a day, above 10 yuan the phone says yes."""
    family = given.household(points=15_000)
    phone = given.resident(family)
    rice = shelves.stocked(counter, "米", points=1_000, market=1_000, pieces=20)

    placed = town.order((rice, 12), points=12_000, phone=phone)

    assert placed.status_code == 409, placed.json["state"]
    assert_refused(placed, 409, "redemption.household_day_limit")
