"""A household alone: points that never end, because an order is placed and cancelled in time."""

from datetime import date

from app.points.expiry import jobs as expiry
from tests.given.http import post


def test_points_are_prolonged_once_and_not_each_time_an_order_is_cancelled(given, town, noon):
    family = given.household(village=None)
    given.points(family, 300, expires_on=date(2026, 6, 1))
    phone = given.resident(family)
    noon.move(hours=11)  # 23:00 in China, of the last day

    for _ in range(10):
        placed = town.order((town.soap, 1), points=300, phone=phone)
        if placed.status_code != 201:
            break
        noon.move(hours=2)
        expiry.expire_points()
        cancelled = post(phone, f"orders/{placed.json['id']}/cancellation")
        assert cancelled.status_code == 200, cancelled.json
        noon.move(days=8, hours=-2)  # the last evening of the week that they were given

    noon.move(days=1)
    expiry.expire_points()
    assert given.spendable(family) == 0
    assert noon().date() < date(2026, 7, 1), "a month later they were still spent"
