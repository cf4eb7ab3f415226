"""Payments that wait for a yes on the household's phone."""

from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from mall.redemption import queries
from mall.redemption import service as redemption
from miniprogram_api.mall.redemption.redemptions_bodies import PendingPaymentOut, RedemptionOut
from miniprogram_api.mall.serving import served_shop_ids

bp = Blueprint("pending_payments", __name__, description="待确认的付款")


@bp.get("/<uuid:pending_id>")
@requires(Role.RESIDENT, Role.CLERK, Role.MERCHANT)
@bp.response(200, PendingPaymentOut)
@bp.alt_response(404, schema=ErrorOut, description="Neither asked of the caller nor by their shop")
def pending_payment(pending_id: UUID) -> queries.ShownPending:
    """How it stands: the clerk looks here until the customer has answered."""
    who = caller()
    return queries.pending(
        who.county_id,
        pending_id,
        user_id=who.user_id,
        shop_ids=served_shop_ids(),
        at=clock.now(),
    )


@bp.post("/<uuid:pending_id>/confirmation")
@requires(Role.RESIDENT)
@idempotent
@bp.response(201, RedemptionOut)
@bp.alt_response(404, schema=ErrorOut, description="Not asked of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Answered, lapsed, too few, another price")
def confirm(pending_id: UUID) -> queries.ShownRedemption:
    """Say yes: the points are taken now."""
    who = caller()
    return redemption.confirm(
        county_id=who.county_id, pending_id=pending_id, user_id=who.user_id, at=clock.now()
    )


@bp.post("/<uuid:pending_id>/refusal")
@requires(Role.RESIDENT)
@idempotent
@bp.response(200, PendingPaymentOut)
@bp.alt_response(404, schema=ErrorOut, description="Not asked of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Answered, or lapsed")
def decline(pending_id: UUID) -> queries.ShownPending:
    """Say no: nothing moves."""
    who, at = caller(), clock.now()
    redemption.decline(county_id=who.county_id, pending_id=pending_id, user_id=who.user_id, at=at)
    return queries.pending(who.county_id, pending_id, user_id=who.user_id, shop_ids=(), at=at)
