"""Campaigns: made by one person, approved by another, stopped by anybody of finance."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires, with_factor
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from mall.campaigns import queries, service
from mall.campaigns.models import Campaign
from miniprogram_api.mall.campaigns.campaigns_bodies import (
    CampaignIn,
    CampaignOut,
    CampaignPage,
    CampaignsArgs,
    CampaignStopIn,
)

bp = Blueprint("campaigns", __name__, description="优惠活动")


@bp.get("")
@requires(Role.FINANCE, Role.COUNTY_ADMIN, Role.AUDITOR)
@bp.arguments(CampaignsArgs, location="query")
@bp.response(200, CampaignPage)
def campaigns(args: dict[str, Any]) -> dict[str, Any]:
    """The campaigns of the county, newest first."""
    return page(queries.campaigns(caller().county_id, wanted(args)), args["limit"])


@bp.post("")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@idempotent
@bp.arguments(CampaignIn)
@bp.response(201, CampaignOut)
@bp.alt_response(404, schema=ErrorOut, description="No such funder, region or shop")
@bp.alt_response(422, schema=ErrorOut, description="Its days are over or in the wrong order")
def make(terms: service.Terms) -> Campaign:
    """Make a draft. It runs once somebody else has approved it."""
    who = caller()
    return service.make(county_id=who.county_id, terms=terms, made_by=who.user_id, at=clock.now())


@bp.post("/<uuid:campaign_id>/approval")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@with_factor
@idempotent
@bp.response(200, CampaignOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who made it")
@bp.alt_response(404, schema=ErrorOut, description="No such campaign")
@bp.alt_response(409, schema=ErrorOut, description="Decided already")
@bp.alt_response(422, schema=ErrorOut, description="Its last day has passed")
def approve(campaign_id: UUID) -> Campaign:
    """Let it run on its days."""
    who = caller()
    return service.approve(
        county_id=who.county_id, campaign_id=campaign_id, approved_by=who.user_id, at=clock.now()
    )


@bp.post("/<uuid:campaign_id>/refusal")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@idempotent
@bp.response(200, CampaignOut)
@bp.alt_response(403, schema=ErrorOut, description="Not apart from who made it")
@bp.alt_response(404, schema=ErrorOut, description="No such campaign")
@bp.alt_response(409, schema=ErrorOut, description="Decided already")
def decline(campaign_id: UUID) -> Campaign:
    """Close a draft."""
    who = caller()
    return service.decline(
        county_id=who.county_id, campaign_id=campaign_id, declined_by=who.user_id, at=clock.now()
    )


@bp.post("/<uuid:campaign_id>/stop")
@requires(Role.FINANCE, Role.COUNTY_ADMIN)
@idempotent
@bp.arguments(CampaignStopIn)
@bp.response(200, CampaignOut)
@bp.alt_response(404, schema=ErrorOut, description="No such campaign")
@bp.alt_response(409, schema=ErrorOut, description="It does not run")
def stop(body: dict[str, Any], campaign_id: UUID) -> Campaign:
    """End it before its last day, from the next purchase on."""
    who = caller()
    return service.stop(
        county_id=who.county_id,
        campaign_id=campaign_id,
        because=body["reason"],
        stopped_by=who.user_id,
        at=clock.now(),
    )
