"""A line of the statement that finance says is a recycler's."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded


class DepositState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"  # it moved from the reserve to the recycler
    DECLINED = "declined"


class Deposit(Recorded):
    """Money that came in for a recycler. The amount is the bank's, never typed."""

    __tablename__ = "deposits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "statement_entry_id"],
            ["statement_entries.county_id", "statement_entries.id"],
            name="fk_deposits_statement_entry",
        ),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("state IN ('proposed', 'approved', 'declined')", name="state_is_known"),
        CheckConstraint("decided_by <> proposed_by", name="decided_by_another"),
        CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) "
            "AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="decision_is_whole",
        ),
        # A line of the bank is one deposit at most.
        Index(
            "uq_deposits_entry_standing",
            "county_id",
            "statement_entry_id",
            unique=True,
            postgresql_where=text("state <> 'declined'"),
        ),
    )

    recycler_id: Mapped[UUID] = mapped_column(ForeignKey("recyclers.id"))
    statement_entry_id: Mapped[UUID]
    amount_fen: Mapped[int]
    state: Mapped[DepositState]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
