"""Vouchers as residents buy, see and claim them."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import PageArgs, page
from mall.vouchers import claims, purchases, queries
from miniprogram_api.mall.vouchers.vouchers_bodies import (
    VoucherClaimIn,
    VoucherCodeOut,
    VoucherOnSalePage,
    VoucherPurchaseIn,
    VoucherPurchaseOut,
    VoucherPurchasePage,
)

bp = Blueprint("vouchers", __name__, description="买券")


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, VoucherOnSalePage)
def kinds(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller's household may buy, and how many are left."""
    who = caller()
    found = queries.on_sale(who.county_id, who.household(), at=clock.now(), **args)
    return page(found, args["limit"])


@bp.post("/purchases")
@requires(Role.RESIDENT)
@idempotent
@bp.arguments(VoucherPurchaseIn)
@bp.response(201, VoucherPurchaseOut)
@bp.alt_response(404, schema=ErrorOut, description="No such kind")
@bp.alt_response(409, schema=ErrorOut, description="Sold out, too few points, another price, limit")
def buy(body: dict[str, Any]) -> queries.Bought:
    """Buy one. The code is shown by another call, because this answer is kept for repeats."""
    who = caller()
    bought = purchases.buy(
        county_id=who.county_id,
        household_id=who.household(),
        user_id=who.user_id,
        at=clock.now(),
        **body,
    )
    return queries.purchase(who.county_id, bought.id)


@bp.get("/purchases")
@requires(Role.RESIDENT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, VoucherPurchasePage)
def bought(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller's household bought, newest first."""
    who = caller()
    return page(queries.purchases(who.county_id, who.household(), **args), args["limit"])


@bp.post("/purchases/<uuid:purchase_id>/viewings")
@requires(Role.RESIDENT)
@bp.response(200, VoucherCodeOut)
@bp.alt_response(404, schema=ErrorOut, description="Not the caller's household's")
@bp.alt_response(409, schema=ErrorOut, description="Its points went back")
def view(purchase_id: UUID) -> dict[str, str]:
    """The code in clear, each time anew; who looked and when is recorded."""
    who = caller()
    with transaction():
        code = purchases.view(
            county_id=who.county_id,
            purchase_id=purchase_id,
            household_id=who.household(),
            user_id=who.user_id,
            at=clock.now(),
        )
    return {"code": code}


@bp.put("/purchases/<uuid:purchase_id>/use")
@requires(Role.RESIDENT)
@bp.response(200, VoucherPurchaseOut)
@bp.alt_response(404, schema=ErrorOut, description="Not the caller's household's")
def note_use(purchase_id: UUID) -> queries.Bought:
    """Note that the voucher was used: for the household itself, nothing follows from it."""
    return _note(purchase_id, is_used=True)


@bp.delete("/purchases/<uuid:purchase_id>/use")
@requires(Role.RESIDENT)
@bp.response(200, VoucherPurchaseOut)
@bp.alt_response(404, schema=ErrorOut, description="Not the caller's household's")
def take_note_back(purchase_id: UUID) -> queries.Bought:
    """Take the note back."""
    return _note(purchase_id, is_used=False)


@bp.post("/purchases/<uuid:purchase_id>/claim")
@requires(Role.RESIDENT)
@idempotent
@bp.arguments(VoucherClaimIn)
@bp.response(201, VoucherPurchaseOut)
@bp.alt_response(404, schema=ErrorOut, description="Not the caller's household's")
@bp.alt_response(409, schema=ErrorOut, description="Claimed already, refunded, or past its day")
def claim(body: dict[str, Any], purchase_id: UUID) -> queries.Bought:
    """Say that the code does not work. Two people of the county judge it."""
    claims.claim(purchase_id=purchase_id, reason=body["reason"], by=caller(), at=clock.now())
    return queries.purchase(caller().county_id, purchase_id)


def _note(purchase_id: UUID, *, is_used: bool) -> queries.Bought:
    who = caller()
    with transaction():
        purchases.note_use(
            county_id=who.county_id,
            purchase_id=purchase_id,
            household_id=who.household(),
            is_used=is_used,
            by=who.user_id,
            at=clock.now(),
        )
        return queries.purchase(who.county_id, purchase_id)
