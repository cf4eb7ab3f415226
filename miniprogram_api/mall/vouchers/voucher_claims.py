"""Vouchers that did not work, judged by two people of the county."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from mall.vouchers import claims as service
from mall.vouchers import queries
from miniprogram_api.mall.vouchers.vouchers_bodies import (
    VoucherClaimOut,
    VoucherClaimPage,
    VoucherClaimsArgs,
    VoucherConfirmationIn,
    VoucherProposalIn,
)

bp = Blueprint("voucher_claims", __name__, description="坏券")
JUDGES = (Role.COUNTY_ADMIN, Role.FINANCE)


@bp.get("")
@requires(*JUDGES, Role.AUDITOR)
@bp.arguments(VoucherClaimsArgs, location="query")
@bp.response(200, VoucherClaimPage)
def claims(args: dict[str, Any]) -> dict[str, Any]:
    """What households said did not work, newest first."""
    return page(queries.claims(caller().county_id, wanted(args)), args["limit"])


@bp.post("/<uuid:claim_id>/proposal")
@requires(*JUDGES)
@idempotent
@bp.arguments(VoucherProposalIn)
@bp.response(200, VoucherClaimOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own household")
@bp.alt_response(404, schema=ErrorOut, description="No such claim")
@bp.alt_response(409, schema=ErrorOut, description="Proposed or decided already")
def propose(body: dict[str, Any], claim_id: UUID) -> queries.ClaimRow:
    """Say what to do about it; another person must confirm."""
    service.propose(claim_id=claim_id, by=caller(), at=clock.now(), **body)
    return queries.claim(caller().county_id, claim_id)


@bp.post("/<uuid:claim_id>/return")
@requires(*JUDGES)
@idempotent
@bp.response(200, VoucherClaimOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own household")
@bp.alt_response(404, schema=ErrorOut, description="No such claim")
@bp.alt_response(409, schema=ErrorOut, description="Nothing is proposed, or it is decided")
def send_back(claim_id: UUID) -> queries.ClaimRow:
    """Take the proposal off the table, for another one."""
    service.send_back(claim_id=claim_id, by=caller(), at=clock.now())
    return queries.claim(caller().county_id, claim_id)


@bp.post("/<uuid:claim_id>/confirmation")
@requires(*JUDGES)
@idempotent
@bp.arguments(VoucherConfirmationIn)
@bp.response(200, VoucherClaimOut)
@bp.alt_response(
    403, schema=ErrorOut, description="Not apart from who proposed it, or whom it concerns"
)
@bp.alt_response(404, schema=ErrorOut, description="No such claim")
@bp.alt_response(409, schema=ErrorOut, description="Decided, sold out, or the shop has too little")
def confirm(body: dict[str, Any], claim_id: UUID) -> queries.ClaimRow:
    """Do what was proposed: refund, another code, or nothing."""
    service.confirm(claim_id=claim_id, by=caller(), at=clock.now(), **body)
    return queries.claim(caller().county_id, claim_id)
