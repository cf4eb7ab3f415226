"""Money of the county's reserve for the campaigns of funders, and back."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from mall.campaigns import funding, queries
from mall.campaigns.models import SubsidyFunding
from miniprogram_api.mall.campaigns.campaigns_bodies import (
    FundingIn,
    FundingOut,
    FundingPage,
    FundingsArgs,
)
from overviews.money.owners import named

bp = Blueprint("subsidy_fundings", __name__, description="补贴资金")


@bp.get("")
@requires(Role.FINANCE, Role.COUNTY_ADMIN, Role.AUDITOR)
@bp.arguments(FundingsArgs, location="query")
@bp.response(200, FundingPage)
def fundings(args: dict[str, Any]) -> dict[str, Any]:
    """The fundings and reclaims of the county, newest first."""
    found = queries.fundings(caller().county_id, wanted(args))
    return page(found, args["limit"]) | {"items": named(found, funder_name="funder_id")}


@bp.post("")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@idempotent
@bp.arguments(FundingIn)
@bp.response(201, FundingOut)
@bp.alt_response(404, schema=ErrorOut, description="No such funder")
def propose(body: dict[str, Any]) -> SubsidyFunding:
    """Propose an amount for a funder, or back. It moves when somebody else approves it."""
    who = caller()
    return funding.propose_funding(
        county_id=who.county_id, proposed_by=who.user_id, at=clock.now(), **body
    )


@bp.post("/<uuid:funding_id>/approval")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@with_factor
@idempotent
@bp.response(200, FundingOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who proposed it")
@bp.alt_response(404, schema=ErrorOut, description="No such funding")
@bp.alt_response(409, schema=ErrorOut, description="Decided, too little, or campaigns still run")
def approve(funding_id: UUID) -> SubsidyFunding:
    """Move the proposed amount."""
    who = caller()
    return funding.approve_funding(
        county_id=who.county_id, funding_id=funding_id, approved_by=who.user_id, at=clock.now()
    )


@bp.post("/<uuid:funding_id>/refusal")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@idempotent
@bp.response(200, FundingOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who proposed it")
@bp.alt_response(404, schema=ErrorOut, description="No such funding")
@bp.alt_response(409, schema=ErrorOut, description="Decided already")
def decline(funding_id: UUID) -> SubsidyFunding:
    """Close a proposal without moving anything."""
    who = caller()
    return funding.decline_funding(
        county_id=who.county_id, funding_id=funding_id, declined_by=who.user_id, at=clock.now()
    )
