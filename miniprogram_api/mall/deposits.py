"""Money that recycling companies have paid in."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from mall.deposits import queries, service
from mall.deposits.models import Deposit
from miniprogram_api.recycling.sales_bodies import DepositIn, DepositOut, DepositPage, DepositsArgs

bp = Blueprint("deposits", __name__, description="收购公司预付款")
CHECKERS = (Role.FINANCE, Role.COUNTY_ADMIN)
READERS = (*CHECKERS, Role.AUDITOR)


@bp.get("")
@requires(*READERS)
@bp.arguments(DepositsArgs, location="query")
@bp.response(200, DepositPage)
def deposits(args: dict[str, Any]) -> dict[str, Any]:
    """The deposits in the caller's area, newest first."""
    who = caller()
    return page(queries.deposits(who.county_id, who.places(*READERS), wanted(args)), args["limit"])


@bp.post("")
@requires(Role.FINANCE)
@idempotent
@bp.arguments(DepositIn)
@bp.response(201, DepositOut)
@bp.alt_response(404, schema=ErrorOut, description="No such recycler or line of the statement")
@bp.alt_response(409, schema=ErrorOut, description="The line was named before")
def propose(body: dict[str, Any]) -> Deposit:
    """Say whose a line of the statement is. It moves when somebody else approves it."""
    who = caller()
    return service.propose(
        county_id=who.county_id,
        within=who.places(Role.FINANCE),
        proposed_by=who.user_id,
        at=clock.now(),
        **body,
    )


@bp.post("/<uuid:deposit_id>/approval")
@requires(Role.COUNTY_ADMIN)
@with_factor
@idempotent
@bp.response(200, DepositOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who proposed it")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Decided already, or allotted meanwhile")
def approve(deposit_id: UUID) -> Deposit:
    """Give the money to the recycler to buy with."""
    who = caller()
    return service.approve(
        county_id=who.county_id,
        deposit_id=deposit_id,
        within=who.places(Role.COUNTY_ADMIN),
        approved_by=who.user_id,
        at=clock.now(),
    )


@bp.post("/<uuid:deposit_id>/refusal")
@requires(*CHECKERS)
@idempotent
@bp.response(200, DepositOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who proposed it")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Decided already")
def decline(deposit_id: UUID) -> Deposit:
    """Close a proposal without moving anything."""
    who = caller()
    return service.decline(
        county_id=who.county_id,
        deposit_id=deposit_id,
        within=who.places(*CHECKERS),
        declined_by=who.user_id,
        at=clock.now(),
    )
