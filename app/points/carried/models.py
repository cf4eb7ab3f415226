"""What changes of households carried."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model


class ChangePoints(Model):
    """Points that share a last day and went from one household to another by a change."""

    __tablename__ = "change_points"
    __table_args__ = (
        CheckConstraint("points > 0", name="points_positive"),
        ForeignKeyConstraint(
            ["county_id", "change_id"],
            ["household_changes.county_id", "household_changes.id"],
            name="fk_change_points_change",
        ),
        UniqueConstraint("county_id", "transfer_id"),
    )

    county_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    change_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    expires_on: Mapped[date | None]
    points: Mapped[int]
    transfer_id: Mapped[UUID]
