"""Checks at the door."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Recorded
from app.photos.models import Photo


class Grade(StrEnum):
    """How well a household sorts, as seen at its bins."""

    A = "a"
    B = "b"
    C = "c"


class WasteKind(StrEnum):
    """The four kinds of household waste."""

    KITCHEN = "kitchen"
    RECYCLABLE = "recyclable"
    HAZARDOUS = "hazardous"
    RESIDUAL = "residual"


class Check(Recorded):
    """A liaison looked at a household's sorting. Written once; the grade stands."""

    __tablename__ = "checks"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "photo_id"], ["photos.county_id", "photos.id"]),
        UniqueConstraint("county_id", "photo_id"),
        CheckConstraint("grade IN ('a', 'b', 'c')", name="grade_is_known"),
        CheckConstraint(
            "wrong_kinds <@ ARRAY['kitchen', 'recyclable', 'hazardous', 'residual']",
            name="wrong_kinds_are_known",
        ),
        CheckConstraint("grade <> 'a' OR wrong_kinds = '{}'", name="nothing_is_wrong_at_grade_a"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place_is_whole"),
        CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name="place_is_on_earth",
        ),
        Index("ix_checks_household", "county_id", "household_id", "at"),
        Index("ix_checks_checked_by", "county_id", "checked_by", "id"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))
    checked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    liaison_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]  # by the server's clock; its day is the day that counts
    phone_time: Mapped[datetime | None]  # what the phone said, for comparison only
    grade: Mapped[Grade]
    wrong_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))  # WasteKind, in its order
    photo_id: Mapped[UUID]
    # About 100 m: enough to say which hamlet, too little to say which door.
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))

    photo: Mapped[Photo] = relationship()
