"""What has happened to households. Asking and agreeing are in the proposal that a row names."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded
from app.register.households.life.changing import ChangeKind, Seen


class HouseholdChange(Recorded):
    """One change that was done. It is never changed itself: an undoing is another one.

    By a trigger, one in which points change hands has somebody who agreed.
    """

    __tablename__ = "household_changes"
    __table_args__ = (
        CheckConstraint("agreed_by <> asked_by", name="by_two"),
        CheckConstraint("other_id <> household_id", name="two_households"),
        ForeignKeyConstraint(
            ["county_id", "undoes_id"],
            ["household_changes.county_id", "household_changes.id"],
            name="fk_household_changes_undoes",
        ),
        ForeignKeyConstraint(
            ["county_id", "proposal_id"],
            ["proposals.county_id", "proposals.id"],
            name="fk_household_changes_proposal",
        ),
        UniqueConstraint("county_id", "proposal_id"),
        UniqueConstraint("county_id", "undoes_id"),
        Index("ix_household_changes_household_id", "county_id", "household_id", "id"),
        Index("ix_household_changes_other_id", "county_id", "other_id", "id"),
    )

    kind: Mapped[ChangeKind]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    other_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"))
    proposal_id: Mapped[UUID | None]  # by which it was asked and agreed; none: one person's
    undoes_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)  # ids and numbers
    document: Mapped[Seen]  # which was looked at
    happened_on: Mapped[date]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    agreed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    done_at: Mapped[datetime]
