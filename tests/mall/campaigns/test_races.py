"""Many at once, with real commits: a funder's last fen pay once, and a limit is kept."""

from uuid import UUID

import pytest

from app.points import ledger
from mall import campaigns
from mall.campaigns import funding, service
from mall.redemption import service as redemption
from tests.given.factories import COUNTY
from tests.given.http import post, user_of


def codes_of(phones):
    return [phone.post("/api/v1/pay-codes").json["code"] for phone in phones]


def line(shelves, counter):
    """Goods of 20 yuan that stand on the shelf."""
    (sent,) = shelves.lines(counter, 2_000)
    return redemption.Line(sent["name"], 1, 2_000, UUID(sent["goods_id"]))


def paying(counter, clerk_id, code, noon, goods):
    return lambda: redemption.redeem(
        county_id=COUNTY,
        shop_id=counter.shop_id,
        clerk_id=clerk_id,
        code=code,
        sale=redemption.Sale(1_000, 2_000, (goods,)),
        at=noon(),
    )


def test_two_shops_at_the_last_money_of_a_funder_get_it_once(
    app, given, mall, office, noon, together, shelves
):
    funder = office.funder(1_999)
    office.campaign(funder)
    counters = [mall.counter() for _ in range(2)]
    clerks = [user_of(app, one.clerk) for one in counters]
    goods = [line(shelves, one) for one in counters]
    families = [given.household(points=5_000) for _ in range(32)]
    codes = codes_of(given.resident(family) for family in families)

    outcomes = together(
        paying(counters[n % 2], clerks[n % 2], code, noon, goods[n % 2])
        for n, code in enumerate(codes)
    )

    assert outcomes == {"done": 1, "SubsidyUsedUp": 31}
    assert office.left(funder) == 999
    assert sum(given.balance(ledger.shop(one.shop_id)) for one in counters) == 2_000
    assert sum(given.spendable(family) for family in families) == 32 * 5_000 - 1_000


def test_the_members_of_a_household_keep_to_its_limit_together(
    app, given, counter, office, noon, together, shelves
):
    funder = office.funder(50_000)
    office.campaign(funder, day_limit_fen=3_000)
    family = given.household(points=50_000)
    codes = codes_of(given.resident(family) for _ in range(16))
    clerk = user_of(app, counter.clerk)

    goods = line(shelves, counter)

    outcomes = together(paying(counter, clerk, code, noon, goods) for code in codes)

    assert outcomes == {"done": 3, "DayLimitReached": 13}
    assert office.left(funder) == 47_000


@pytest.mark.race("mall.agreed_moves.service.decide")
def test_a_funding_approved_sixteen_times_at_once_moves_once(app, given, office, noon, together):
    funder = office.funder()
    office.reserve(10_000)
    proposed = office.fund(funder, 100).json["id"]
    checkers = [given.user() for _ in range(16)]

    outcomes = together(
        lambda checker=checker: funding.approve_funding(
            county_id=COUNTY, funding_id=proposed, approved_by=checker, at=noon()
        )
        for checker in checkers
    )

    assert outcomes == {"done": 1, "AlreadyDecided": 15}
    assert office.left(funder) == 100


@pytest.mark.race("mall.campaigns.service._locked_campaign")
def test_a_campaign_approved_and_declined_at_once_is_decided_once(
    app, given, office, noon, together
):
    draft = office.draft(office.funder()).json["id"]
    people = [given.user() for _ in range(16)]

    def deciding(n, who):
        if n % 2:
            return lambda: service.approve(
                county_id=COUNTY, campaign_id=draft, approved_by=who, at=noon()
            )
        return lambda: service.decline(
            county_id=COUNTY, campaign_id=draft, declined_by=who, at=noon()
        )

    outcomes = together(deciding(n, who) for n, who in enumerate(people))

    assert outcomes == {"done": 1, "AlreadyDecided": 15}


@pytest.mark.race("mall.campaigns.subsidies._locked_subsidy")
def test_what_is_left_of_a_subsidy_is_given_back_once(
    app, given, counter, office, noon, together, shelves
):
    funder = office.funder(5_000)
    office.campaign(funder)
    phone = given.resident(given.household(points=5_000))
    lines = shelves.lines(counter, 2_000)
    body = {"code": codes_of([phone])[0], "points": 1_000, "price_fen": 2_000, "lines": lines}
    reference = f"redemption:{post(counter.clerk, 'redemptions', body).json['id']}"

    def giving_back(n):
        def work():
            left = campaigns.subsidy_left(county_id=COUNTY, reference=reference)
            if left:
                campaigns.give_back_subsidy(
                    county_id=COUNTY,
                    reference=reference,
                    because=f"refund:{n}",
                    decided_at=noon(),
                    amount_fen=min(left, 300),
                )

        return work

    outcomes = together(giving_back(n) for n in range(16))

    assert outcomes == {"done": 16}
    assert office.left(funder) == 5_000
    assert given.balance(ledger.shop(counter.shop_id)) == 1_000
