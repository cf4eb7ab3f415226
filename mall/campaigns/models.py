"""Funders, the money they are given for campaigns, campaigns, and the subsidies they paid."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.db import Recorded, Registered
from app.kernel.decisions import Proposed, two_people
from mall.agreed_moves import AgreedMove, are_agreed


class Funder(Registered):
    """An organisation that pays for campaigns, with an account of its own in the ledger."""

    __tablename__ = "funders"
    __table_args__ = (UniqueConstraint("county_id", "name"),)

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    name: Mapped[str]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]


class Direction(StrEnum):
    FUNDING = "funding"  # from the reserve to the funder's account
    RECLAIM = "reclaim"  # what campaigns left, back to the reserve


class SubsidyFunding(AgreedMove):
    """Money of the reserve for a funder's campaigns, or back: one proposes, another approves."""

    __tablename__ = "subsidy_fundings"
    __table_args__ = (
        *are_agreed(),
        CheckConstraint("direction IN ('funding', 'reclaim')", name="direction_is_known"),
    )
    CONTENT = ("funder_id", "direction", "amount_fen")

    funder_id: Mapped[UUID] = mapped_column(ForeignKey("funders.id"))
    direction: Mapped[Direction]


class CampaignState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"  # it runs on its days
    DECLINED = "declined"
    STOPPED = "stopped"  # by a person, before its last day


class Campaign(Proposed, Registered):
    """On certain days, at certain shops, a household pays a part and the funder the rest.

    All but its state is fixed when it is made: who approves it approves this and nothing else.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 1 AND 99", name="percent_is_a_discount"),
        CheckConstraint("first_on <= last_on", name="days_in_order"),
        CheckConstraint(
            "weekdays <@ ARRAY[1,2,3,4,5,6,7]::smallint[] AND cardinality(weekdays) > 0",
            name="weekdays_are_known",
        ),
        CheckConstraint(
            "(region_id IS NULL) = (cardinality(shop_ids) > 0)",
            name="holds_in_a_region_or_at_shops",
        ),
        CheckConstraint("day_limit_fen > 0", name="day_limit_positive"),
        CheckConstraint(
            "shop_day_limit_fen > 0 AND funder_day_limit_fen > 0", name="day_limits_positive"
        ),
        CheckConstraint(
            "state IN ('draft', 'approved', 'declined', 'stopped')", name="state_is_known"
        ),
        *two_people(maker="made_by", is_open="state = 'draft'"),
        CheckConstraint(
            "(state = 'stopped') = (stopped_at IS NOT NULL) "
            "AND (stopped_at IS NULL) = (stopped_by IS NULL) "
            "AND (stopped_at IS NULL) = (stopped_because IS NULL)",
            name="stop_is_whole",
        ),
        Index(
            "ix_campaigns_approved",
            "county_id",
            "last_on",
            postgresql_where=text("state = 'approved'"),
        ),
    )
    CONTENT = (
        "funder_id",
        "name",
        "percent",
        "first_on",
        "last_on",
        "weekdays",
        "region_id",
        "shop_ids",
        "day_limit_fen",
        "shop_day_limit_fen",
        "funder_day_limit_fen",
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    funder_id: Mapped[UUID] = mapped_column(ForeignKey("funders.id"))
    name: Mapped[str]  # 五折日; people read it
    percent: Mapped[int]  # of the market price, what the household pays: 50 on a half-price day
    first_on: Mapped[date]
    last_on: Mapped[date]  # included
    weekdays: Mapped[list[int] | None] = mapped_column(ARRAY(SmallInteger))  # 1: Monday; none: all
    # Either all shops in a region, or those that are named.
    region_id: Mapped[UUID | None] = mapped_column(ForeignKey("regions.id"))
    shop_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    # Of subsidy in a day: for a household and at a shop. None: of before there were defaults.
    day_limit_fen: Mapped[int | None]
    shop_day_limit_fen: Mapped[int | None]
    # Over all campaigns of its funder; none: a tenth of what the funder has on the day.
    funder_day_limit_fen: Mapped[int | None]
    state: Mapped[CampaignState]
    proposed_by: Mapped[UUID] = mapped_column("made_by", ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column("made_at")
    stopped_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    stopped_at: Mapped[datetime | None]
    stopped_because: Mapped[str | None]

    def is_over(self, at: datetime) -> bool:
        """It will pay nothing any more."""
        is_dead = self.state in {CampaignState.DECLINED, CampaignState.STOPPED}
        return is_dead or clock.day_of(at) > self.last_on


class Subsidy(Recorded):
    """The funder's part of a purchase. It moves in the transaction that writes this row."""

    __tablename__ = "subsidies"
    __table_args__ = (
        UniqueConstraint("county_id", "reference"),
        CheckConstraint("points > 0 AND subsidy_fen > 0", name="both_pay_a_part"),
        CheckConstraint("points + subsidy_fen = settlement_fen", name="parts_add_up"),
        CheckConstraint(
            "settlement_fen <= market_price_fen", name="settlement_within_market_price"
        ),
        CheckConstraint("given_back_fen BETWEEN 0 AND subsidy_fen", name="given_back_is_a_part"),
        Index("ix_subsidies_household_day", "county_id", "household_id", "paid_on"),
        Index("ix_subsidies_shop_day", "county_id", "shop_id", "paid_on"),
    )

    reference: Mapped[str]  # the purchase: "redemption:<id>"
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    funder_id: Mapped[UUID] = mapped_column(ForeignKey("funders.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))
    market_price_fen: Mapped[int]
    settlement_fen: Mapped[int]  # what the merchant is owed
    points: Mapped[int]  # of it, the household's part
    subsidy_fen: Mapped[int]  # of it, the funder's part
    given_back_fen: Mapped[int] = mapped_column(default=0)  # of the funder's part
    # The day whose terms hold, of what was ordered; none: it was agreed when it was paid.
    agreed_on: Mapped[date | None]
    paid_on: Mapped[date]
    paid_at: Mapped[datetime]


class PromiseState(StrEnum):
    OPEN = "open"  # its amount is held on the funder's account
    KEPT = "kept"  # a subsidy was paid for the purchase
    RELEASED = "released"


class PromisedSubsidy(Recorded):
    """The funder's part of what was ordered and not handed over yet, held on its account."""

    __tablename__ = "promised_subsidies"
    __table_args__ = (
        UniqueConstraint("county_id", "reference"),
        CheckConstraint("subsidy_fen > 0", name="subsidy_positive"),
        CheckConstraint("state IN ('open', 'kept', 'released')", name="state_is_known"),
        Index(
            "ix_promised_subsidies_open",
            "county_id",
            "household_id",
            "agreed_on",
            postgresql_where=text("state = 'open'"),
        ),
    )

    reference: Mapped[str]  # the purchase: "order_line:<id>"
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    funder_id: Mapped[UUID] = mapped_column(ForeignKey("funders.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))
    subsidy_fen: Mapped[int]  # at most this will be paid
    hold_id: Mapped[UUID]  # on the funder's account in the ledger
    state: Mapped[PromiseState]
    agreed_on: Mapped[date]
