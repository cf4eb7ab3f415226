"""What hangs and lies at a shop's counter: its code to print, and the sums of its day."""

from typing import Any
from uuid import UUID

import segno
from flask import Response
from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from mall.redemption import days, queries
from mall.redemption import service as redemption
from mall.redemption.models import ShopCode
from miniprogram_api.mall.redemption.shop_counters_bodies import (
    ShopCodeArgs,
    ShopCodeOut,
    ShopDayArgs,
    ShopDayOut,
)
from miniprogram_api.mall.serving import managed_shop, served_shop
from miniprogram_api.printing import print_page

bp = Blueprint("shop_counters", __name__, description="收银台", template_folder="templates")


@bp.get("/<uuid:shop_id>/code")
@requires(Role.CLERK, Role.MERCHANT)
@bp.arguments(ShopCodeArgs, location="query")
@bp.response(200, ShopCodeOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller, or it has no code")
def code(args: dict[str, Any], shop_id: UUID) -> ShopCode | Response:
    """The code that the shop hangs up; as text, or as a page to print in A4 or A6."""
    shop = served_shop(shop_id)
    found = queries.code_of_shop(shop.id)
    if args["format"] == "json":
        return found
    # A quarter of it may be dirty or torn, as what hangs at a counter is.
    qr = segno.make(found.token, error="q", micro=False).svg_inline(border=4, omitsize=True)
    return print_page("shop_code.html", shop=shop, qr=qr, size=args["format"].upper())


@bp.post("/<uuid:shop_id>/code")
@requires(Role.MERCHANT, Role.COUNTY_ADMIN)
@bp.response(201, ShopCodeOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
def renew_code(shop_id: UUID) -> ShopCode:
    """Make a code for the shop; the one that hangs there pays no more from this moment."""
    who = caller()
    with transaction():
        shop = managed_shop(shop_id)
        return redemption.renew(
            county_id=who.county_id, shop_id=shop.id, by=who.user_id, at=clock.now()
        )


@bp.get("/<uuid:shop_id>/day")
@requires(Role.CLERK, Role.MERCHANT)
@bp.arguments(ShopDayArgs, location="query")
@bp.response(200, ShopDayOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
def day(args: dict[str, Any], shop_id: UUID) -> days.Day:
    """What the shop took on a day: by clerk and means, taken back, and paid by funders."""
    shop = served_shop(shop_id)
    return days.shop_day(shop.county_id, shop.id, args["on"] or clock.day_of(clock.now()))
