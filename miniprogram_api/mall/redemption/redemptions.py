"""Paying at a shop with points."""

from typing import Any
from uuid import UUID

from flask import Response, make_response
from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from mall import campaigns
from mall.redemption import queries, slips
from mall.redemption import service as redemption
from miniprogram_api.mall.redemption.redemptions_bodies import (
    AreaRedemptionPage,
    AreaRedemptionsArgs,
    PendingPaymentOut,
    QuoteIn,
    QuoteOut,
    RedemptionIn,
    RedemptionOut,
    RedemptionPage,
    RedemptionsArgs,
    SlipArgs,
    SlipOut,
    VoidCodeOut,
    VoidIn,
)
from miniprogram_api.mall.serving import served_shop, served_shop_id, served_shop_ids
from miniprogram_api.printing import print_page

bp = Blueprint("redemptions", __name__, description="积分付款", template_folder="templates")


READERS = (
    Role.VILLAGE_ADMIN,
    Role.TOWN_ADMIN,
    Role.COUNTY_ADMIN,
    Role.FINANCE,
    Role.AUDITOR,
)


@bp.get("/area")
@requires(*READERS)
@bp.arguments(AreaRedemptionsArgs, location="query")
@bp.response(200, AreaRedemptionPage)
def area(args: dict[str, Any]) -> dict[str, Any]:
    """What the shops of the caller's area took, newest first; names are masked."""
    who = caller()
    found = queries.redemptions_in(who.county_id, who.places(*READERS), wanted(args))
    return page(found, args["limit"])


@bp.post("")
@requires(Role.CLERK, Role.MERCHANT)
@idempotent
@bp.arguments(RedemptionIn)
@bp.response(201, RedemptionOut)
@bp.alt_response(202, schema=PendingPaymentOut, description="The customer must say yes first")
@bp.alt_response(404, schema=ErrorOut, description="No such code, or not the caller's shop")
@bp.alt_response(409, schema=ErrorOut, description="Used, expired, too few, closed, another price")
@bp.alt_response(422, schema=ErrorOut, description="Mistyped digits, wrong sum, over the limit")
@bp.alt_response(429, schema=ErrorOut, description="Too many wrong digits at this shop")
def redeem(body: dict[str, Any]) -> queries.ShownRedemption | Response:
    """Take points from the household whose code it is; above the county's limit, ask it first."""
    who, at = caller(), clock.now()
    made = redemption.redeem(
        county_id=who.county_id,
        shop_id=served_shop_id(body["shop_id"]),
        clerk_id=who.user_id,
        code=body.get("code") or body["digits"].replace(" ", ""),
        sale=body["sale"],
        at=at,
    )
    if isinstance(made, queries.ShownRedemption):
        return made
    asked = queries.pending(
        who.county_id, made.id, user_id=who.user_id, shop_ids=[made.shop_id], at=at
    )
    return make_response(PendingPaymentOut().dump(asked), 202)


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
        goods=[line.charged for line in body["lines"]],
        at=clock.now(),
    )


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(RedemptionsArgs, location="query")
@bp.response(200, RedemptionPage)
def redemptions(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller's household spent at shops, newest first."""
    who = caller()
    found = queries.household_redemptions(who.county_id, who.household(), wanted(args))
    return page(found, args["limit"])


@bp.post("/<uuid:redemption_id>/void")
@requires(Role.CLERK, Role.MERCHANT)
@idempotent
@bp.arguments(VoidIn)
@bp.response(200, RedemptionOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a redemption of the caller's shop")
@bp.alt_response(409, schema=ErrorOut, description="Of another day, void, no code, too little left")
@bp.alt_response(429, schema=ErrorOut, description="Too many wrong codes")
def void(body: dict[str, Any], redemption_id: UUID) -> queries.ShownRedemption:
    """Take back a redemption of today: points and subsidy go back, and the household is told."""
    who = caller()
    redemption.void(
        county_id=who.county_id,
        redemption_id=redemption_id,
        shop_ids=served_shop_ids(),
        by=who.user_id,
        at=clock.now(),
        **body,
    )
    return queries.redemption(who.county_id, redemption_id)


@bp.get("/<uuid:redemption_id>/code")
@requires(Role.RESIDENT)
@bp.response(200, VoidCodeOut)
@bp.alt_response(404, schema=ErrorOut, description="Not paid by the caller's household")
def code(redemption_id: UUID) -> dict[str, str]:
    """The digits to read to the shop when it is to take back a payment of more than ten minutes."""
    who = caller()
    shown = redemption.void_code(
        county_id=who.county_id, redemption_id=redemption_id, household_id=who.household()
    )
    return {"code": shown}


@bp.get("/<uuid:redemption_id>/slip")
@requires(Role.RESIDENT, Role.CLERK, Role.MERCHANT)
@bp.arguments(SlipArgs, location="query")
@bp.response(200, SlipOut)
@bp.alt_response(404, schema=ErrorOut, description="Neither the caller's household's nor shop's")
def slip(args: dict[str, Any], redemption_id: UUID) -> slips.Slip | Response:
    """What was bought and paid, as JSON or as a page for paper of 58 mm."""
    who = caller()
    found = slips.slip(
        who.county_id,
        redemption_id,
        household_id=who.household_id,
        shop_ids=served_shop_ids(),
    )
    return print_page("slip.html", slip=found) if args["format"] == "html" else found
