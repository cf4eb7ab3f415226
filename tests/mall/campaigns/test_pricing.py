"""Who pays which part: whole fen, rounded up for the household, and nothing lost between them."""

from datetime import date
from uuid import uuid4

import hypothesis.strategies as st
import pytest
from hypothesis import given as drawn

from mall.campaigns.models import Campaign
from mall.campaigns.pricing import campaign_price, full_price


def offer(market_price_fen, percent, settlement_fen=None):
    campaign = Campaign(
        id=uuid4(),
        name="五折日",
        percent=percent,
        funder_id=uuid4(),
        first_on=date(2026, 6, 1),
        last_on=date(2026, 6, 1),
    )
    return campaign_price(
        campaign,
        "县供销社",
        market_price_fen=market_price_fen,
        settlement_fen=market_price_fen if settlement_fen is None else settlement_fen,
    )


@pytest.mark.parametrize(
    ("market_price", "percent", "settlement", "points", "subsidy"),
    [
        (2000, 50, 2000, 1000, 1000),  # T6 of the policy: the shelf says 20.00 yuan
        (2000, 50, 1800, 1000, 800),  # the merchant is owed less than the shelf says
        (999, 50, 999, 500, 499),  # rounded up to whole points
        (1, 99, 1, 1, 0),  # nothing is left for the funder
        (101, 1, 101, 2, 99),
        (2000, 50, 1000, 1000, 0),  # the household's part is all that is owed
        (2000, 50, 900, 900, 0),  # nobody pays more than is owed
    ],
)
def test_a_price_in_its_parts(market_price, percent, settlement, points, subsidy):
    told = offer(market_price, percent, settlement)

    assert (told.market_price_fen, told.settlement_fen) == (market_price, settlement)
    assert (told.points, told.subsidy_fen) == (points, subsidy)
    assert (told.campaign_id is None) == (subsidy == 0)


def test_without_a_campaign_the_household_pays_what_is_owed():
    told = full_price(2000, 1800)

    assert (told.points, told.subsidy_fen, told.campaign_id) == (1800, 0, None)


@drawn(st.integers(1, 10**9), st.integers(1, 99), st.integers(1, 10**9))
def test_the_parts_always_add_up(market_price, percent, settlement):
    settlement = min(settlement, market_price)

    told = offer(market_price, percent, settlement)

    assert told.points + told.subsidy_fen == settlement
    assert 1 <= told.points <= settlement
    assert told.points * 100 >= min(market_price * percent, settlement * 100)
    assert told.points * 100 < market_price * percent + 100
