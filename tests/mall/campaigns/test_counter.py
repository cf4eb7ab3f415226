"""Paying at the counter while a campaign runs: the customer knows the price before they pay."""

import pytest
from sqlalchemy import select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.points import ledger
from mall.campaigns.models import Subsidy
from tests.given.http import assert_refused, post
from tests.given.reversals import Desk


def assert_nothing_moved(given, office, family, counter, funder=None, left=0, points=5_000):
    assert given.spendable(family) == points
    assert given.balance(ledger.shop(counter.shop_id)) == 0
    if funder:
        assert office.left(funder) == left


def test_on_a_half_price_day_goods_of_20_yuan_cost_1000_points(
    app, given, office, family, phone, counter, price, pay
):
    funder = office.funder(5_000)
    office.campaign(funder)

    told = price(2_000).json
    paid = pay(phone, counter, told["points"], 2_000)

    assert told == {
        "market_price_fen": 2000,
        "settlement_fen": 2000,
        "points": 1000,
        "subsidy_fen": 1000,
        "campaign_name": "五折日",
        "funder_name": "县供销社",
        "why_full_price": None,
    }
    assert paid.status_code == 201, paid.json
    shown = {name: paid.json[name] for name in ("market_price_fen", "points", "subsidy_fen")}
    assert shown == {"market_price_fen": 2000, "points": 1000, "subsidy_fen": 1000}
    assert (paid.json["campaign_name"], paid.json["funder_name"]) == ("五折日", "县供销社")
    assert given.spendable(family) == 4_000
    assert office.left(funder) == 4_000
    assert given.balance(ledger.shop(counter.shop_id)) == 2_000
    with app.app_context():
        subsidy = db.session.scalars(select(Subsidy)).one()
        trace = select(AuditEvent.details).where(AuditEvent.action == "redemption.redeem")
        details = db.session.scalars(trace).one()
    assert (subsidy.settlement_fen, subsidy.given_back_fen) == (2000, 0)
    assert (details["points"], details["subsidy_fen"]) == (1000, 1000)


def test_household_and_shop_see_all_amounts(office, phone, counter, price, pay):
    office.campaign(office.funder(5_000))
    paid = pay(phone, counter, 1_000, 2_000).json

    today = counter.clerk.get(counter.url("account")).json

    assert phone.get("/api/v1/redemptions").json["items"] == [paid]
    [line] = counter.clerk.get(counter.url("redemptions")).json["items"]
    assert (line | paid, line["first_line"], line["line_count"]) == (line, "肥皂 1", 1)
    assert phone.get("/api/v1/pay-codes/current").json["redemption"] == paid
    assert (today["balance_fen"], today["today_points"]) == (2_000, 1_000)
    assert today["today_subsidy_fen"] == 1_000


def test_lists_ask_as_often_for_many_as_for_one(office, phone, counter, pay, queries, noon):
    office.campaign(office.funder(50_000))
    asked = []
    for _ in range(2):
        noon.move(seconds=1)
        assert pay(phone, counter, 100, 200).status_code == 201
        with queries() as seen:
            phone.get("/api/v1/redemptions")
            counter.owner.get(counter.url("statement?from=2026-06-01&to=2026-06-01"))
        asked.append(len(seen))

    assert asked[0] == asked[1]


def test_the_shops_statement_names_price_and_funder(office, phone, counter, pay):
    office.campaign(office.funder(5_000))
    pay(phone, counter, 1_000, 2_000)
    period = "statement?from=2026-06-01&to=2026-06-01"

    told = counter.owner.get(counter.url(period)).json
    printed = counter.owner.get(counter.url(f"{period}&format=html")).get_data(as_text=True)

    lines = [
        (m["kind"], m["words"], m["amount_fen"], m["market_price_fen"], m["funder_name"])
        for m in told["movements"]
    ]
    # Both were decided in one instant, and their ids lie in either order.
    assert sorted(lines) == [
        ("redemption", "村民兑换，原价 20.00 元", 1000, 2000, "县供销社"),
        ("subsidy", "活动补贴，县供销社出资", 1000, 2000, "县供销社"),
    ]
    assert told["closing_fen"] == 2_000
    assert "村民兑换，原价 20.00 元" in printed
    assert "活动补贴，县供销社出资" in printed


