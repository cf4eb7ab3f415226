"""Deeds that an auditor has looked at."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded


class SeenDeed(Recorded):
    """An auditor's tick on an event of the trace. Only added; nobody takes a tick back."""

    __tablename__ = "seen_deeds"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "event_id"],
            ["audit_events.county_id", "audit_events.id"],
            name="fk_seen_deeds_event",
        ),
        UniqueConstraint("county_id", "event_id"),
        CheckConstraint("length(note) BETWEEN 2 AND 200", name="note_says_something"),
    )

    event_id: Mapped[UUID]
    seen_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id")
    )  # none: older than the list
    seen_at: Mapped[datetime]
    note: Mapped[str]
