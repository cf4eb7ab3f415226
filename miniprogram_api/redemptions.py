"""Paying at a shop with points."""

from typing import Any

from flask_smorest import Blueprint

from app.identity.roles import Role
from app.kernel import clock
from app.web.api import ErrorOut
from app.web.auth import actor, requires
from app.web.idempotency import idempotent
from app.web.paging import PageArgs, page
from mall import campaigns
from mall.redemption import queries
from mall.redemption import service as redemption
from miniprogram_api.schemas.redemptions import (
    QuoteIn,
    QuoteOut,
    RedemptionIn,
    RedemptionOut,
    RedemptionPage,
)
from miniprogram_api.serving import served_shop

bp = Blueprint("redemptions", __name__, description="积分付款")


@bp.post("")
@requires(Role.CLERK, Role.MERCHANT)
@idempotent
@bp.arguments(RedemptionIn)
@bp.response(201, RedemptionOut)
@bp.alt_response(404, schema=ErrorOut, description="No such code, or not the caller's shop")
@bp.alt_response(409, schema=ErrorOut, description="Used, expired, too few, closed, another price")
@bp.alt_response(422, schema=ErrorOut, description="Mistyped digits, or over the limit")
@bp.alt_response(429, schema=ErrorOut, description="Too many wrong digits at this shop")
def redeem(body: dict[str, Any]) -> queries.ShownRedemption:
    """Take points from the household whose code it is."""
    who = actor()
    paid = redemption.redeem(
        county_id=who.county_id,
        shop_id=served_shop(body["shop_id"]).id,
        clerk_id=who.user_id,
        code=body.get("code") or body["digits"].replace(" ", ""),
        points=body["points"],
        market_price_fen=body["price_fen"],
        at=clock.now(),
    )
    return queries.redemption(who.county_id, paid.id)


@bp.post("/quote")
@requires(Role.CLERK, Role.MERCHANT)
@bp.arguments(QuoteIn)
@bp.response(200, QuoteOut)
@bp.alt_response(404, schema=ErrorOut, description="Not the caller's shop")
def price(body: dict[str, Any]) -> campaigns.Quote:
    """What a customer pays at the shop now for goods of this price. Changes nothing."""
    shop = served_shop(body["shop_id"])
    return campaigns.quote(
        county_id=shop.county_id,
        shop_id=shop.id,
        market_price_fen=body["price_fen"],
        at=clock.now(),
    )


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, RedemptionPage)
def redemptions(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller's household spent at shops, newest first."""
    who = actor()
    found = queries.household_redemptions(who.county_id, who.household(), **args)
    return page(found, args["limit"])
