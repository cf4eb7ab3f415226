"""Paying with the code that hangs in a shop."""

from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from mall import campaigns
from mall.merchants import queries as merchants
from mall.redemption import queries
from mall.redemption import service as redemption
from miniprogram_api.mall.redemption.redemptions_bodies import RedemptionOut
from miniprogram_api.mall.redemption.shop_counters_bodies import (
    ShopCodePaymentIn,
    ShopCodeQuoteIn,
    ShopCodeQuoteOut,
)

bp = Blueprint("shop_codes", __name__, description="店铺码")


@bp.post("/quote")
@requires(Role.RESIDENT)
@bp.arguments(ShopCodeQuoteIn)
@bp.response(200, ShopCodeQuoteOut)
@bp.alt_response(404, schema=ErrorOut, description="No shop of the county has this code now")
def price(body: dict[str, Any]) -> dict[str, Any]:
    """Which shop it is, and what the caller's household pays there for this price."""
    who = caller()
    code = queries.shop_code(who.county_id, body["code"])
    quote = campaigns.quote(
        county_id=who.county_id,
        shop_id=code.shop_id,
        market_price_fen=body["price_fen"],
        goods=[line.charged for line in body["lines"]],
        household_id=who.household(),
        at=clock.now(),
    )
    shop = merchants.shop(who.county_id, code.shop_id)
    return {
        **vars(quote),
        "why_full_price": quote.why_full_price,
        "shop_id": shop.id,
        "shop_name": shop.name,
    }


@bp.post("/payments")
@requires(Role.RESIDENT)
@idempotent
@bp.arguments(ShopCodePaymentIn)
@bp.response(201, RedemptionOut)
@bp.alt_response(404, schema=ErrorOut, description="No shop of the county has this code now")
@bp.alt_response(409, schema=ErrorOut, description="Closed, too few, too much today, other price")
@bp.alt_response(422, schema=ErrorOut, description="Over the limit, or a wrong sum")
def pay(body: dict[str, Any]) -> queries.ShownRedemption:
    """Pay points of the caller's household at the shop whose code they scanned."""
    who = caller()
    return redemption.pay(
        county_id=who.county_id,
        household_id=who.household(),
        user_id=who.user_id,
        token=body["code"],
        sale=body["sale"],
        at=clock.now(),
    )
