"""Which campaigns run, what funders have, and what a campaign has paid."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import SmallInteger, Uuid, any_, bindparam, func, or_, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.points import ledger
from app.register.regions.models import Region
from mall.campaigns.errors import FunderNotFound
from mall.campaigns.models import (
    Campaign,
    CampaignState,
    Funder,
    PromisedSubsidy,
    PromiseState,
    Subsidy,
    SubsidyFunding,
)
from mall.merchants.models import Shop


@dataclass(frozen=True)
class Running:
    """A campaign that holds at a shop now, and who pays for it."""

    campaign: Campaign
    funder_name: str


@dataclass(frozen=True)
class FunderAccount:
    """A funder and what is on its account."""

    id: UUID
    name: str
    balance_fen: int


@dataclass(frozen=True)
class ShownSubsidy:
    """The funder's part of a purchase, as household and shop see it."""

    reference: str
    market_price_fen: int
    settlement_fen: int
    points: int
    subsidy_fen: int
    given_back_fen: int
    campaign_name: str
    funder_name: str


_ITS_PLACE = select(Region.id).where(
    Shop.id == bindparam("shop", type_=Uuid()),
    Region.id == Shop.village_id,
    Campaign.region_id == any_(Region.path),
)
_RUNNING = (
    select(Campaign, Funder.name)
    .join(Funder, Funder.id == Campaign.funder_id)
    .where(
        Campaign.county_id == bindparam("county"),
        Campaign.state == CampaignState.APPROVED,
        Campaign.last_on >= bindparam("day"),
        Campaign.first_on <= bindparam("day"),
        or_(
            Campaign.weekdays.is_(None),
            bindparam("weekday", type_=SmallInteger()) == any_(Campaign.weekdays),
        ),
        or_(bindparam("shop", type_=Uuid()) == any_(Campaign.shop_ids), _ITS_PLACE.exists()),
    )
    .order_by(Campaign.percent, Campaign.id)
)


def running(county_id: int, shop_id: UUID, *, at: datetime) -> list[Running]:
    """The campaigns that hold at the shop now, the one with the lowest price first."""
    today = clock.day_of(at)
    asked = {"county": county_id, "shop": shop_id, "day": today, "weekday": today.isoweekday()}
    return [Running(*row) for row in db.session.execute(_RUNNING, asked)]


def subsidised_on(county_id: int, on: date, **whose: UUID) -> int:
    """What was paid or promised on a day, less what came back, in fen; ``whose`` chooses by
    ``household_id``, ``shop_id``, ``campaign_id`` or ``funder_id``.

    What was ordered counts for the day of the order.
    """
    paid = [getattr(Subsidy, name) == value for name, value in whose.items()]
    total = db.session.scalar(
        select(func.coalesce(func.sum(Subsidy.subsidy_fen - Subsidy.given_back_fen), 0)).where(
            Subsidy.county_id == county_id,
            func.coalesce(Subsidy.agreed_on, Subsidy.paid_on) == on,
            *paid,
        )
    )
    open_ones = [getattr(PromisedSubsidy, name) == value for name, value in whose.items()]
    promised = db.session.scalar(
        select(func.coalesce(func.sum(PromisedSubsidy.subsidy_fen), 0)).where(
            PromisedSubsidy.county_id == county_id,
            PromisedSubsidy.agreed_on == on,
            PromisedSubsidy.state == PromiseState.OPEN,
            *open_ones,
        )
    )
    return int(total or 0) + int(promised or 0)


def shop_subsidies_on(county_id: int, shop_id: UUID, on: date) -> int:
    """What funders paid to the shop for purchases of a day, less what came back. In fen."""
    total = db.session.scalar(
        select(func.coalesce(func.sum(Subsidy.subsidy_fen - Subsidy.given_back_fen), 0)).where(
            Subsidy.county_id == county_id, Subsidy.shop_id == shop_id, Subsidy.paid_on == on
        )
    )
    return int(total or 0)


def subsidies(county_id: int, references: Collection[str]) -> dict[str, ShownSubsidy]:
    """The funders' parts of these purchases, by reference; those without one are left out."""
    if not references:
        return {}
    rows = db.session.execute(
        select(
            Subsidy.reference,
            Subsidy.market_price_fen,
            Subsidy.settlement_fen,
            Subsidy.points,
            Subsidy.subsidy_fen,
            Subsidy.given_back_fen,
            Campaign.name,
            Funder.name,
        )
        .join(Campaign, Campaign.id == Subsidy.campaign_id)
        .join(Funder, Funder.id == Subsidy.funder_id)
        .where(Subsidy.county_id == county_id, Subsidy.reference.in_(references))
    )
    return {row[0]: ShownSubsidy(*row) for row in rows}


def funder(county_id: int, funder_id: UUID) -> Funder:
    """The funder. Raises FunderNotFound, also for one of another county."""
    found = db.session.get(Funder, funder_id)
    if found is None or found.county_id != county_id:
        raise FunderNotFound()
    return found


def funders(county_id: int, *, before: UUID | None, limit: int) -> list[FunderAccount]:
    """The funders of the county with what each still has, newest first."""
    query = select(Funder).where(Funder.county_id == county_id)
    if before is not None:
        query = query.where(Funder.id < before)
    found = db.session.scalars(query.order_by(Funder.id.desc()).limit(limit)).all()
    balances = ledger.balances(county_id, ledger.AccountKind.SUBSIDY, [one.id for one in found])
    return [FunderAccount(one.id, one.name, balances.get(one.id, 0)) for one in found]


def fundings(county_id: int, wanted: Wanted) -> Listed[SubsidyFunding]:
    """The money given to funders and taken back, newest first."""
    query = select(SubsidyFunding).where(SubsidyFunding.county_id == county_id)
    return listed(query, SubsidyFunding, wanted)


def campaigns(county_id: int, wanted: Wanted) -> Listed[Campaign]:
    """The campaigns of the county, newest first."""
    query = select(Campaign).where(Campaign.county_id == county_id)
    return listed(query, Campaign, wanted)


def is_any_unfinished(county_id: int, funder_id: UUID, *, at: datetime) -> bool:
    """Whether an approved campaign of the funder still has days to come."""
    query = select(Campaign.id).where(
        Campaign.county_id == county_id,
        Campaign.funder_id == funder_id,
        Campaign.state == CampaignState.APPROVED,
        Campaign.last_on >= clock.day_of(at),
    )
    return db.session.scalar(query.limit(1)) is not None
