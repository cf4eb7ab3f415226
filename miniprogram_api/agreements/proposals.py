"""Proposals: what one person proposed, to be read and decided by others."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from app.agreements.proposals import queries, service
from app.agreements.proposals.queries import ShownProposal
from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut, refusal
from app.web.auth import caller, requires, with_factor
from app.web.idempotency import idempotent
from app.web.paging import page
from miniprogram_api.agreements.proposals_bodies import (
    ProposalApprovalIn,
    ProposalArgs,
    ProposalOut,
    ProposalPage,
    ProposalReasonIn,
)

bp = Blueprint("proposals", __name__, description="要两个人定的事")


@bp.get("")
@requires(Role.VISITOR)
@bp.arguments(ProposalArgs, location="query")
@bp.response(200, ProposalPage)
def proposals(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller proposed, may decide or is told of, newest first."""
    return page(queries.proposals(caller(), **args), args["limit"])


@bp.get("/<uuid:proposal_id>")
@requires(Role.VISITOR)
@bp.response(200, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="None of the caller's business")
def proposal(proposal_id: UUID) -> ShownProposal:
    """One proposal, as readable lines, with the digest that an approval names."""
    return queries.proposal(caller(), proposal_id)


@bp.post("/<uuid:proposal_id>/approval")
@requires(Role.VISITOR)
@with_factor
@idempotent
@bp.arguments(ProposalApprovalIn)
@bp.response(200, ProposalOut)
@bp.alt_response(403, schema=ErrorOut, description="Not beside who proposed it")
@bp.alt_response(404, schema=ErrorOut, description="None of the caller's business")
@bp.alt_response(409, schema=ErrorOut, description="Decided, moved on, or one more must agree")
@bp.alt_response(422, schema=ErrorOut, description="Not possible as things are now")
def approve(body: dict[str, Any], proposal_id: UUID) -> ShownProposal | Response:
    """Agree to what was read. Kept, and answered 409 ``trust.one_more``, if others must as well."""
    who = caller()
    done = service.approve(proposal_id=proposal_id, by=who, at=clock.now(), **body)
    if done.refusal is not None:
        return refusal(done.refusal)
    return queries.shown(done.proposal, who)


@bp.post("/<uuid:proposal_id>/refusal")
@requires(Role.VISITOR)
@idempotent
@bp.arguments(ProposalReasonIn)
@bp.response(200, ProposalOut)
@bp.alt_response(403, schema=ErrorOut, description="Others decide about it")
@bp.alt_response(404, schema=ErrorOut, description="None of the caller's business")
@bp.alt_response(409, schema=ErrorOut, description="Decided or lapsed")
def refuse(body: dict[str, Any], proposal_id: UUID) -> ShownProposal:
    """Say no, which ends it."""
    who = caller()
    row = service.refuse(proposal_id=proposal_id, by=who, at=clock.now(), **body)
    return queries.shown(row, who)


@bp.post("/<uuid:proposal_id>/withdrawal")
@requires(Role.VISITOR)
@idempotent
@bp.response(200, ProposalOut)
@bp.alt_response(403, schema=ErrorOut, description="Somebody else's proposal")
@bp.alt_response(404, schema=ErrorOut, description="None of the caller's business")
@bp.alt_response(409, schema=ErrorOut, description="Decided or lapsed")
def withdraw(proposal_id: UUID) -> ShownProposal:
    """Take the caller's own proposal back."""
    who = caller()
    row = service.withdraw(proposal_id=proposal_id, by=who, at=clock.now())
    return queries.shown(row, who)


@bp.post("/<uuid:proposal_id>/stop")
@requires(Role.VISITOR)
@idempotent
@bp.arguments(ProposalReasonIn)
@bp.response(200, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="None of the caller's business")
@bp.alt_response(409, schema=ErrorOut, description="Not agreed, or in force already")
def stop(body: dict[str, Any], proposal_id: UUID) -> ShownProposal:
    """Stop, alone, what was agreed and has not begun: whoever may read it may."""
    who = caller()
    row = service.stop(proposal_id=proposal_id, by=who, at=clock.now(), **body)
    return queries.shown(row, who)
