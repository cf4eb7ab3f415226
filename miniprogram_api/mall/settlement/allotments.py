"""Money of the county's reserve for the budgets of villages."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from mall.settlement import queries
from mall.settlement import service as settlement
from mall.settlement.models import Allotment
from miniprogram_api.mall.settlement.allotments_bodies import (
    AllotmentIn,
    AllotmentOut,
    AllotmentPage,
    AllotmentsArgs,
)
from overviews.money.owners import named

bp = Blueprint("allotments", __name__, description="资金拨付")
CHECKERS = (Role.FINANCE, Role.COUNTY_ADMIN)
READERS = (*CHECKERS, Role.AUDITOR)


@bp.get("")
@requires(*READERS)
@bp.arguments(AllotmentsArgs, location="query")
@bp.response(200, AllotmentPage)
def allotments(args: dict[str, Any]) -> dict[str, Any]:
    """The allotments in the caller's area, newest first."""
    found = queries.allotments(caller().county_id, caller().places(*READERS), wanted(args))
    return page(found, args["limit"]) | {"items": named(found, village_name="village_id")}


@bp.post("")
@requires(Role.FINANCE)
@idempotent
@bp.arguments(AllotmentIn)
@bp.response(201, AllotmentOut)
@bp.alt_response(404, schema=ErrorOut, description="No village of the caller's area")
def propose(body: dict[str, Any]) -> Allotment:
    """Propose an amount for a village. It moves when somebody else approves it."""
    who = caller()
    return settlement.propose_allotment(
        county_id=who.county_id,
        within=who.places(Role.FINANCE),
        proposed_by=who.user_id,
        at=clock.now(),
        **body,
    )


@bp.post("/<uuid:allotment_id>/approval")
@requires(*CHECKERS)
@with_factor
@idempotent
@bp.response(200, AllotmentOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who proposed it")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Decided already, or the reserve is too small")
def approve(allotment_id: UUID) -> Allotment:
    """Move the proposed amount to the village's budget."""
    who = caller()
    return settlement.approve_allotment(
        county_id=who.county_id,
        allotment_id=allotment_id,
        within=who.places(*CHECKERS),
        approved_by=who.user_id,
        at=clock.now(),
    )


@bp.post("/<uuid:allotment_id>/refusal")
@requires(*CHECKERS)
@idempotent
@bp.response(200, AllotmentOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who proposed it")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Decided already")
def decline(allotment_id: UUID) -> Allotment:
    """Close a proposal without moving anything."""
    who = caller()
    return settlement.decline_allotment(
        county_id=who.county_id,
        allotment_id=allotment_id,
        within=who.places(*CHECKERS),
        declined_by=who.user_id,
        at=clock.now(),
    )