def test_a_plain_amount_asks_for_no_campaign(given, office, family, phone, counter, pay):
    funder = office.funder(5_000)
    office.campaign(funder)

    paid = pay(phone, counter, 2_000).json

    assert (paid["points"], paid["subsidy_fen"], paid["funder_name"]) == (2_000, 0, None)
    assert paid["market_price_fen"] == 2_000
    assert office.left(funder) == 5_000
    assert given.spendable(family) == 3_000


def test_without_a_campaign_a_price_is_paid_in_full(given, family, phone, counter, price, pay):
    told = price(2_000).json

    paid = pay(phone, counter, 2_000, 2_000)

    assert (told["points"], told["campaign_name"], told["why_full_price"]) == (2_000, None, None)
    assert paid.status_code == 201, paid.json
    assert given.spendable(family) == 3_000


def test_a_customer_does_not_pay_in_full_while_the_campaign_can_pay(
    given, office, family, phone, counter, pay
):
    funder = office.funder(5_000)
    office.campaign(funder)

    answer = pay(phone, counter, 2_000, 2_000)

    message = "现在是“五折日”，顾客付 1000 分。请告诉顾客，按这个价格再收一次"
    assert_refused(answer, 409, "campaigns.price_differs", message)
    assert answer.json["details"]["points"] == 1000
    assert_nothing_moved(given, office, family, counter, funder, 5_000)


def test_a_campaign_that_ended_meanwhile_is_told_before_anything_moves(
    given, office, family, phone, counter, price, pay
):
    funder = office.funder(5_000)
    campaign = office.campaign(funder)
    told = price(2_000).json
    assert office.stop(campaign).status_code == 200

    answer = pay(phone, counter, told["points"], 2_000)

    message = "现在没有优惠活动，按原价 20.00 元收。请先告诉顾客"
    assert_refused(answer, 409, "campaigns.none_now", message)
    assert_nothing_moved(given, office, family, counter, funder, 5_000)
    assert pay(phone, counter, 2_000, 2_000).status_code == 201


def test_money_that_is_used_up_is_told_before_anything_moves(
    given, office, family, phone, counter, price, pay
):
    funder = office.funder(1_500)
    office.campaign(funder)
    told = price(2_000).json
    assert pay(phone, counter, 1_000, 2_000).status_code == 201

    answer = pay(phone, counter, told["points"], 2_000)
    again = price(2_000).json

    message = "“五折日”的补贴已用完，现在按原价 20.00 元收。请先告诉顾客"
    assert_refused(answer, 409, "campaigns.subsidy_used_up", message)
    assert (again["points"], again["why_full_price"]) == (2_000, message)
    assert given.spendable(family) == 4_000
    assert office.left(funder) == 500
    assert given.balance(ledger.shop(counter.shop_id)) == 2_000
    # The code was not used: at the full price, or for something smaller, it still pays.
    assert pay(phone, counter, 500, 1_000).status_code == 201
    assert office.left(funder) == 0


def test_a_household_has_its_limit_of_a_day_and_pays_in_full_beyond_it(
    given, office, family, phone, counter, pay, noon
):
    funder = office.funder(50_000)
    office.campaign(funder, day_limit_fen=1_500)
    pay(phone, counter, 1_000, 2_000)

    answer = pay(phone, counter, 1_000, 2_000)

    message = (
        "“五折日”每户每天最多补贴 15.00 元，这一户今天还剩 5.00 元，不够这一次。"
        "现在按原价 20.00 元收。请先告诉顾客"
    )
    assert_refused(answer, 409, "campaigns.day_limit_reached", message)
    assert given.spendable(family) == 4_000
    assert office.left(funder) == 49_000
    assert pay(phone, counter, 2_000, 2_000).status_code == 201
    assert pay(phone, counter, 500, 1_000).status_code == 201
    noon.move(days=1)
    assert pay(phone, counter, 1_000, 2_000).status_code == 201
    assert given.spendable(family) == 500


