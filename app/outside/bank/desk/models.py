"""What was handed to a bank that takes files: payments, the batches they left in, its results.

These rows are what such a bank cannot be asked. They stand in the database, and so in its
backups, because a payment that was forgotten here would be sent twice.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, Registered
from app.kernel.decisions import Decided


class OrderState(StrEnum):
    """The bank's last word on a payment."""

    ACCEPTED = "accepted"  # taken in here, and maybe sent: no final result
    UNCLEAR = "unclear"  # the bank used a word that we do not know
    IN_DOUBT = "in_doubt"  # one person's file says refused: nothing is freed by that alone
    CONTRADICTED = "contradicted"  # a file said refused, and the bank's statement shows it paid
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"

    @property
    def is_open(self) -> bool:
        return self in {OrderState.ACCEPTED, OrderState.UNCLEAR}


def _batch_of_the_county(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["county_id", "batch_id"],
        ["bank_batches.county_id", "bank_batches.id"],
        name=f"fk_{table}_batch",
    )


class BankBatch(Registered):
    """A payment file. It is kept, so that it is the same whenever it is fetched."""

    __tablename__ = "bank_batches"
    # A payment and a result file name the batch with its county: neither is another county's.
    __table_args__ = (UniqueConstraint("county_id", "id"),)

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))

    order_count: Mapped[int]
    total_fen: Mapped[int]
    file_name: Mapped[str]
    file_digest: Mapped[bytes] = mapped_column(LargeBinary)  # SHA-256 of the file
    file_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # base64 of the file, sealed
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))  # none: by command
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # two people said that it was never sent


class BankOrder(Decided, Model):
    """A payment that was submitted. Amount and payee never change.

    That the bank refused it is decided by a second person, or by the bank's statements (nobody).
    """

    CONTENT = ("payment_id", "amount_fen")

    __tablename__ = "bank_orders"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint(
            "state IN ('accepted', 'unclear', 'in_doubt', 'contradicted', 'settled', 'rejected', "
            "'returned')",
            name="state_is_known",
        ),
        CheckConstraint(
            "state IN ('accepted', 'rejected') OR batch_id IS NOT NULL", name="answered_was_sent"
        ),
        CheckConstraint("decided_by <> doubted_by", name="decided_by_another"),
        CheckConstraint("state <> 'in_doubt' OR doubted_at IS NOT NULL", name="doubt_has_its_time"),
        _batch_of_the_county("bank_orders"),
        Index("ix_bank_orders_batch_id", "batch_id"),
        Index(
            "ix_bank_orders_waiting",
            "county_id",
            "taken_at",
            postgresql_where=text("batch_id IS NULL"),
        ),
    )

    payment_id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    amount_fen: Mapped[int]
    payee_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # name, account, bank, purpose
    content_digest: Mapped[bytes] = mapped_column(LargeBinary)  # of all of it, keyed
    taken_at: Mapped[datetime]
    batch_id: Mapped[UUID | None]
    state: Mapped[OrderState]
    reason: Mapped[str | None]
    bank_reference: Mapped[str | None]
    # Whose file said that the bank refused it; none: it came by command.
    proposed_by: Mapped[UUID | None] = mapped_column("doubted_by", ForeignKey("users.id"))
    doubted_at: Mapped[datetime | None]
    doubted_in: Mapped[UUID | None] = mapped_column(ForeignKey("bank_result_files.id"))
    is_made_anew: Mapped[bool] = mapped_column(default=False)  # its file was withdrawn, once

    @property
    def is_open(self) -> bool:
        """A person's word is wanted, also once the statements' silence has freed the amount."""
        is_denied = self.state is OrderState.REJECTED and self.doubted_at is not None
        return self.state is OrderState.IN_DOUBT or (is_denied and self.decided_by is None)


class BankResultFile(Registered):
    """A result file as it came. One in quarantine has changed nothing."""

    __tablename__ = "bank_result_files"
    __table_args__ = (
        CheckConstraint("is_quarantined = (problems <> '[]')", name="quarantined_for_a_reason"),
        UniqueConstraint("county_id", "file_digest"),
        _batch_of_the_county("bank_result_files"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    file_digest: Mapped[bytes] = mapped_column(LargeBinary)
    batch_id: Mapped[UUID | None]
    line_count: Mapped[int]
    is_quarantined: Mapped[bool]
    # What is wrong with it: row in the file, id as it stood there, and a sentence.
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    received_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))  # none: by command
    received_at: Mapped[datetime]
