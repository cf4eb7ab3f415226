"""Prices of today on the tags of many goods at once, as a page of the catalogue shows them.

What holds at the till is the quote: it also asks for what the funder and the shop may still give
today. A tag asks whose campaign runs, whether the price has stood, whether the funder has money
and the household has not had its part of the day.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SmallInteger, any_, bindparam, func, or_, select

from app.kernel import clock
from app.kernel.db import db
from app.points import ledger
from app.register.regions.models import Region
from mall.campaigns.models import (
    Campaign,
    CampaignState,
    Funder,
    PromisedSubsidy,
    PromiseState,
    Subsidy,
)
from mall.campaigns.pricing import Quote, campaign_price, full_price
from mall.campaigns.queries import Running
from mall.catalogue.prices import ShelfPrice, standing_prices
from mall.catalogue.search import Found
from mall.merchants.models import Shop

_RUNNING = (
    select(Shop.id, Campaign, Funder.name)
    .join(Region, Region.id == Shop.village_id)
    .join(
        Campaign,
        (Campaign.county_id == Shop.county_id)
        & or_(Shop.id == any_(Campaign.shop_ids), Campaign.region_id == any_(Region.path)),
    )
    .join(Funder, Funder.id == Campaign.funder_id)
    .where(
        Shop.county_id == bindparam("county"),
        Shop.id.in_(bindparam("shops", expanding=True)),
        Campaign.state == CampaignState.APPROVED,
        Campaign.last_on >= bindparam("day"),
        Campaign.first_on <= bindparam("day"),
        or_(
            Campaign.weekdays.is_(None),
            bindparam("weekday", type_=SmallInteger()) == any_(Campaign.weekdays),
        ),
    )
    .order_by(Campaign.percent, Campaign.id)
)


def tags(
    county_id: int, found: Sequence[Found], *, household_id: UUID | None, at: datetime
) -> dict[UUID, Quote]:
    """What each of the offers costs now, by offer; one query where no campaign runs."""
    running = _running(county_id, {one.shop_id for one in found}, at)
    named = [one for one in found if one.shop_id in running]
    prices = standing_prices([one.id for one in named], at=at) if named else {}
    left = _Left(county_id, running, household_id, at) if named else None
    return {
        one.id: _tag(one, running.get(one.shop_id, []), prices.get(one.id), left) for one in found
    }


def names_at(county_id: int, shop_ids: Iterable[UUID], at: datetime) -> dict[UUID, list[str]]:
    """The names of the campaigns that hold at each of the shops today, in one query."""
    running = _running(county_id, set(shop_ids), at)
    return {shop_id: [one.campaign.name for one in ones] for shop_id, ones in running.items()}


def _running(county_id: int, shop_ids: set[UUID], at: datetime) -> dict[UUID, list[Running]]:
    if not shop_ids:
        return {}
    day = clock.day_of(at)
    asked = {
        "county": county_id,
        "shops": sorted(shop_ids),
        "day": day,
        "weekday": day.isoweekday(),
    }
    by_shop: dict[UUID, list[Running]] = {}
    for shop_id, campaign, funder_name in db.session.execute(_RUNNING, asked):
        by_shop.setdefault(shop_id, []).append(Running(campaign, funder_name))
    return by_shop


class _Left:
    """What the funders have, and what the household may still have of each campaign today."""

    def __init__(
        self,
        county_id: int,
        running: dict[UUID, list[Running]],
        household_id: UUID | None,
        at: datetime,
    ) -> None:
        funders = {one.campaign.funder_id for ones in running.values() for one in ones}
        self._funds = ledger.balances(county_id, ledger.AccountKind.SUBSIDY, sorted(funders))
        self._had = _had(county_id, household_id, at) if household_id else Counter()

    def allows(self, campaign: Campaign, subsidy_fen: int) -> bool:
        if self._funds.get(campaign.funder_id, 0) < subsidy_fen:
            return False
        limit = campaign.day_limit_fen
        return limit is None or self._had[campaign.id] + subsidy_fen <= limit


def _tag(
    one: Found, running: Sequence[Running], price: ShelfPrice | None, left: _Left | None
) -> Quote:
    full = full_price(one.market_price_fen, one.settlement_price_fen)
    if left is None or price is None or not _has_stood(one, price):
        return full
    for each in running:
        offered = campaign_price(
            each.campaign,
            each.funder_name,
            market_price_fen=one.market_price_fen,
            settlement_fen=one.settlement_price_fen,
        )
        if offered.campaign_id and left.allows(each.campaign, offered.subsidy_fen):
            return offered
    return full


def _has_stood(one: Found, price: ShelfPrice) -> bool:
    if price.stood_fen is None or price.stood_points is None:
        return False
    return one.market_price_fen <= price.stood_fen and one.points_price <= price.stood_points


def _had(county_id: int, household_id: UUID, at: datetime) -> Counter[UUID]:
    asked = {"county": county_id, "household": household_id, "day": clock.day_of(at)}
    had: Counter[UUID] = Counter()
    for statement in _HAD:
        for campaign_id, fen in db.session.execute(statement, asked):
            had[campaign_id] += int(fen)
    return had


def _of_the_household(model: Any) -> tuple[ColumnElement[bool], ...]:
    return model.county_id == bindparam("county"), model.household_id == bindparam("household")


_HAD = (
    select(Subsidy.campaign_id, func.sum(Subsidy.subsidy_fen - Subsidy.given_back_fen))
    .where(
        *_of_the_household(Subsidy),
        func.coalesce(Subsidy.agreed_on, Subsidy.paid_on) == bindparam("day"),
    )
    .group_by(Subsidy.campaign_id),
    select(PromisedSubsidy.campaign_id, func.sum(PromisedSubsidy.subsidy_fen))
    .where(
        *_of_the_household(PromisedSubsidy),
        PromisedSubsidy.agreed_on == bindparam("day"),
        PromisedSubsidy.state == PromiseState.OPEN,
    )
    .group_by(PromisedSubsidy.campaign_id),
)
