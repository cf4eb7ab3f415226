"""Recycling companies, and what they bought from households."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Model, Recorded, Registered, Turns
from app.register.identity.roles import Role


class Material(StrEnum):
    """What is sold; the policy has a price for each."""

    MIXED = "mixed"
    PAPER = "paper"
    PLASTIC = "plastic"
    METAL = "metal"
    TEXTILES = "textiles"
    GLASS = "glass"
    FILM = "film"
    BOTTLE = "bottle"

    @property
    def is_counted(self) -> bool:
        """Sold by the piece, not by weight."""
        return self is Material.BOTTLE

    @property
    def is_low_value(self) -> bool:
        """Hardly has a price, so its weight earns a bonus."""
        return self in {Material.TEXTILES, Material.GLASS, Material.FILM}


class SaleState(StrEnum):
    AWAITING_YES = "awaiting_yes"  # a large one: nothing has moved, somebody else must agree
    PAID = "paid"
    DECLINED = "declined"  # somebody said no, or who weighed it took it back before the yes
    LAPSED = "lapsed"  # nobody said yes in time
    VOID = "void"  # paid, and taken back within minutes by who weighed it, with the seller's code
    REVERSED = "reversed"  # taken back later by two people


DIFFERENCE_PERCENT = 5  # a pile weighs less when it has dried, and scales differ
MOVED = (SaleState.PAID, SaleState.VOID, SaleState.REVERSED)  # its points moved once
STANDING = (SaleState.AWAITING_YES, SaleState.PAID)  # it counts under the limits of its day


class Recycler(Turns, Registered):
    """A company that buys recyclables in a region, out of what it has paid in before."""

    __tablename__ = "recyclers"
    __table_args__ = (UniqueConstraint("region_id"),)

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    # Where it buys. Of a village's recyclers the nearest one pays: nobody chooses whose money.
    region_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    name: Mapped[str]
    # Who answers for it and is told; none: entered by one administrator, before there were owners.
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    added_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    # From this day on its agents sign what was weighed.
    signs_from: Mapped[date] = mapped_column(server_default=text("CURRENT_DATE"))


_MATERIALS = ", ".join(f"'{material.value}'" for material in Material)


class Sale(Recorded):
    """One weighing of what a household sold. Its points are its price in fen and never expire."""

    __tablename__ = "sales"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "policy_version"], ["policies.county_id", "policies.version"]
        ),
        ForeignKeyConstraint(
            ["county_id", "photo_id"], ["photos.county_id", "photos.id"], name="fk_sales_photo"
        ),
        UniqueConstraint("county_id", "photo_id"),
        UniqueConstraint("county_id", "weighed_by", "client_id"),
        CheckConstraint(
            "client_id IS NULL OR phone_time IS NOT NULL", name="a_record_of_a_phone_has_its_time"
        ),
        CheckConstraint(
            "state IN ('awaiting_yes', 'paid', 'declined', 'lapsed', 'void', 'reversed')",
            name="state_is_known",
        ),
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint(
            "(points > 0 AND state IN ('paid', 'void', 'reversed')) = (transfer_id IS NOT NULL)",
            name="a_price_is_paid",
        ),
        CheckConstraint(
            "(state IN ('awaiting_yes', 'paid')) = (undone_at IS NULL)", name="undone_has_its_time"
        ),
        CheckConstraint(
            "(answered_by IS NULL) = (answered_at IS NULL) "
            "AND (answered_by IS NULL OR state <> 'awaiting_yes')",
            name="an_answer_is_whole",
        ),
        CheckConstraint("(undone_at IS NULL) = (undone_because IS NULL)", name="undone_says_why"),
        Index("ix_sales_household", "county_id", "household_id", "id"),
        Index("ix_sales_weighed_by", "county_id", "weighed_by", "id"),
        Index(
            "ix_sales_awaiting_yes",
            "county_id",
            "sold_at",
            postgresql_where=text("state = 'awaiting_yes'"),
        ),
        Index(
            "ix_sales_without_bonus",
            "county_id",
            "id",
            postgresql_where=text("bonus_decided_at IS NULL AND state = 'paid'"),
        ),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    recycler_id: Mapped[UUID] = mapped_column(ForeignKey("recyclers.id"))  # who paid
    weighed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    weighed_as: Mapped[Role]
    state: Mapped[SaleState]
    sold_at: Mapped[datetime]
    day: Mapped[date]  # in China
    policy_version: Mapped[int]  # whose prices
    points: Mapped[int]  # the sum of the lines
    photo_id: Mapped[UUID | None]  # of the scale; the settings say above which sum
    transfer_id: Mapped[UUID | None]  # in the ledger; none: nothing was to pay, or nothing moved
    # Who said yes or no to a large one: the household, or a second person. None: nobody was asked.
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
    client_id: Mapped[UUID | None]  # of a record that the phone kept until it had network
    phone_time: Mapped[datetime | None]  # as it said; the sale counts when it is paid
    undone_at: Mapped[datetime | None]
    undone_because: Mapped[str | None]  # in words for the household
    # Bonuses are decided when the day on which a sale can be voided is over.
    bonus_decided_at: Mapped[datetime | None]

    lines: Mapped[list["SaleLine"]] = relationship(order_by="SaleLine.number", lazy="selectin")

    @property
    def paid_at(self) -> datetime:
        """When its points moved, if they did."""
        return self.answered_at or self.sold_at


class SaleLine(Model):
    """One material of a sale, and its price."""

    __tablename__ = "sale_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "sale_id"], ["sales.county_id", "sales.id"], name="fk_sale_lines_sale"
        ),
        CheckConstraint(f"material IN ({_MATERIALS})", name="material_is_known"),
        CheckConstraint(
            "(material = 'bottle') = (pieces IS NOT NULL) "
            "AND (pieces IS NULL) = (grams IS NOT NULL)",
            name="weighed_or_counted",
        ),
        CheckConstraint("grams > 0", name="grams_positive"),
        CheckConstraint("pieces > 0", name="pieces_positive"),
        # A line is rounded so that the day's total of its material is: up or down, by the others.
        CheckConstraint(
            "price_fen >= 0 AND CASE WHEN pieces IS NULL "
            "THEN points BETWEEN grams * price_fen / 1000 AND (grams * price_fen + 999) / 1000 "
            "ELSE points = pieces * price_fen END",
            name="points_are_the_price",
        ),
    )

    county_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sale_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1
    material: Mapped[Material]
    grams: Mapped[int | None]
    pieces: Mapped[int | None]
    price_fen: Mapped[int]  # a kilogram, or a piece
    points: Mapped[int]


class SaleSignature(Recorded):
    """What the recycler's agent found of a day's weighing; the newest one of it counts."""

    __tablename__ = "sale_signatures"
    __table_args__ = (
        CheckConstraint(
            "least(grams, pieces, booked_grams, booked_pieces) >= 0", name="nothing_below_zero"
        ),
        CheckConstraint("signed_by <> weighed_by", name="signed_by_another"),
        Index("ix_sale_signatures_day", "county_id", "village_id", "weighed_by", "day", "id"),
    )

    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    weighed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    day: Mapped[date]  # in China
    booked_grams: Mapped[int]  # as the sales said at that moment
    booked_pieces: Mapped[int]
    grams: Mapped[int]  # as the agent found it
    pieces: Mapped[int]
    signed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    signed_at: Mapped[datetime]

    @property
    def is_off(self) -> bool:
        """Whether less or more was found than one part in twenty."""
        return _differs(self.grams, self.booked_grams) or _differs(self.pieces, self.booked_pieces)


def _differs(found: int, booked: int) -> bool:
    return abs(found - booked) * 100 > booked * DIFFERENCE_PERCENT
