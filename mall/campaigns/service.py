"""Making campaigns with two people, and stopping them before their last day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import audit, clock
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.points import ledger
from app.register import trust
from app.register.regions import queries as regions
from mall.campaigns import queries
from mall.campaigns.errors import (
    BadDays,
    CampaignNotApproved,
    CampaignNotFound,
    RegionNotFound,
    ShopsNotFound,
)
from mall.campaigns.models import Campaign, CampaignState
from mall.merchants import queries as merchants
from mall.merchants.models import Shop


@dataclass(frozen=True)
class Terms:
    """What a campaign promises: to whom, when, and out of whose money."""

    name: str
    percent: int  # of the market price, what the household pays
    first_on: date
    last_on: date  # included
    funder_id: UUID
    weekdays: Sequence[int] | None = None  # 1: Monday; none: every day
    region_id: UUID | None = None  # all shops in it, or else
    shop_ids: Sequence[UUID] = field(default=())  # these
    # Of subsidy in a day, for a household, at a shop, and of all its funder's; none: the defaults.
    day_limit_fen: int | None = None
    shop_day_limit_fen: int | None = None
    funder_day_limit_fen: int | None = None


HOUSEHOLD_DAY_FEN, SHOP_DAY_FEN = 2_000, 50_000
FUNDERS_PART = 10  # in a day a funder pays this part of what it has


def make(*, county_id: int, terms: Terms, made_by: UUID, at: datetime) -> Campaign:
    """Make a campaign as a draft. It runs once somebody else has approved it.

    Raises:
        BadDays: its days are in the wrong order, or over.
        FunderNotFound, RegionNotFound, ShopsNotFound: not in this county.
    """
    assert (terms.region_id is None) == bool(terms.shop_ids), "a region, or shops"
    if terms.last_on < max(terms.first_on, clock.day_of(at)):
        raise BadDays()
    _check_places(county_id, terms)
    has_fen = ledger.balance(county_id, ledger.subsidy(terms.funder_id)).available
    campaign = Campaign(
        id=uuid7(at),
        county_id=county_id,
        funder_id=queries.funder(county_id, terms.funder_id).id,
        name=terms.name,
        percent=terms.percent,
        first_on=terms.first_on,
        last_on=terms.last_on,
        weekdays=sorted(set(terms.weekdays)) if terms.weekdays else None,
        region_id=terms.region_id,
        shop_ids=sorted(set(terms.shop_ids)),
        day_limit_fen=terms.day_limit_fen or HOUSEHOLD_DAY_FEN,
        shop_day_limit_fen=terms.shop_day_limit_fen or SHOP_DAY_FEN,
        funder_day_limit_fen=terms.funder_day_limit_fen or has_fen // FUNDERS_PART or None,
        state=CampaignState.DRAFT,
        proposed_by=made_by,
        proposed_at=at,
    )
    db.session.add(campaign)
    _trace("campaigns.make", campaign, made_by, at)
    return campaign


def approve(*, county_id: int, campaign_id: UUID, approved_by: UUID, at: datetime) -> Campaign:
    """Let a campaign run on its days.

    Raises:
        CampaignNotFound, AlreadyDecided: there is nothing to approve.
        SamePerson, SameHousehold, Related, Interested, TooFresh: somebody else must.
        SameOffice: finance and an administrator must agree.
        BadDays: its last day has passed meanwhile.
    """
    campaign = _decide(county_id, campaign_id, approved_by, at, CampaignState.APPROVED)
    if clock.day_of(at) > campaign.last_on:
        raise BadDays()
    return campaign


def decline(*, county_id: int, campaign_id: UUID, declined_by: UUID, at: datetime) -> Campaign:
    """Close a draft. Raises as ``approve`` does, but for the days."""
    return _decide(county_id, campaign_id, declined_by, at, CampaignState.DECLINED)


def stop(
    *, county_id: int, campaign_id: UUID, because: str, stopped_by: UUID, at: datetime
) -> Campaign:
    """End a campaign before its last day, from the next purchase on.

    One person may do it, also who made it: it saves money, and moves none.

    Raises:
        CampaignNotFound: there is no such campaign.
        CampaignNotApproved: it is a draft, was declined or has ended.
    """
    campaign = _locked_campaign(county_id, campaign_id)
    if campaign.state is not CampaignState.APPROVED or campaign.is_over(at):
        raise CampaignNotApproved()
    campaign.state = CampaignState.STOPPED
    campaign.stopped_by, campaign.stopped_at = stopped_by, at
    campaign.stopped_because = because
    _trace("campaigns.stop", campaign, stopped_by, at)
    return campaign


def _check_places(county_id: int, terms: Terms) -> None:
    if terms.region_id is not None and regions.region(county_id, terms.region_id) is None:
        raise RegionNotFound()
    wanted = set(terms.shop_ids)
    known = select(func.count()).where(Shop.county_id == county_id, Shop.id.in_(wanted))
    if db.session.scalar(known) != len(wanted):
        raise ShopsNotFound()


def _decide(
    county_id: int, campaign_id: UUID, decided_by: UUID, at: datetime, state: CampaignState
) -> Campaign:
    campaign = _locked_campaign(county_id, campaign_id)
    trust.decide(
        campaign,
        to=state,
        by=decided_by,
        at=at,
        concerned=_who_is_paid(campaign),
        other_office=state is CampaignState.APPROVED,
    )
    _trace(f"campaigns.{state.value}", campaign, decided_by, at)
    return campaign


def _who_is_paid(campaign: Campaign) -> trust.Concerned:
    """Those of the shops where it will hold: to a campaign they cannot say yes or no."""
    region_id = campaign.region_id
    is_there = (
        Shop.id.in_(campaign.shop_ids)
        if region_id is None
        else Shop.village_id.in_(regions.inside([region_id]))
    )
    return trust.Concerned(users=merchants.interested_in(is_there, since=campaign.proposed_at))


def _locked_campaign(county_id: int, campaign_id: UUID) -> Campaign:
    campaign = db.session.scalar(
        locked(select(Campaign).where(Campaign.county_id == county_id, Campaign.id == campaign_id))
    )
    if campaign is None:
        raise CampaignNotFound()
    return campaign


def _trace(action: str, campaign: Campaign, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=campaign.county_id,
        actor_id=actor_id,
        subject=("campaign", campaign.id),
        at=at,
        reason=campaign.stopped_because,
        percent=campaign.percent,
        funder_id=str(campaign.funder_id),
    )