def test_another_household_has_a_limit_of_its_own(given, office, phone, counter, pay):
    office.campaign(office.funder(50_000), day_limit_fen=1_000)
    neighbour = given.resident(given.household(points=1_000))

    assert pay(phone, counter, 1_000, 2_000).status_code == 201
    assert pay(neighbour, counter, 1_000, 2_000).status_code == 201


def test_of_two_campaigns_the_cheaper_pays_while_it_can(office, phone, counter, price, pay):
    poor, rich = office.funder(600, name="镇妇联"), office.funder(50_000)
    office.campaign(poor, name="四折日", percent=40)
    office.campaign(rich)

    cheap, then = price(1_000).json, None
    assert pay(phone, counter, 400, 1_000).status_code == 201
    then = price(1_000).json

    assert (cheap["points"], cheap["funder_name"]) == (400, "镇妇联")
    assert (then["points"], then["funder_name"]) == (500, "县供销社")
    assert then["why_full_price"] is None


@pytest.mark.parametrize(
    ("day", "is_on"), [("2026-05-31", 0), ("2026-06-01", 1), ("2026-06-03", 1), ("2026-06-08", 0)]
)
def test_a_campaign_holds_on_its_days_only(office, counter, price, noon, day, is_on):
    """From 1 June, a Monday, to 7 June, on Mondays and Wednesdays."""
    noon.at = noon.at.replace(month=5, day=30)
    terms = {"first_on": "2026-06-01", "last_on": "2026-06-07", "weekdays": [1, 3]}
    office.campaign(office.funder(5_000), **terms)

    noon.at = noon.at.replace(month=int(day[5:7]), day=int(day[8:]))

    assert price(2_000).json["points"] == (1_000 if is_on else 2_000)


def test_a_day_begins_at_midnight_in_china(office, price, noon):
    office.campaign(office.funder(5_000), first_on="2026-06-02")

    noon.at = noon.at.replace(hour=15, minute=59)
    before = price(2_000).json["points"]
    noon.move(minutes=1)

    assert (before, price(2_000).json["points"]) == (2_000, 1_000)


def test_a_campaign_holds_in_its_village_only(office, mall, counter, price):
    elsewhere = mall.counter()
    office.campaign(office.funder(5_000), region_id=str(counter.village.town_id))

    here, there = price(2_000), price(2_000, elsewhere.clerk)

    assert (here.json["points"], there.json["points"]) == (1_000, 2_000)


def test_a_campaign_holds_at_its_shops_only(office, mall, counter, price):
    elsewhere = mall.counter()
    office.campaign(office.funder(5_000), shop_ids=[str(counter.shop_id)])

    here, there = price(2_000), price(2_000, elsewhere.clerk)

    assert (here.json["points"], there.json["points"]) == (1_000, 2_000)


def test_a_draft_and_a_declined_campaign_pay_nothing(office, price):
    funder = office.funder(5_000)
    office.draft(funder)
    declined = office.draft(funder).json["id"]
    assert office.decide(declined, "refusal").json["state"] == "declined"

    assert price(2_000).json["points"] == 2_000


def test_too_few_points_leave_the_funders_money_alone(given, office, counter, pay):
    funder = office.funder(5_000)
    office.campaign(funder)
    poor = given.household(points=999)

    answer = pay(given.resident(poor), counter, 1_000, 2_000)

    assert_refused(answer, 409, "redemption.not_enough_points")
    assert_nothing_moved(given, office, poor, counter, funder, 5_000, points=999)


