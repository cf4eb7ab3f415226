"""The county and the tree of places in it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Registered, Turns


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


class County(Turns, Model):
    """One county's programme: its money boundary, with one custody account at one bank.

    What it may choose is in ``CountySettings``, by domain.
    """

    __tablename__ = "counties"
    __table_args__ = (
        CheckConstraint("id BETWEEN 100000 AND 999999", name="id_is_a_division_code"),
    )

    # The six-digit administrative division code (GB/T 2260); also the ledger's key.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    created_at: Mapped[datetime]


class CountySettings(Model):
    """One version of what a county chose in one domain; the newest counts, and all stay."""

    __tablename__ = "county_settings"
    __table_args__ = (CheckConstraint("version > 0", name="version_positive"),)

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)  # of the domain's settings
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)  # what is left out has its default
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))  # none: the command line
    set_at: Mapped[datetime]
    # By which two people agreed; none: the command line made it stricter, or it is of before.
    proposal_id: Mapped[UUID | None]


class Region(Turns, Registered):
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
