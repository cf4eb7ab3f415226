"""Notices: who must be told what, since when."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.roles import Role
from app.kernel.db import Recorded


class NoticeKind(StrEnum):
    POINTS_EXPIRE = "points_expire"  # details: points, expires_on, days_left
    AWARD_REVERSED = "award_reversed"  # details: points, moved, owed
    REDEMPTION_REVERSED = "redemption_reversed"  # details: the same
    SALE_REVERSED = "sale_reversed"  # details: the same
    BUDGET_LOW = "budget_low"  # details: level_fen, left_fen, used_percent


class Notice(Recorded):
    """One thing that one addressee must be told once: a household, or officials of a region.

    Officials are those who hold the role where it includes the region, whoever they are when the
    notice is delivered.
    """

    __tablename__ = "notices"
    __table_args__ = (
        # What makes it the same notice: a second one is not written.
        UniqueConstraint(
            "county_id",
            "kind",
            "household_id",
            "role",
            "region_id",
            "topic",
            name="uq_notices_once",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint(
            "(household_id IS NULL) <> (role IS NULL) AND (role IS NULL) = (region_id IS NULL)",
            name="one_addressee",
        ),
        CheckConstraint(
            "kind IN ('points_expire', 'award_reversed', 'redemption_reversed', 'sale_reversed', "
            "'budget_low')",
            name="kind_is_known",
        ),
        Index("ix_notices_household", "county_id", "household_id", "id"),
    )

    kind: Mapped[NoticeKind]
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"))
    role: Mapped[Role | None]
    region_id: Mapped[UUID | None] = mapped_column(ForeignKey("regions.id"))
    topic: Mapped[str]  # what it is about, among those of its kind: "2027-03-31:30", an id
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)  # numbers, days and ids
    written_at: Mapped[datetime]
