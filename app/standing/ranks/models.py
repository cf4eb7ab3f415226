"""Boards of places, one for each region and span, and the places that won something."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded


class Span(StrEnum):
    MONTH = "month"  # of a group
    HALF_YEAR = "half_year"  # of a village
    YEAR = "year"  # of a village

    @property
    def months(self) -> int:
        return {Span.MONTH: 1, Span.HALF_YEAR: 6, Span.YEAR: 12}[self]


class Ranking(Recorded):
    """That a region's span was ranked. Written once: who won does not change afterwards."""

    __tablename__ = "boards"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "policy_version"], ["policies.county_id", "policies.version"]
        ),
        UniqueConstraint("county_id", "span", "last_day", "region_id"),
        CheckConstraint("span IN ('month', 'half_year', 'year')", name="span_is_known"),
    )

    span: Mapped[Span]
    first_day: Mapped[date]
    last_day: Mapped[date]
    region_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))  # a group or a village
    households: Mapped[int]  # of the region, officials' left out: shares are of them
    policy_version: Mapped[int]  # of the last day
    closed_at: Mapped[datetime]


class Place(Recorded):
    """A household that won by its place: the evidence of its award."""

    __tablename__ = "places"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "board_id"], ["boards.county_id", "boards.id"], name="fk_places_board"
        ),
        UniqueConstraint("county_id", "board_id", "household_id"),
        CheckConstraint("place > 0", name="place_positive"),
    )

    board_id: Mapped[UUID]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    place: Mapped[int]  # 1 + how many earned more: equal points, equal place
    points: Mapped[int]  # earned in the span
    active_days: Mapped[int]  # on which it earned something
