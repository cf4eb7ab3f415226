"""Merchants turn the points of their shops into money."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.jobs import defer
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from mall.settlement import jobs, queries
from mall.settlement import service as settlement
from mall.settlement.models import CashOut
from miniprogram_api.mall.serving import owned_shop
from miniprogram_api.mall.settlement.cash_outs_bodies import (
    CashOutIn,
    CashOutOut,
    CashOutPage,
    CashOutsArgs,
    DeclineIn,
)
from overviews.money.owners import named, open_flags

bp = Blueprint("cash_outs", __name__, description="提现")
OFFICES = (Role.FINANCE, Role.AUDITOR)
READERS = (Role.MERCHANT, *OFFICES)


@bp.post("")
@requires(Role.MERCHANT)
@idempotent
@bp.arguments(CashOutIn)
@bp.response(201, CashOutOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Too little, or the merchant is not paid now")
def ask(body: dict[str, Any]) -> CashOut:
    """Ask for money; the amount is held on the shop's account until the bank has spoken."""
    who, shop = caller(), owned_shop(body.pop("shop_id"))
    cash_out = settlement.ask(
        county_id=who.county_id, shop_id=shop.id, asked_by=who.user_id, at=clock.now(), **body
    )
    defer(jobs.go_on, str(cash_out.county_id), str(cash_out.id))
    return cash_out


@bp.get("")
@requires(*READERS)
@bp.arguments(CashOutsArgs, location="query")
@bp.response(200, CashOutPage)
def cash_outs(args: dict[str, Any]) -> dict[str, Any]:
    """The caller's cash-outs, or those of the caller's area, newest first."""
    who = caller()
    found = queries.cash_outs(who, wanted(args))
    flags = open_flags(who.county_id, [one.shop_id for one in found]) if who.may(OFFICES) else {}
    items = named(found, shop_name="shop_id")
    for row in items:
        row["open_flags"] = flags.get(row["shop_id"], 0) if who.may(OFFICES) else None
    return page(found, args["limit"]) | {"items": items}


@bp.get("/<uuid:cash_out_id>")
@requires(*READERS)
@bp.response(200, CashOutOut)
@bp.alt_response(404, schema=ErrorOut, description="Not the caller's to see")
def cash_out(cash_out_id: UUID) -> CashOut:
    """How a cash-out stands."""
    return queries.cash_out(caller(), cash_out_id)


@bp.post("/<uuid:cash_out_id>/release")
@requires(Role.FINANCE)
@with_factor
@idempotent
@bp.response(200, CashOutOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller asked for it")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Decided already")
def release(cash_out_id: UUID) -> CashOut:
    """Agree to a cash-out above the county's limit; it goes to the bank."""
    who = caller()
    released = settlement.release(
        county_id=who.county_id,
        cash_out_id=cash_out_id,
        within=who.places(Role.FINANCE),
        released_by=who.user_id,
        at=clock.now(),
    )
    defer(jobs.go_on, str(released.county_id), str(released.id))
    return released


@bp.post("/<uuid:cash_out_id>/refusal")
@requires(Role.FINANCE)
@idempotent
@bp.arguments(DeclineIn)
@bp.response(200, CashOutOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller asked for it")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Decided already")
def decline(body: dict[str, Any], cash_out_id: UUID) -> CashOut:
    """Refuse a cash-out above the county's limit; the shop has the amount back."""
    who = caller()
    return settlement.decline(
        county_id=who.county_id,
        cash_out_id=cash_out_id,
        within=who.places(Role.FINANCE),
        declined_by=who.user_id,
        at=clock.now(),
        **body,
    )


@bp.post("/<uuid:cash_out_id>/inquiry")
@requires(Role.FINANCE)
@idempotent
@bp.response(200, CashOutOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="The bank is being asked already")
def ask_again(cash_out_id: UUID) -> CashOut:
    """Ask the bank once more about a payment on which it contradicted us."""
    who = caller()
    cash_out = settlement.ask_again(
        county_id=who.county_id,
        cash_out_id=cash_out_id,
        within=who.places(Role.FINANCE),
        asked_by=who.user_id,
        at=clock.now(),
    )
    defer(jobs.go_on, str(cash_out.county_id), str(cash_out.id))
    return cash_out
