"""The trace of every command: who did what, when, to which row; and the seals over it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.audit.circumstances import Channel
from app.kernel.db import Model, Recorded


class AuditEvent(Recorded):
    """One deed. The application may add rows and read them; nobody may change or remove them."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_subject", "county_id", "subject_kind", "subject_id", "id"),
        Index("ix_audit_events_actor", "county_id", "actor_id", "id"),
        Index("ix_audit_events_action", "county_id", "action", "id"),
        Index("ix_audit_events_request", "county_id", "request_id", "id"),
        Index(
            "ix_audit_events_household",
            "county_id",
            "household_id",
            "id",
            postgresql_where=text("household_id IS NOT NULL"),
        ),
        Index("ix_audit_events_xact", "county_id", "xact", "id"),
    )
    # What the database writes by itself is read by whoever seals, not by whoever writes a deed.
    __mapper_args__ = {"eager_defaults": False}

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]  # none: the system itself or the command line
    acted_as: Mapped[list[str] | None] = mapped_column(ARRAY(Text))  # roles that admitted them
    action: Mapped[str]  # dotted verb, say "households.import_roster"
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    household_id: Mapped[UUID | None]  # whose points, data or conduct it is about
    reason: Mapped[str | None]  # the word or the sentence that was given for it
    channel: Mapped[Channel | None]  # none: of a release before this column
    request_id: Mapped[str | None]  # or the words of a command, or the name of a job
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)  # numbers and ids, no personal data
    # When and by which transaction it was written: nobody but the database says so. Transaction 0:
    # older than the seals.
    written_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    xact: Mapped[int] = mapped_column(
        server_default=text("CAST(CAST(pg_current_xact_id() AS text) AS bigint)")
    )
    # Under a key outside the database, over what the application wrote. None: of a release before
    # this column.
    mac: Mapped[bytes | None]


class AuditSeal(Model):
    """A seal over the trace; written by ``append_audit_seal`` alone."""

    __tablename__ = "audit_seals"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("commits_before > commits_from AND events > 0", name="covers_something"),
        CheckConstraint("length(root) = 32 AND length(previous) = 32", name="digests_are_whole"),
        CheckConstraint("length(signature) = 64", name="signature_is_whole"),
        Index("ix_audit_seals_sealed_at", "sealed_at"),
        Index("uq_audit_seals_commits", "county_id", "commits_before", unique=True),
    )

    county_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    commits_from: Mapped[int]
    commits_before: Mapped[int]
    events: Mapped[int]
    root: Mapped[bytes]
    previous: Mapped[bytes]
    sealed_at: Mapped[datetime]
    key_id: Mapped[str]
    signature: Mapped[bytes]
