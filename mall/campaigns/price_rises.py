"""Telling the county when a market price rises while a funder pays a part of it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.kernel import clock
from app.kernel.db import db
from app.messages import notices
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from mall.campaigns.models import Campaign, CampaignState
from mall.campaigns.notices import PRICE_ROSE
from mall.catalogue.prices import Period, PriceRise, price_rises_during
from mall.merchants.models import Shop

# A price that is lifted just in time for a campaign is found too.
BEFORE_IT_BEGINS = timedelta(days=21)
RISES_A_RUN_MAX = 500


def watch(*, county_id: int, at: datetime) -> int:
    """Tell the county's administrators of each price rise, once; returns how many are new.

    Prices are compared with those of three weeks before the campaign.
    """
    rises = price_rises_during(
        county_id, _periods(county_id, at), before=None, limit=RISES_A_RUN_MAX
    )
    root = regions.root(county_id).id
    return notices.tell(
        PRICE_ROSE,
        [_notice(rise, root) for rise in rises],
        county_id=county_id,
        at=at,
    )


def _periods(county_id: int, at: datetime) -> list[Period]:
    """The campaigns that run today, or begin within three weeks."""
    today = clock.day_of(at)
    campaigns = db.session.scalars(
        select(Campaign).where(
            Campaign.county_id == county_id,
            Campaign.state == CampaignState.APPROVED,
            Campaign.first_on <= today + BEFORE_IT_BEGINS,
            Campaign.last_on >= today,
        )
    )
    return [
        Period(
            since=clock.day_start(campaign.first_on) - BEFORE_IT_BEGINS,
            until=clock.day_end(campaign.last_on),
            shop_ids=shop_ids,
        )
        for campaign in campaigns
        if (shop_ids := _shops(campaign))
    ]


def _shops(campaign: Campaign) -> tuple[UUID, ...]:
    if campaign.region_id is None:
        return tuple(campaign.shop_ids)
    inside = regions.inside([campaign.region_id])
    return tuple(db.session.scalars(select(Shop.id).where(Shop.village_id.in_(inside))))


def _notice(rise: PriceRise, root: UUID) -> notices.ToOfficials:
    return notices.ToOfficials(
        role=Role.COUNTY_ADMIN,
        region_id=root,
        topic=str(rise.id),
        details={
            "goods": rise.goods,
            "merchant": rise.merchant,
            "from_fen": rise.market_from_fen,
            "to_fen": rise.market_to_fen,
        },
    )
