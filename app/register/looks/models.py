"""Looks at households of a day, so that the trace has each once."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model


class Looked(StrEnum):
    """At what somebody looked; an action of the trace by the same name."""

    HOUSEHOLD = "household"  # all of it, in an office
    NAMES = "names"  # a liaison: the head's name in full
    PHOTO = "photo"  # an auditor: a photo
    EARLIER_PHOTOS = "earlier_photos"  # a reviewer: what the household sent before


class Look(Model):
    """Somebody looked at this of a household on this day. Kept for days; the trace keeps it."""

    __tablename__ = "looks"
    __table_args__ = (
        CheckConstraint(
            "what IN ('household', 'names', 'photo', 'earlier_photos')", name="what_is_known"
        ),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), primary_key=True)
    what: Mapped[Looked] = mapped_column(primary_key=True)
