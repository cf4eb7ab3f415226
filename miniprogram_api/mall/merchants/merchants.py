"""Merchants, and the bank accounts they are paid on."""

from typing import Any
from uuid import UUID

from flask import Response, make_response
from flask_smorest import Blueprint

from app.agreements.proposals import Proposal
from app.agreements.proposals.queries import ShownProposal, shown
from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.models import RoleGrant
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import page, wanted
from mall.merchants import proposals, queries, service, staff
from mall.merchants.models import Merchant
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.mall.merchants.merchants_bodies import (
    MerchantIn,
    MerchantOut,
    MerchantPage,
    MerchantsArgs,
    OwnerIn,
    PayeeIn,
    PayeeVerificationIn,
    StaffOut,
)

bp = Blueprint("merchants", __name__, description="商户")


def _payee(body: dict[str, Any]) -> service.Payee:
    return service.Payee(body["payee_name"], body["payee_account"], body["payee_bank"])


@bp.get("")
@requires(Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR)
@bp.arguments(MerchantsArgs, location="query")
@bp.response(200, MerchantPage)
def merchants(args: dict[str, Any]) -> dict[str, Any]:
    """The merchants of the county, newest first."""
    return page(queries.merchants(caller().county_id, wanted(args)), args["limit"])


@bp.get("/own")
@requires(Role.MERCHANT)
@bp.arguments(MerchantsArgs, location="query")
@bp.response(200, MerchantPage)
def own(args: dict[str, Any]) -> dict[str, Any]:
    """The caller's merchants as the county has them on record, and where they are paid."""
    who = caller()
    found = queries.merchants_of(who.county_id, who.places(Role.MERCHANT), wanted(args))
    return page(found, args["limit"])


@bp.post("")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(MerchantIn)
@bp.response(201, MerchantOut)
@bp.alt_response(409, schema=ErrorOut, description="The licence is registered already")
def register(body: dict[str, Any]) -> Merchant:
    """Register a merchant. It is paid once somebody else has verified its account."""
    with transaction():
        return service.register_merchant(
            county_id=caller().county_id,
            name=body["name"],
            licence_number=body["licence_number"],
            payee=_payee(body),
            registered_by=caller().user_id,
            at=clock.now(),
        )


@bp.put("/<uuid:merchant_id>/payee")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(PayeeIn)
@bp.response(200, MerchantOut)
@bp.alt_response(202, schema=ProposalOut, description="Proposed: an account was verified before")
@bp.alt_response(403, schema=ErrorOut, description="The caller is paid there")
@bp.alt_response(404, schema=ErrorOut, description="No such merchant")
@bp.alt_response(409, schema=ErrorOut, description="Proposed by somebody else")
def change_payee(body: dict[str, Any], merchant_id: UUID) -> Response | Merchant:
    """Propose where the merchant is paid; an account that nobody has verified is replaced.

    Finance types it again, then its owner has three days to stop it; until then nobody cashes out.
    """
    who = caller()
    with transaction():
        proposal = proposals.propose_payee(
            merchant_id=merchant_id, payee=_payee(body), by=who, at=clock.now()
        )
        if proposal is None:
            return queries.merchant(who.county_id, merchant_id)
        return _proposed(proposal)


@bp.post("/<uuid:merchant_id>/payee/verification")
@requires(Role.FINANCE)
@bp.arguments(PayeeVerificationIn)
@bp.response(200, MerchantOut)
@bp.alt_response(202, schema=ProposalOut, description="Agreed; it begins in three days")
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who entered the account")
@bp.alt_response(404, schema=ErrorOut, description="No such merchant")
@bp.alt_response(409, schema=ErrorOut, description="Verified already")
@bp.alt_response(422, schema=ErrorOut, description="Not the account that was entered")
def verify_payee(body: dict[str, Any], merchant_id: UUID) -> Response | Merchant:
    """Confirm the merchant's account by typing it again from the paper."""
    who = caller()
    with transaction():
        approval = proposals.verify_payee(
            merchant_id=merchant_id, account=body["payee_account"], by=who, at=clock.now()
        )
        if approval is None:
            return queries.merchant(who.county_id, merchant_id)
        return _proposed(approval.proposal)


@bp.post("/<uuid:merchant_id>/suspension")
@requires(Role.COUNTY_ADMIN)
@bp.response(200, MerchantOut)
@bp.alt_response(404, schema=ErrorOut, description="No such merchant")
def suspend(merchant_id: UUID) -> Merchant:
    """Stop the merchant from taking points and from being paid."""
    who = caller()
    with transaction():
        return service.suspend(
            county_id=who.county_id, merchant_id=merchant_id, by=who.user_id, at=clock.now()
        )


@bp.delete("/<uuid:merchant_id>/suspension")
@requires(Role.COUNTY_ADMIN)
@bp.response(202, ProposalOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller is paid there")
@bp.alt_response(404, schema=ErrorOut, description="No such merchant")
@bp.alt_response(409, schema=ErrorOut, description="Not begun yet, or proposed by somebody else")
def reinstate(merchant_id: UUID) -> ShownProposal:
    """Propose that the merchant takes points and is paid again; it is when another agrees."""
    who = caller()
    with transaction():
        found = proposals.propose_reinstatement(merchant_id=merchant_id, by=who, at=clock.now())
        return shown(found, who)


@bp.post("/<uuid:merchant_id>/owners")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(OwnerIn)
@bp.response(201, StaffOut)
@bp.alt_response(202, schema=ProposalOut, description="Proposed: it has an owner, who must agree")
@bp.alt_response(403, schema=ErrorOut, description="Not apart from another role of that person")
@bp.alt_response(404, schema=ErrorOut, description="No such merchant")
@bp.alt_response(409, schema=ErrorOut, description="Proposed by somebody else")
def name_owner(body: dict[str, Any], merchant_id: UUID) -> Response | RoleGrant:
    """Let whoever has this phone act for the merchant; where there is an owner, if they agree."""
    who, is_away = caller(), body.pop("is_owner_away")
    with transaction():
        proposal = proposals.propose_owner(
            merchant_id=merchant_id, is_owner_away=is_away, by=who, at=clock.now(), **body
        )
        if proposal is not None:
            return _proposed(proposal)
        return staff.name_owner(
            county_id=who.county_id,
            merchant_id=merchant_id,
            by=who.user_id,
            at=clock.now(),
            **body,
        )


def _proposed(proposal: Proposal) -> Response:
    return make_response(ProposalOut().dump(shown(proposal, caller())), 202)
