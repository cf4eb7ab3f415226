"""Ordering goods of a shop, on the household's side."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from mall.catalogue.stock import Wanted
from mall.orders import fulfilment, placing, queries, substitutes
from miniprogram_api.mall.orders.orders_bodies import (
    BasketIn,
    OrderCodeOut,
    OrderIn,
    OrderOut,
    OrderPage,
    OrderPageArgs,
    PricedBasketOut,
    SubstituteAnswerIn,
)
from miniprogram_api.mall.serving import served_shop_ids

bp = Blueprint("orders", __name__, description="订单")


@bp.post("/quote")
@requires(Role.RESIDENT)
@bp.arguments(BasketIn)
@bp.response(200, PricedBasketOut)
def price(body: dict[str, Any]) -> placing.PricedBasket:
    """What a basket costs the household now, and what of it cannot be ordered. Changes nothing."""
    return placing.price(
        county_id=caller().county_id,
        household_id=caller().household(),
        shop_id=body["shop_id"],
        wanted=[Wanted(**line) for line in body["lines"]],
        at=clock.now(),
    )


@bp.post("")
@requires(Role.RESIDENT)
@idempotent
@bp.arguments(OrderIn)
@bp.response(201, OrderOut)
@bp.alt_response(404, schema=ErrorOut, description="No such shop or offer")
@bp.alt_response(409, schema=ErrorOut, description="Not to be had, another price, too few points")
@bp.alt_response(422, schema=ErrorOut, description="Lines of another shop")
def place(body: dict[str, Any]) -> queries.ShownOrder:
    """Order a basket for the points that the household was shown; they are held until it has it."""
    who = caller()
    return placing.place(
        county_id=who.county_id,
        household_id=who.household(),
        user_id=who.user_id,
        basket=placing.Basket(
            body["shop_id"], body["way"], [Wanted(**line) for line in body["lines"]]
        ),
        points=body["points"],
        at=clock.now(),
    )


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(OrderPageArgs, location="query")
@bp.response(200, OrderPage)
def orders(args: dict[str, Any]) -> dict[str, Any]:
    """The household's orders, newest first."""
    found = queries.household_orders(caller().county_id, caller().household(), wanted(args))
    return page(found, args["limit"])


@bp.get("/<uuid:order_id>")
@requires(Role.RESIDENT, Role.CLERK, Role.MERCHANT, Role.FINANCE, Role.AUDITOR)
@bp.response(200, OrderOut)
@bp.alt_response(404, schema=ErrorOut, description="Not an order of the caller")
def order(order_id: UUID) -> queries.ShownOrder:
    """One order: of the caller's household, of a shop they serve, or of their area."""
    who = caller()
    own = queries.Sight(who.household_id, served_shop_ids())
    area = who.places(Role.FINANCE, Role.AUDITOR)
    found = queries.order(who.county_id, order_id, replace(own, region_ids=area))
    if found.household_id == own.household_id or found.shop_id in own.shop_ids:
        return found
    return found.for_officials()


@bp.post("/<uuid:order_id>/code")
@requires(Role.RESIDENT)
@bp.response(201, OrderCodeOut)
@bp.alt_response(404, schema=ErrorOut, description="Not an order of the caller's household")
@bp.alt_response(409, schema=ErrorOut, description="Nothing to hand over now")
def show_code(order_id: UUID) -> fulfilment.ShownCode:
    """Digits to show when the goods are handed over; those shown before end."""
    who = caller()
    with transaction():
        return fulfilment.show_code(
            county_id=who.county_id, order_id=order_id, household_id=who.household()
        )


@bp.post("/<uuid:order_id>/cancellation")
@requires(Role.RESIDENT)
@idempotent
@bp.response(200, OrderOut)
@bp.alt_response(404, schema=ErrorOut, description="Not an order of the caller's household")
@bp.alt_response(409, schema=ErrorOut, description="The shop has begun, or it has ended")
def cancel(order_id: UUID) -> queries.ShownOrder:
    """Cancel an order before the shop begins with it; its points are free again."""
    who = caller()
    fulfilment.cancel(
        county_id=who.county_id,
        order_id=order_id,
        household_id=who.household(),
        by=who.user_id,
        at=clock.now(),
    )
    return _own(order_id)


@bp.post("/<uuid:order_id>/lines/<uuid:line_id>/answer")
@requires(Role.RESIDENT)
@idempotent
@bp.arguments(SubstituteAnswerIn)
@bp.response(200, OrderOut)
@bp.alt_response(404, schema=ErrorOut, description="Not an order of the caller's household")
@bp.alt_response(409, schema=ErrorOut, description="Answered before, or too late")
def answer(body: dict[str, Any], order_id: UUID, line_id: UUID) -> queries.ShownOrder:
    """Take a substitute that the shop offers, or neither it nor what is missing."""
    who = caller()
    substitutes.answer(
        county_id=who.county_id,
        order_id=order_id,
        line_id=line_id,
        household_id=who.household(),
        by=who.user_id,
        at=clock.now(),
        **body,
    )
    return _own(order_id)


def _own(order_id: UUID) -> queries.ShownOrder:
    return queries.household_order(caller().county_id, caller().household(), order_id)
