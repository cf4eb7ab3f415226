"""Two at once, where a rule looks at more than what is locked."""

import pytest

from app.points import ledger
from mall.catalogue.prices import Charged
from tests.given.campaigns import pay_half


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
        one.shop_id: [Charged(shelves.stocked(one, points=1_000, market=1_000).goods_id, 1_000)]
        for one in counters
    }

    def agree(home, counter):
        pay_half(home, counter, on_shelf[counter.shop_id], at=noon())

    outcomes = together(
        [
            lambda home=home, one=one: agree(home, one)
            for home, one in zip(homes, counters, strict=True)
        ]
    )

    assert outcomes == {"done": 1, "FunderLimitReached": 3}
    assert given.balance(ledger.subsidy(funder)) == 99_500
