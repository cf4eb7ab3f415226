"""The demo county holds what a visitor wants to try."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.kernel.db import db
from mall import campaigns
from mall.merchants.models import Shop
from sandbox.demo_county import enter
from sandbox.people import COUNTY_ID


@pytest.fixture
def demo_county(app, committed, settings, noon):
    """Entered now: the stand-in bank's books go by the real clock."""
    (settings.home_path / "sandbox").mkdir(exist_ok=True)
    noon.at = datetime.now(UTC)
    with app.app_context():
        enter(settings, noon())


def test_a_half_price_campaign_runs_at_its_shop_and_all_is_true(app, demo_county, noon):
    with app.app_context():
        shop_id = db.session.scalars(select(Shop.id)).one()
        told = campaigns.quote(
            county_id=COUNTY_ID, shop_id=shop_id, market_price_fen=2_000, at=noon()
        )
    proof = app.test_cli_runner().invoke(args=["ledger", "verify", "--json"])

    assert (told.points, told.subsidy_fen, told.funder_name) == (1_000, 1_000, "示范县供销社")
    assert json.loads(proof.output)["findings"] == []
