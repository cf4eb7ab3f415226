"""The county and the tree of places in it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Registered


class RegionKind(StrEnum):
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    GROUP = "group"

    @property
    def parent(self) -> "RegionKind | None":
        """The kind that a region of this kind lies in."""
        kinds = list(RegionKind)
        place = kinds.index(self)
        return kinds[place - 1] if place else None

    @property
    def child(self) -> "RegionKind | None":
        """The kind of what lies in a region of this kind."""
        kinds = list(RegionKind)
        return next(iter(kinds[kinds.index(self) + 1 :]), None)


class CounterLimit(StrEnum):
    """What a county may limit where points are paid, by the column that keeps it."""

    CONFIRM_ABOVE = "confirm_above_points"
    SHOP_CODE = "shop_code_points_max"
    SHOP_CODE_DAY = "shop_code_day_points"
    HOUSEHOLD_DAY = "household_day_points"
    SHOP_DAY = "shop_day_points"


class County(Model):
    """One county's programme: its money boundary, with one custody account at one bank."""

    __tablename__ = "counties"
    __table_args__ = (
        CheckConstraint("id BETWEEN 100000 AND 999999", name="id_is_a_division_code"),
        CheckConstraint("auto_release_limit_fen >= 0", name="auto_release_limit_not_negative"),
        CheckConstraint("cash_out_day_limit_fen > 0", name="cash_out_day_limit_positive"),
        CheckConstraint("visit_due_days BETWEEN 1 AND 366", name="visit_due_days_in_a_year"),
        CheckConstraint(
            "late_record_days_max BETWEEN 0 AND 31", name="late_record_days_max_in_a_month"
        ),
        CheckConstraint("photo_months BETWEEN 1 AND 120", name="photo_months_in_bounds"),
        CheckConstraint(
            "confirm_above_points > 0 AND household_day_points > 0 AND shop_day_points > 0"
            " AND shop_code_points_max >= 0 AND shop_code_day_points >= 0",
            name="counter_limits_make_sense",
        ),
        CheckConstraint(
            "order_prepare_hours BETWEEN 1 AND 336", name="order_prepare_hours_in_two_weeks"
        ),
        CheckConstraint(
            "order_pick_up_days BETWEEN 1 AND 31", name="order_pick_up_days_in_a_month"
        ),
        CheckConstraint(
            "substitute_minutes BETWEEN 10 AND 2880", name="substitute_minutes_in_two_days"
        ),
    )

    # The six-digit administrative division code (GB/T 2260); also the ledger's key.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    # A cash-out up to this amount, in fen, goes to the bank without a second person.
    auto_release_limit_fen: Mapped[int] = mapped_column(default=0)
    # What a merchant may ask for in a day, in fen, over all cash-outs; none: as much as there is.
    cash_out_day_limit_fen: Mapped[int | None]
    # A household is due when its liaison was not at its door for so many days.
    visit_due_days: Mapped[int] = mapped_column(default=30, server_default="30")
    # A record that was made without network counts on its own day if it comes within so many days.
    late_record_days_max: Mapped[int] = mapped_column(default=3, server_default="3")
    # For how many months the pictures of photos are kept; what was decided on them stays.
    photo_months: Mapped[int] = mapped_column(default=12, server_default="12")
    # A payment at a counter above it waits for a yes on the household's phone; none: never.
    confirm_above_points: Mapped[int | None] = mapped_column(default=5_000, server_default="5000")
    # With a shop's printed code: in one payment, and a household a day. 0: not at all.
    shop_code_points_max: Mapped[int] = mapped_column(default=2_000, server_default="2000")
    shop_code_day_points: Mapped[int] = mapped_column(default=5_000, server_default="5000")
    # What a household may pay, and a shop take, in a day over all counters; none: no limit.
    household_day_points: Mapped[int | None]
    shop_day_points: Mapped[int | None]
    # An order that is not ready after so many hours is cancelled.
    order_prepare_hours: Mapped[int] = mapped_column(default=48, server_default="48")
    # So is one that was ready and was not handed over for so many days.
    order_pick_up_days: Mapped[int] = mapped_column(default=7, server_default="7")
    # How long a household may think about a substitute.
    substitute_minutes: Mapped[int] = mapped_column(default=120, server_default="120")
    created_at: Mapped[datetime]


class Region(Registered):
    """A county, town, village or group. The tree is four levels deep and rarely changes."""

    __tablename__ = "regions"
    __table_args__ = (
        UniqueConstraint("county_id", "parent_id", "name", postgresql_nulls_not_distinct=True),
        CheckConstraint("(kind = 'county') = (parent_id IS NULL)", name="only_a_county_is_a_root"),
        CheckConstraint("path[cardinality(path)] = id", name="path_ends_with_itself"),
        CheckConstraint("kind IN ('county', 'town', 'village', 'group')", name="kind_is_known"),
        Index("ix_regions_path", "path", postgresql_using="gin"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("regions.id"))
    kind: Mapped[RegionKind] = mapped_column()
    name: Mapped[str]
    # From the county down to the region itself: "inside" is one array test.
    path: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    created_at: Mapped[datetime]
