"""Flags on shops, and what people answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded


class RiskReason(StrEnum):
    """What looks odd at a shop. ``rules`` says how each is found."""

    NO_PHOTOS = "no_photos"  # most points come from households that never sent a photo
    SAME_MINUTE = "same_minute"  # households that pay at the same minute on many days
    UNDER_LIMIT = "under_limit"  # many amounts just under the limit
    OWN_HOUSEHOLD = "own_household"  # those who serve there take their own household's points
    MANY_VOIDS = "many_voids"  # many redemptions are taken back
    FULL_SUBSIDY = "full_subsidy"  # many purchases that use up a household's subsidy of a day


class RiskState(StrEnum):
    OPEN = "open"
    CLEARED = "cleared"  # somebody looked: there is an explanation
    CONFIRMED = "confirmed"  # somebody looked: it is what it looks like


class RiskFlag(Recorded):
    """One odd pattern at one shop, with the figures as they were when it was last seen."""

    __tablename__ = "risk_flags"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('no_photos', 'same_minute', 'under_limit', 'own_household', 'many_voids', "
            "'full_subsidy')",
            name="reason_is_known",
        ),
        CheckConstraint("state IN ('open', 'cleared', 'confirmed')", name="state_is_known"),
        CheckConstraint(
            "(state = 'open') = (judged_by IS NULL) AND (judged_by IS NULL) = (judged_at IS NULL) "
            "AND (judged_by IS NULL) = (note IS NULL)",
            name="a_judgement_has_who_when_and_why",
        ),
        Index(
            "uq_risk_flags_open",
            "county_id",
            "shop_id",
            "reason",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_risk_flags_shop", "county_id", "shop_id", "id"),
    )

    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))
    reason: Mapped[RiskReason]
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)  # whole numbers, by name
    state: Mapped[RiskState]
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # the last night on which the pattern was there
    judged_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    judged_at: Mapped[datetime | None]
    note: Mapped[str | None]  # what the person found out
