"""Forged weigh slips elsewhere took millions: what a weigher alone cannot do here."""

from app.recycling.sales.models import Sale
from app.register.identity.roles import Role
from tests.given.rows import count
from tests.given.sales import recyclers_money


def test_a_forged_weigh_slip_pays_nobody_more_than_a_days_limit_and_never_the_weigher(
    app, given, recycler, family, sell
):
    weigher = given.user()
    given.grant(weigher, Role.COLLECTOR, family.village.id)
    weighing = given.resident(given.household(village=family.village), user_id=weigher)
    before = recyclers_money(given, recycler)

    too_heavy = sell(("paper", "100.001", "kg"), client=weighing)
    elsewhere = sell(
        ("paper", "1", "kg"), client=weighing, home=given.household(village=given.village())
    )

    assert (too_heavy.status_code, too_heavy.json["code"]) == (409, "sales.too_much_in_a_day")
    assert elsewhere.status_code == 404
    assert (count(app, Sale), recyclers_money(given, recycler)) == (0, before)


def test_every_gram_that_is_paid_names_who_weighed_it(given, recycler, family, sell):
    sold = sell(("paper", "12", "jin"))

    assert sold.status_code == 201, sold.json
    (line,) = sold.json["lines"]
    assert line["grams"] == 6_000
    assert given.spendable(family) == sold.json["points"]
