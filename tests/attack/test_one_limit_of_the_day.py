"""A phone that was stolen, or an account that was taken over, spends by whichever way is open."""

from mall.redemption.settings import SETTINGS
from tests.given.http import assert_refused, post


def test_counters_orders_and_vouchers_count_under_one_limit_of_a_households_day(
    given, town, desk, noon
):
    given.setting(SETTINGS, household_day_points=2_500)
    kind = desk.kind(3)

    def pay(points):
        noon.move(seconds=1)
        code = town.phone.post("/api/v1/pay-codes").json["code"]
        return post(town.counter.clerk, "redemptions", {"code": code, "points": points})

    order = town.placed((town.soap, 1), points=300)
    assert desk.buy(town.phone, kind).status_code == 201  # 1,800

    for refused in (
        pay(401),
        town.order((town.rice, 1), points=1_000),
        desk.buy(town.phone, kind),
    ):
        assert_refused(refused, 409, "redemption.household_day_limit")
        assert refused.json["details"] == {"limit": 2_500, "left": 400}
    assert (town.points(), town.takings(), desk.takings()) == (5_000 - 2_100, 0, 1_800)
    assert (town.pieces(town.rice)[1], desk.states(kind)) == (0, {"free": 2, "sold": 1})

    assert town.step(order, "cancellation", client=town.phone).status_code == 200
    assert pay(700).status_code == 201
    assert town.order((town.soap, 1), points=300).json["code"] == "redemption.household_day_limit"
    noon.move(hours=12)  # past midnight in China
    assert town.order((town.soap, 1), points=300).status_code == 201
