"""The funder's part of a purchase, as the modules that sell use it."""

import pytest

from app.kernel.db import transaction
from app.points import ledger
from mall import campaigns
from mall.campaigns import queries
from mall.catalogue.prices import Charged
from tests.given.factories import COUNTY


@pytest.fixture
def act(app):
    def run(command, **arguments):
        with app.app_context(), transaction():
            return command(county_id=COUNTY, **arguments)

    return run


@pytest.fixture
def bought(act, office, family, counter, noon, shelves):
    """Half of 18.00 yuan, which is what the merchant is owed for goods of 20.00 on the shelf."""
    funder = office.funder(5_000)
    office.campaign(funder)
    told = act(
        campaigns.agree,
        shop_id=counter.shop_id,
        household_id=family.id,
        market_price_fen=2_000,
        goods=[Charged(shelves.stocked(counter, points=2_000, market=2_000).goods_id, 2_000)],
        settlement_fen=1_800,
        points=1_000,
        at=noon(),
    )
    act(
        ledger.spend,
        household_id=family.id,
        reference="order:1",
        decided_at=noon(),
        kind=ledger.TransferKind.REDEMPTION,
        credit=ledger.shop(counter.shop_id),
        amount=told.points,
    )
    act(
        campaigns.pay_subsidy,
        household_id=family.id,
        shop_id=counter.shop_id,
        reference="order:1",
        decided_at=noon(),
        quote=told,
    )
    return funder


def give_back(act, noon, amount_fen, because):
    act(
        campaigns.give_back_subsidy,
        reference="order:1",
        because=because,
        decided_at=noon(),
        amount_fen=amount_fen,
    )


def test_the_merchant_gets_the_settlement_price(given, bought, office, counter):
    assert given.balance(ledger.shop(counter.shop_id)) == 1_800
    assert office.left(bought) == 4_200


def test_a_part_goes_back_and_later_another(given, act, bought, office, counter, noon, app):
    give_back(act, noon, 300, "order_refund:1")
    give_back(act, noon, 300, "order_refund:1")  # a repeat gives back once
    give_back(act, noon, 200, "order_refund:2")

    assert office.left(bought) == 4_700
    assert given.balance(ledger.shop(counter.shop_id)) == 1_300
    assert act(campaigns.subsidy_left, reference="order:1") == 300
    with app.app_context():
        shown = queries.subsidies(COUNTY, {"order:1", "order:2"})
    assert list(shown) == ["order:1"]
    assert (shown["order:1"].subsidy_fen, shown["order:1"].given_back_fen) == (800, 500)


def test_more_than_was_paid_does_not_go_back(given, act, bought, office, counter, noon):
    with pytest.raises(Exception, match="given_back_is_a_part"):
        give_back(act, noon, 801, "order_refund:1")

    assert office.left(bought) == 4_200
    assert given.balance(ledger.shop(counter.shop_id)) == 1_800


def test_a_purchase_without_a_subsidy_has_nothing_left(act, given):
    given.county()

    assert act(campaigns.subsidy_left, reference="order:2") == 0