def test_the_limit_of_a_payment_counts_the_price(given, office, family, phone, counter, pay):
    funder = office.funder(50_000)
    office.campaign(funder, percent=1)

    answer = pay(phone, counter, 201, 20_100)

    assert_refused(answer, 422, "redemption.points_over_limit")
    assert_nothing_moved(given, office, family, counter, funder, 50_000)


def test_a_repeat_pays_both_parts_once(given, office, family, phone, counter, shelves):
    funder = office.funder(5_000)
    office.campaign(funder)
    code = phone.post("/api/v1/pay-codes").json["code"]
    lines = shelves.lines(counter, 2_000)
    body = {"code": code, "points": 1_000, "price_fen": 2_000, "lines": lines}

    first = post(counter.clerk, "redemptions", body, key="scan-0001")
    second = post(counter.clerk, "redemptions", body, key="scan-0001")

    assert first.json == second.json
    assert (given.spendable(family), office.left(funder)) == (4_000, 4_000)


def test_taking_a_redemption_back_gives_both_their_part(
    given, office, family, phone, counter, pay, noon
):
    funder = office.funder(5_000)
    office.campaign(funder, day_limit_fen=1_000)
    paid = pay(phone, counter, 1_000, 2_000).json
    noon.move(minutes=5)

    reversal = Desk(office.maker, office.checker).reverse("redemption", paid["id"])

    assert reversal.status_code == 200, reversal.json
    assert (given.spendable(family), office.left(funder)) == (5_000, 5_000)
    assert given.balance(ledger.shop(counter.shop_id)) == 0
    told = counter.owner.get(counter.url("statement?from=2026-06-01&to=2026-06-01")).json
    back = {movement["words"] for movement in told["movements"][2:]}
    assert back == {"更正", "退回活动补贴，县供销社出资"}
    assert counter.clerk.get(counter.url("account")).json["today_subsidy_fen"] == 0
    # What came back counts no more under the limit of the day.
    assert pay(phone, counter, 1_000, 2_000).status_code == 201


def test_a_shop_that_has_cashed_the_subsidy_is_not_drawn_below_zero(
    app, given, office, family, phone, counter, pay, mall
):
    funder = office.funder(5_000)
    office.campaign(funder)
    paid = pay(phone, counter, 1_000, 2_000).json
    mall.asked(counter, 500)

    answer = Desk(office.maker, office.checker).reverse("redemption", paid["id"])

    message = "店铺余额不够退回，还差 500 分。请等店铺有了余额再确认"
    assert_refused(answer, 409, "redemption.shop_has_too_little", message)
    assert (given.spendable(family), office.left(funder)) == (4_000, 4_000)


def test_only_who_serves_there_asks_for_a_price(given, office, phone, price):
    assert_refused(price(2_000, phone), 403, "forbidden")
    assert_refused(price(2_000, given.visitor()), 403, "forbidden")


@pytest.mark.parametrize("body", [{}, {"price_fen": 0}, {"price_fen": 1.5}, {"price_fen": "x"}])
def test_a_malformed_price_is_refused(counter, body):
    assert counter.clerk.post("/api/v1/redemptions/quote", json=body).status_code == 422


def test_resident_and_clerk_see_what_runs_at_a_shop(given, office, phone, counter, noon):
    office.campaign(office.funder(5_000), day_limit_fen=2_000)

    seen = phone.get(counter.url("campaigns")).json["items"]

    assert seen == counter.clerk.get(counter.url("campaigns")).json["items"]
    assert [(one["name"], one["percent"], one["funder_name"]) for one in seen] == [
        ("五折日", 50, "县供销社")
    ]
    assert (seen[0]["last_on"], seen[0]["day_limit_fen"]) == ("2026-06-02", 2_000)
    noon.move(days=2)
    assert phone.get(counter.url("campaigns")).json["items"] == []
    assert_refused(given.visitor().get(counter.url("campaigns")), 403, "forbidden")
