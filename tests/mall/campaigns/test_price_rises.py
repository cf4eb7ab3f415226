"""A market price that rises during a campaign is told to the county, once."""

import pytest
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.kernel.units import Fen, Points
from app.messages.notices import Notice
from app.register.identity.roles import Role
from mall.campaigns.jobs import watch_prices
from mall.catalogue import goods
from tests.given.factories import COUNTY


@pytest.fixture
def told(app):
    """Run the sweep; what every notice of a price says by now."""

    def run() -> list[dict]:
        with app.app_context():
            watch_prices()
            rows = db.session.scalars(select(Notice).where(Notice.kind == "price_rose"))
            return [row.details for row in rows]

    return run


@pytest.fixture
def reprice(app, shelves, noon):
    """Set the market price of goods."""

    def run(goods_id, market_fen):
        noon.move(hours=1)
        with app.app_context(), transaction():
            goods.reprice(
                county_id=COUNTY,
                goods_id=goods_id,
                merchant_ids=None,
                price=goods.Price(Fen(market_fen), Points(300)),
                by=shelves.by,
                at=noon(),
            )

    return run


def test_a_price_lifted_during_a_campaign_is_told_once(
    given, office, shelves, counter, told, reprice
):
    soap = shelves.stocked(counter, "肥皂", market=350).goods_id
    office.campaign(office.funder(10_000), last_on="2026-06-30")
    assert told() == []

    reprice(soap, 420)

    (rise,) = told()
    assert (rise["goods"], rise["from_fen"], rise["to_fen"]) == ("肥皂", 350, 420)
    assert told() == [rise]
    admin = given.staff(Role.COUNTY_ADMIN, given.county())
    (shown,) = [
        notice
        for notice in admin.get("/api/v1/notices").json["items"]
        if notice["title"] == "补贴期间有商品涨价"
    ]
    assert "从 3.50 元涨到 4.20 元" in shown["sentence"]


def test_a_price_lifted_just_before_a_campaign_is_told_too(
    office, shelves, counter, told, reprice, noon
):
    soap = shelves.stocked(counter, "肥皂", market=350).goods_id
    office.campaign(office.funder(10_000), first_on="2026-06-15", last_on="2026-06-30")
    noon.move(days=2)

    reprice(soap, 420)

    assert len(told()) == 1


def test_no_campaign_no_complaint(office, shelves, counter, told, reprice):
    soap = shelves.stocked(counter, "肥皂", market=350).goods_id
    office.campaign(office.funder(10_000), first_on="2026-08-01", last_on="2026-08-30")

    reprice(soap, 420)

    assert told() == []
