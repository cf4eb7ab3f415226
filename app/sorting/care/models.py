"""The care register, and what visitors noted."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded
from app.register.identity.roles import Role


class CareReason(StrEnum):
    """Why a household needs help with its waste."""

    OLD = "old"
    ALONE = "alone"
    DISABLED = "disabled"
    ILL = "ill"
    CHILDREN_ONLY = "children_only"  # the parents work elsewhere
    OTHER = "other"


class CareEnd(StrEnum):
    """Why an entry no longer holds."""

    REVISED = "revised"  # a newer entry took its place
    BETTER = "better"  # help is no longer needed
    MOVED = "moved"
    DIED = "died"
    MISTAKE = "mistake"


class CareEntry(Recorded):
    """A household needs special help. Written once and then ended: together they are a history."""

    __tablename__ = "care_entries"
    __table_args__ = (
        CheckConstraint(
            "reasons <@ ARRAY['old', 'alone', 'disabled', 'ill', 'children_only', 'other'] "
            "AND cardinality(reasons) > 0",
            name="reasons_are_known",
        ),
        CheckConstraint(
            "ended_because IN ('revised', 'better', 'moved', 'died', 'mistake')",
            name="end_is_known",
        ),
        CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) "
            "AND (ended_at IS NULL) = (ended_because IS NULL)",
            name="an_end_has_who_and_why",
        ),
        Index(
            "uq_care_entries_household_open",
            "county_id",
            "household_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_care_entries_household", "county_id", "household_id", "id"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))  # CareReason, in its order
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # it may speak of health
    review_on: Mapped[date]  # when somebody must look again whether help is still needed
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    entered_as: Mapped[Role]
    entered_at: Mapped[datetime]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[CareEnd | None]


class VisitNote(Recorded):
    """A few words about a household, for whoever comes next. Never changed."""

    __tablename__ = "visit_notes"
    __table_args__ = (Index("ix_visit_notes_household", "county_id", "household_id", "id"),)

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # it may speak of health
    written_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    written_as: Mapped[Role]
    written_at: Mapped[datetime]
