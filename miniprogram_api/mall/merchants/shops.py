"""Shops: opened by the county, run by their merchant, served by clerks."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.models import RoleGrant
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import page, wanted
from mall.campaigns import queries as campaigns
from mall.merchants import queries as merchants
from mall.merchants import service, staff
from mall.merchants.errors import ShopNotFound
from mall.merchants.models import Shop
from mall.orders import queries as orders
from mall.redemption import queries as redemption
from miniprogram_api.mall.campaigns.campaigns_bodies import RunningListOut
from miniprogram_api.mall.merchants.merchants_bodies import ClerkListOut, StaffIn, StaffOut
from miniprogram_api.mall.merchants.shops_bodies import (
    ShopAccountOut,
    ShopIn,
    ShopListOut,
    ShopOut,
    ShopPatch,
)
from miniprogram_api.mall.orders.orders_bodies import OrderPage, OrderPageArgs
from miniprogram_api.mall.redemption.redemptions_bodies import ShopPageArgs, ShopRedemptionPage
from miniprogram_api.mall.serving import managed_shop, served_shop, served_shop_ids
from overviews.shops import account as accounts
from overviews.shops import payments

bp = Blueprint("shops", __name__, description="兑换商店")


@bp.post("")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(ShopIn)
@bp.response(201, ShopOut)
@bp.alt_response(404, schema=ErrorOut, description="No such merchant or village")
@bp.alt_response(409, schema=ErrorOut, description="The merchant has a shop of this name")
def open_shop(body: dict[str, Any]) -> Shop:
    """Open a shop of a merchant in a village."""
    who = caller()
    with transaction():
        return service.open_shop(
            county_id=who.county_id, opened_by=who.user_id, at=clock.now(), **body
        )


@bp.get("")
@requires(Role.CLERK, Role.MERCHANT)
@bp.response(200, ShopListOut)
def shops() -> dict[str, Any]:
    """The shops where the caller takes points."""
    found = merchants.served_shops(
        caller().county_id,
        shop_ids=caller().places(Role.CLERK),
        merchant_ids=caller().places(Role.MERCHANT),
    )
    return {"items": found}


@bp.patch("/<uuid:shop_id>")
@requires(Role.MERCHANT, Role.COUNTY_ADMIN)
@bp.arguments(ShopPatch)
@bp.response(200, ShopOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
def change_shop(body: dict[str, Any], shop_id: UUID) -> Shop:
    """Open or close a shop; a closed one takes no points."""
    who = caller()
    with transaction():
        shop = managed_shop(shop_id)
        return service.set_open(
            county_id=who.county_id, shop_id=shop.id, by=who.user_id, at=clock.now(), **body
        )


@bp.get("/<uuid:shop_id>/account")
@requires(Role.CLERK, Role.MERCHANT)
@bp.response(200, ShopAccountOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
def account(shop_id: UUID) -> accounts.Account:
    """What the shop has, what it took today, what it may ask for, and what waits for it."""
    return accounts.account(served_shop(shop_id), at=clock.now())


@bp.get("/<uuid:shop_id>/redemptions")
@requires(Role.CLERK, Role.MERCHANT)
@bp.arguments(ShopPageArgs, location="query")
@bp.response(200, ShopRedemptionPage)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
def redemptions(args: dict[str, Any], shop_id: UUID) -> dict[str, Any]:
    """What the shop took, newest first."""
    on = args.pop("on")
    if on is not None:
        args |= {"from_on": on, "to_on": on}
    shop = served_shop(shop_id)
    found = redemption.shop_redemptions(shop.county_id, shop.id, wanted(args))
    return page(found, args["limit"]) | {"items": payments.with_more(shop.county_id, found)}


@bp.get("/<uuid:shop_id>/orders")
@requires(Role.CLERK, Role.MERCHANT, Role.FINANCE, Role.AUDITOR)
@bp.arguments(OrderPageArgs, location="query")
@bp.response(200, OrderPage)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller, nor in their area")
def shop_orders(args: dict[str, Any], shop_id: UUID) -> dict[str, Any]:
    """The shop's orders, newest first."""
    who = caller()
    area = who.places(Role.FINANCE, Role.AUDITOR)
    found = orders.shop_orders(who.county_id, shop_id, wanted(args))
    if shop_id not in served_shop_ids():
        if not merchants.is_inside(shop_id, area):
            raise ShopNotFound()
        found = found.each(lambda one: one.for_officials())
    return page(found, args["limit"])


@bp.get("/<uuid:shop_id>/campaigns")
@requires(Role.RESIDENT, Role.CLERK, Role.MERCHANT)
@bp.response(200, RunningListOut)
@bp.alt_response(404, schema=ErrorOut, description="No such shop in the county")
def running(shop_id: UUID) -> dict[str, Any]:
    """The campaigns that hold at the shop now, the lowest price first."""
    shop = merchants.shop(caller().county_id, shop_id)
    return {"items": campaigns.running(shop.county_id, shop.id, at=clock.now())}


@bp.get("/<uuid:shop_id>/clerks")
@requires(Role.MERCHANT, Role.COUNTY_ADMIN)
@bp.response(200, ClerkListOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
def clerks(shop_id: UUID) -> dict[str, Any]:
    """Who may take points at the shop, the oldest first; phones masked."""
    return {"items": staff.clerks_of(managed_shop(shop_id).id)}


@bp.post("/<uuid:shop_id>/clerks")
@requires(Role.MERCHANT, Role.COUNTY_ADMIN)
@bp.arguments(StaffIn)
@bp.response(201, StaffOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
def name_clerk(body: dict[str, Any], shop_id: UUID) -> RoleGrant:
    """Let whoever has this phone take points at the shop."""
    who = caller()
    with transaction():
        shop = managed_shop(shop_id)
        return staff.name_clerk(
            county_id=who.county_id, shop_id=shop.id, by=who.user_id, at=clock.now(), **body
        )


@bp.delete("/<uuid:shop_id>/clerks/<uuid:user_id>")
@requires(Role.MERCHANT, Role.COUNTY_ADMIN)
@bp.response(204)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller, or not its clerk")
def dismiss_clerk(shop_id: UUID, user_id: UUID) -> None:
    """End a clerk's right to take points at the shop."""
    who = caller()
    with transaction():
        shop = managed_shop(shop_id)
        staff.dismiss_clerk(
            county_id=who.county_id,
            shop_id=shop.id,
            user_id=user_id,
            by=who.user_id,
            at=clock.now(),
        )
