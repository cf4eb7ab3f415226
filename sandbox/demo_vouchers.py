"""The demo county's platform: made up, with codes that are drawn anew at each start."""

import io
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from app.agreements.proposals import Proposal
from app.agreements.proposals.service import approve
from app.kernel.clock import day_of
from app.kernel.db import db
from app.register.identity.caller import Caller
from mall.merchants.models import Shop, ShopKind
from mall.vouchers import kinds, proposals

PLATFORM = "示范连锁超市"
CODES = 6
GOOD_FOR = timedelta(days=90)


def sell(county_id: int, *, by: Caller, second: Caller, at: datetime) -> None:
    """Enter the platform at the county's mall, with one kind of voucher and a handful of codes."""
    mall = db.session.scalars(
        select(Shop.id).where(Shop.county_id == county_id, Shop.kind == ShopKind.MALL)
    ).one()
    platform = kinds.enter_platform(
        county_id=county_id, shop_id=mall, name=PLATFORM, entered_by=by.user_id, at=at
    )
    kind = kinds.enter_kind(
        county_id=county_id,
        platform_id=platform.id,
        facts=kinds.Facts(
            name="5 元购物券",
            value="满 5 元可抵 5 元",
            market_price_fen=500,
            points_price=480,
            last_on=day_of(at) + GOOD_FOR,
            terms="在示范连锁超市各店可用，不找零",
            month_limit=2,
            low_mark=3,
        ),
        entered_by=by.user_id,
        at=at,
    )
    lines = ["券码", *(f"DEMO-{secrets.token_hex(5).upper()}" for _ in range(CODES))]
    content = io.BytesIO("\n".join(lines).encode())
    imported = proposals.import_batch(content, kind_id=kind.id, is_dry_run=False, by=by, at=at)
    proposal = db.session.get_one(Proposal, (county_id, imported.proposal_id))
    approve(proposal_id=proposal.id, digest=proposal.digest, by=second, at=at)
