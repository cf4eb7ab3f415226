"""What was left of a household's base when a period was closed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded


class Score(Recorded):
    """One household's period. Written once, when the period is over."""

    __tablename__ = "scores"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "policy_version"], ["policies.county_id", "policies.version"]
        ),
        UniqueConstraint("county_id", "household_id", "last_day"),
        CheckConstraint("score >= 0", name="score_not_negative"),
        CheckConstraint("first_day < last_day", name="period_is_whole"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    checks: Mapped[int]  # that looked at the household in the period
    # By kind of waste: {"points": what it began with, "findings": how many, "left": what is left}.
    items: Mapped[dict[str, Any]] = mapped_column(JSONB)
    score: Mapped[int]  # what is left of all items
    policy_version: Mapped[int]  # of the period's last day
    closed_at: Mapped[datetime]
