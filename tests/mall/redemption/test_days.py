"""Limits of a day, and the sums of a day."""

from mall.redemption.settings import CounterSettings
from tests.given.http import assert_refused, post, user_of


def test_a_household_has_a_limit_over_all_its_members_and_shops(
    given, family, limits, pay, moved, mall, noon
):
    limits(household_day_points=1_000)
    other = mall.counter()
    assert pay(600).status_code == 201
    assert pay(300, client=other.clerk, by=given.resident(family)).status_code == 201

    refused = pay(101)

    assert_refused(
        refused,
        409,
        "redemption.household_day_limit",
        "一户一天最多用 1000 分，今天还能用 100 分",
    )
    assert refused.json["details"] == {"limit": 1_000, "left": 100}
    assert moved() == (14_100, 600)
    assert pay(100).status_code == 201
    noon.move(hours=12)  # past midnight in China
    assert pay(1_000).status_code == 201


def test_a_shop_has_a_limit_over_all_its_customers(given, limits, pay, moved, mall, noon):
    limits(shop_day_points=1_000)
    neighbour = given.resident(given.household(points=1_000))
    assert pay(600).status_code == 201

    refused = pay(401, by=neighbour)

    assert_refused(
        refused, 409, "redemption.shop_day_limit", "这家店一天最多收 1000 分，今天还能收 400 分"
    )
    assert moved() == (14_400, 600)
    assert pay(1_000, client=mall.counter().clerk).status_code == 201
    assert pay(400, by=neighbour).status_code == 201


def test_what_was_taken_back_does_not_count(counter, limits, pay, moved):
    limits(household_day_points=1_000, shop_day_points=1_000)
    paid = pay(900).json
    assert pay(200).status_code == 409

    post(counter.clerk, f"redemptions/{paid['id']}/void", {"reason": "wrong_amount"})

    assert pay(1_000).status_code == 201
    assert moved() == (14_000, 1_000)


def test_a_household_pays_a_hundred_yuan_and_a_shop_takes_a_thousand_unless_the_county_says_more(
    limits, pay, moved
):
    assert (CounterSettings().household_day_points, CounterSettings().shop_day_points) == (
        10_000,
        100_000,
    )
    limits(confirm_above_points=20_000)

    assert [pay(5_000).status_code for _ in range(2)] == [201] * 2
    assert_refused(pay(1), 409, "redemption.household_day_limit")
    assert moved() == (5_000, 10_000)
    limits(household_day_points=None, shop_day_points=None)
    assert pay(5_000).status_code == 201


def test_a_day_is_summed_by_clerk_means_and_funder(app, phone, counter, pay, office, noon):
    funder = office.funder(5_000)
    office.campaign(funder, last_on="2026-06-01")
    code = counter.owner.post(counter.url("code")).json["code"]
    pay(300)
    pay(200, price_fen=400)
    gone = pay(100, price_fen=200).json
    post(counter.clerk, f"redemptions/{gone['id']}/void", {"reason": "wrong_amount"})
    pay(50, client=counter.owner)
    post(phone, "shop-codes/payments", {"code": code, "points": 70})

    day = counter.clerk.get(counter.url("day")).json

    nothing = {"void_count": 0, "void_points": 0}
    clerk, owner = (str(user_of(app, who)) for who in (counter.clerk, counter.owner))
    by = {"clerk_name": None, "payment_method": "pay_code"}
    assert day == {
        "on": "2026-06-01",
        "count": 4,
        "points": 620,
        "void_count": 1,
        "void_points": 100,
        "subsidy_fen": 200,
        "parts": [
            {
                "clerk_id": clerk,
                **by,
                "count": 2,
                "points": 500,
                "void_count": 1,
                "void_points": 100,
            },
            {
                "clerk_id": None,
                **by,
                "payment_method": "shop_code",
                "count": 1,
                "points": 70,
                **nothing,
            },
            {"clerk_id": owner, **by, "count": 1, "points": 50, **nothing},
        ],
        "funders": [{"funder_id": str(funder), "funder_name": "县供销社", "subsidy_fen": 200}],
        "hours": [0] * 12 + [620] + [0] * 11,
    }
    noon.move(days=1)
    empty = counter.clerk.get(counter.url("day")).json
    assert (empty["on"], empty["count"], empty["parts"]) == ("2026-06-02", 0, [])
    assert counter.clerk.get(counter.url("day?on=2026-06-01")).json == day


def test_a_day_costs_the_same_however_many_payments(counter, pay, queries):
    pay(10)
    with queries() as one:
        counter.clerk.get(counter.url("day"))
    for points in (20, 30, 40):
        pay(points)
    with queries() as four:
        counter.clerk.get(counter.url("day"))

    assert len(one) == len(four) == 5


def test_a_shop_lists_one_day(counter, pay, noon):
    first = pay(10).json
    noon.move(days=1)
    second = pay(20).json

    def listed(on):
        items = counter.clerk.get(counter.url(f"redemptions?on={on}")).json["items"]
        return [one["id"] for one in items]

    assert listed("2026-06-01") == [first["id"]]
    assert listed("2026-06-02") == [second["id"]]
    assert listed("2026-06-03") == []


def test_a_day_is_nobody_elses(given, mall, counter, phone):
    assert mall.counter().clerk.get(counter.url("day")).status_code == 404
    assert phone.get(counter.url("day")).status_code == 403
