"""The trace of every command: who did what, when, to which row."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded


class AuditEvent(Recorded):
    """One deed. The application may add rows and read them, never change or remove them."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_subject", "county_id", "subject_kind", "subject_id", "id"),
        Index("ix_audit_events_actor", "county_id", "actor_id", "id"),
        Index("ix_audit_events_action", "county_id", "action", "id"),
    )

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]  # none: the system itself or the command line
    action: Mapped[str]  # dotted verb, say "households.import_roster"
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)  # numbers and ids, no personal data
