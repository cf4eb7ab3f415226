"""New means that pay little at first, and what they have paid."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded


class CoolOff(Recorded):
    """A means that was new to a household which had points: for three days it pays little."""

    __tablename__ = "cool_offs"
    __table_args__ = (
        Index("ix_cool_offs_household", "county_id", "household_id", "ends_at"),
        CheckConstraint("begun_at < ends_at", name="begins_before_it_ends"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    means_id: Mapped[UUID]  # the user on whose phone, the card, or the proxy
    begun_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class CooledPayment(Recorded):
    """What a household's new means have paid; it counts for the day also when it is undone."""

    __tablename__ = "cooled_payments"
    __table_args__ = (
        Index("ix_cooled_payments_household", "county_id", "household_id", "paid_at"),
        CheckConstraint("points > 0", name="points_positive"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    points: Mapped[int]
    paid_at: Mapped[datetime]
