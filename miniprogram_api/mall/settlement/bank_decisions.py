"""What two people say about the bank's word where it does not speak for itself."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.jobs import defer
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import PageArgs, page
from mall.settlement import jobs, queries
from mall.settlement import service as settlement
from mall.settlement.models import BankDecision
from miniprogram_api.mall.settlement.bank_decisions_bodies import (
    BankApprovalIn,
    BankDecisionIn,
    BankDecisionOut,
    BankDecisionPage,
)

bp = Blueprint("bank_decisions", __name__, description="对账事项")


@bp.get("")
@requires(Role.FINANCE, Role.COUNTY_ADMIN, Role.AUDITOR)
@bp.arguments(PageArgs, location="query")
@bp.response(200, BankDecisionPage)
def decisions(args: dict[str, Any]) -> dict[str, Any]:
    """What was proposed and decided, newest first."""
    return page(list(queries.decisions(caller().county_id, **args)), args["limit"])


@bp.post("")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@idempotent
@bp.arguments(BankDecisionIn)
@bp.response(202, BankDecisionOut)
@bp.alt_response(404, schema=ErrorOut, description="No such file in this county")
@bp.alt_response(409, schema=ErrorOut, description="Decided, or proposed already")
@bp.alt_response(422, schema=ErrorOut, description="The line cannot be that")
def propose(body: dict[str, Any]) -> BankDecision:
    """Say what a line is, that a statement is wrong or late, or that a payment file was not sent.

    Nothing moves until a second person says so too.
    """
    who = caller()
    return settlement.propose_decision(
        county_id=who.county_id,
        said=settlement.Said(**body),
        proposed_by=who.user_id,
        at=clock.now(),
    )


@bp.post("/<uuid:decision_id>/approval")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@idempotent
@bp.arguments(BankApprovalIn)
@bp.response(200, BankDecisionOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who proposed it")
@bp.alt_response(404, schema=ErrorOut, description="Not of this county")
@bp.alt_response(409, schema=ErrorOut, description="Decided already, or it has moved on")
def approve(body: dict[str, Any], decision_id: UUID) -> BankDecision:
    """Say so too: it happens at once."""
    who = caller()
    decision = settlement.approve_decision(
        county_id=who.county_id,
        decision_id=decision_id,
        read=body["digest"],
        approved_by=who.user_id,
        at=clock.now(),
    )
    # A statement that was taken in has lines to be booked; for anything else there are none.
    defer(jobs.book_statement, str(who.county_id), str(decision.subject_id))
    return decision


@bp.post("/<uuid:decision_id>/refusal")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@idempotent
@bp.response(200, BankDecisionOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who proposed it")
@bp.alt_response(404, schema=ErrorOut, description="Not of this county")
@bp.alt_response(409, schema=ErrorOut, description="Decided already")
def decline(decision_id: UUID) -> BankDecision:
    """Close a proposal without doing anything."""
    who = caller()
    return settlement.decline_decision(
        county_id=who.county_id,
        decision_id=decision_id,
        declined_by=who.user_id,
        at=clock.now(),
    )
