"""The demo county holds what a visitor wants to try."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from app.kernel.db import db
from mall import campaigns
from mall.catalogue.prices import Charged
from mall.merchants.models import Shop
from sandbox import demo_shelves, demo_vouchers, people
from sandbox.demo_county import enter
from sandbox.people import COUNTY_ID


@pytest.fixture
def demo_county(app, committed, settings, noon):
    """Entered now: the stand-in bank's books go by the real clock."""
    (settings.home_path / "sandbox").mkdir(exist_ok=True)
    noon.at = datetime.now(UTC)
    with app.app_context():
        enter(settings, noon())


def test_a_half_price_campaign_runs_and_three_shops_sell_for_points(app, demo_county, noon):
    with app.app_context():
        shop_ids = dict(db.session.execute(select(Shop.name, Shop.id)).all())
        goods_id, price_fen = db.session.execute(
            text("""
                SELECT g.id, g.market_price_fen FROM goods g JOIN offers o ON o.goods_id = g.id
                 WHERE o.shop_id = :shop ORDER BY g.market_price_fen DESC LIMIT 1
            """),
            {"shop": shop_ids[people.SHOP]},
        ).one()
        told = campaigns.quote(
            county_id=COUNTY_ID,
            shop_id=shop_ids[people.SHOP],
            market_price_fen=2 * price_fen,
            goods=[Charged(goods_id, price_fen)],
            at=noon(),
        )
        rows = db.session.execute(
            text("""
                SELECT s.name, g.points_price, o.stock
                  FROM offers o JOIN goods g ON g.id = o.goods_id JOIN shops s ON s.id = o.shop_id
                 WHERE o.county_id = :county AND g.state = 'listed'
            """),
            {"county": COUNTY_ID},
        ).all()
        vouchers = db.session.execute(
            text("""
                SELECT f.name, k.points_price, count(*)
                  FROM voucher_codes c JOIN voucher_kinds k ON k.id = c.kind_id
                  JOIN voucher_platforms f ON f.id = c.platform_id
                 WHERE c.state = 'free' GROUP BY 1, 2
            """)
        ).all()
    proof = app.test_cli_runner().invoke(args=["ledger", "verify", "--json"])

    assert told.why_full_price is None
    assert (told.points, told.subsidy_fen, told.funder_name) == (
        price_fen,
        price_fen,
        "示范县供销社",
    )
    assert shop_ids.keys() == {people.SHOP, *(place[3] for place in people.OTHER_SHOPS)}
    for shop in shop_ids:
        assert sorted(row.points_price for row in rows if row.name == shop) == [200, 200, 300, 1000]
    assert {row.stock for row in rows} == {demo_shelves.PIECES}
    assert vouchers == [(demo_vouchers.PLATFORM, 480, demo_vouchers.CODES)]
    assert json.loads(proof.output)["findings"] == []
