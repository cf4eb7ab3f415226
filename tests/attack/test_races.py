"""Two at once, where a rule looks at more than what is locked."""

import pytest

from app.points import ledger
from mall.campaigns import subsidies
from mall.catalogue.prices import Charged
from tests.given.factories import COUNTY


@pytest.mark.race("mall.campaigns.subsidies.take_turns")
def test_two_campaigns_of_one_funder_keep_its_day_together(
    app, committed, given, mall, office, noon, together, shelves
):
    funder = office.funder(100_000)
    counters = [mall.counter() for _ in range(4)]
    for one in counters:
        office.campaign(funder, shop_ids=[str(one.shop_id)], funder_day_limit_fen=500)
    homes = [given.household(points=5_000) for _ in counters]
    on_shelf = {
        one.shop_id: [Charged(shelves.goods(one, points=1_000, market=1_000), 1_000)]
        for one in counters
    }

    def agree(home, counter):
        quote = subsidies.agree(
            county_id=COUNTY,
            shop_id=counter.shop_id,
            household_id=home.id,
            market_price_fen=1_000,
            goods=on_shelf[counter.shop_id],
            points=500,
            at=noon(),
        )
        subsidies.pay_subsidy(
            county_id=COUNTY,
            household_id=home.id,
            shop_id=counter.shop_id,
            reference=f"race:{home.id}",
            decided_at=noon(),
            quote=quote,
        )

    outcomes = together(
        [
            lambda home=home, one=one: agree(home, one)
            for home, one in zip(homes, counters, strict=True)
        ]
    )

    assert outcomes == {"done": 1, "FunderLimitReached": 3}
    assert given.balance(ledger.subsidy(funder)) == 99_500
