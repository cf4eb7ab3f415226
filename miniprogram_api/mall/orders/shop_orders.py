"""Orders on the shop's side: prepared, handed over, refused, refunded."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from mall.catalogue.stock import Wanted
from mall.orders import fulfilment, queries, refunds, substitutes
from miniprogram_api.mall.orders.orders_bodies import (
    BackIn,
    HandOverIn,
    OrderOut,
    RefusalIn,
    WantedIn,
)
from miniprogram_api.mall.serving import served_shop_ids

bp = Blueprint("shop_orders", __name__, description="商店的订单")
SERVERS = (Role.CLERK, Role.MERCHANT)


def _about(order_id: UUID) -> dict[str, Any]:
    """What every command of a shop is told."""
    return {
        "county_id": caller().county_id,
        "order_id": order_id,
        "shop_ids": served_shop_ids(),
        "by": caller().user_id,
        "at": clock.now(),
    }


def _shown(order_id: UUID) -> queries.ShownOrder:
    sight = queries.Sight(shop_ids=served_shop_ids())
    return queries.order(caller().county_id, order_id, sight)


@bp.post("/<uuid:order_id>/preparation")
@requires(*SERVERS)
@idempotent
@bp.response(200, OrderOut)
@bp.alt_response(404, schema=ErrorOut, description="Not an order of the caller's shop")
@bp.alt_response(409, schema=ErrorOut, description="It is past this")
def prepare(order_id: UUID) -> queries.ShownOrder:
    """Begin with an order; from now on its household cannot cancel it."""
    fulfilment.prepare(**_about(order_id))
    return _shown(order_id)


@bp.post("/<uuid:order_id>/readiness")
@requires(*SERVERS)
@idempotent
@bp.response(200, OrderOut)
@bp.alt_response(404, schema=ErrorOut, description="Not an order of the caller's shop")
@bp.alt_response(409, schema=ErrorOut, description="Not being prepared, or a substitute waits")
def make_ready(order_id: UUID) -> queries.ShownOrder:
    """The goods are packed; the household is told."""
    fulfilment.make_ready(**_about(order_id))
    return _shown(order_id)


@bp.post("/<uuid:order_id>/departure")
@requires(*SERVERS)
@idempotent
@bp.response(200, OrderOut)
@bp.alt_response(404, schema=ErrorOut, description="Not an order of the caller's shop")
@bp.alt_response(409, schema=ErrorOut, description="Not a delivery that is ready")
def depart(order_id: UUID) -> queries.ShownOrder:
    """A delivery leaves the shop."""
    fulfilment.depart(**_about(order_id))
    return _shown(order_id)


@bp.post("/<uuid:order_id>/hand-over")
@requires(*SERVERS)
@idempotent
@bp.arguments(HandOverIn)
@bp.response(200, OrderOut)
@bp.alt_response(404, schema=ErrorOut, description="Not an order of the caller's shop")
@bp.alt_response(409, schema=ErrorOut, description="Not ready, or it has ended")
@bp.alt_response(422, schema=ErrorOut, description="Wrong digits, or nothing was handed over")
@bp.alt_response(429, schema=ErrorOut, description="Too many wrong digits for this order")
def hand_over(body: dict[str, Any], order_id: UUID) -> queries.ShownOrder:
    """The household has its goods: its points reach the shop."""
    fulfilment.hand_over(how=fulfilment.HandOver(**body), **_about(order_id))
    return _shown(order_id)


@bp.post("/<uuid:order_id>/refusal")
@requires(*SERVERS)
@idempotent
@bp.arguments(RefusalIn)
@bp.response(200, OrderOut)
@bp.alt_response(404, schema=ErrorOut, description="Not an order of the caller's shop")
@bp.alt_response(409, schema=ErrorOut, description="It has ended")
def refuse(body: dict[str, Any], order_id: UUID) -> queries.ShownOrder:
    """Cancel an order, with a reason that its household reads; its points are free again."""
    fulfilment.refuse(**body, **_about(order_id))
    return _shown(order_id)


@bp.post("/<uuid:order_id>/lines/<uuid:line_id>/substitute")
@requires(*SERVERS)
@idempotent
@bp.arguments(WantedIn)
@bp.response(201, OrderOut)
@bp.alt_response(404, schema=ErrorOut, description="Not an open line of the caller's shop")
@bp.alt_response(409, schema=ErrorOut, description="Dearer, not to be had, or one waits already")
@bp.alt_response(422, schema=ErrorOut, description="The same thing, or of another shop")
def offer_substitute(body: dict[str, Any], order_id: UUID, line_id: UUID) -> queries.ShownOrder:
    """Offer the household something else, of at most the same value, for what is missing."""
    substitutes.offer_substitute(line_id=line_id, wanted=Wanted(**body), **_about(order_id))
    return _shown(order_id)


@bp.post("/<uuid:order_id>/refunds")
@requires(*SERVERS)
@idempotent
@bp.arguments(BackIn)
@bp.response(201, OrderOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a line that the caller's shop handed over")
@bp.alt_response(409, schema=ErrorOut, description="Too late, too many, or too little money")
def refund(body: dict[str, Any], order_id: UUID) -> queries.ShownOrder:
    """Give back the points of pieces, within a week of the hand-over."""
    refunds.refund(back=refunds.Back(**body), **_about(order_id))
    return _shown(order_id)
