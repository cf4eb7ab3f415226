"""A village administrator alone: new means of a household whose points are held just then."""

from app.register.identity.roles import Role
from tests.given.cards import PIN, named
from tests.given.http import assert_refused, post


def test_points_that_were_held_when_the_means_came_are_kept_from_it_too(
    given, cards_office, town, counter
):
    family = given.household(points=2_000)
    phone = given.resident(family)
    paper = cards_office.active(family)
    order_id = town.placed((town.rice, 2), points=2_000, phone=phone)
    administrator = given.staff(Role.VILLAGE_ADMIN, family.village.id)
    body = {"household_id": str(family.id), "document": "id_card", "day_points_max": 2_000}
    proxy_id = named(administrator, "proxies/in-person", **body).json["id"]
    assert post(phone, f"orders/{order_id}/cancellation").status_code == 200

    body = {"card": paper.qr, "pin": PIN, "points": 2_000, "proxy_id": proxy_id}
    paid = post(counter.clerk, "cards/redemptions", body)

    assert_refused(paid, 409, "trust.cooling_off")
