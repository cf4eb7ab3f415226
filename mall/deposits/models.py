"""A line of the statement that finance says is a recycler's."""

from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mall.agreed_moves import AgreedMove, are_agreed


class Deposit(AgreedMove):
    """Money that came in for a recycler. The amount is the bank's, never typed."""

    __tablename__ = "deposits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "statement_entry_id"],
            ["statement_entries.county_id", "statement_entries.id"],
            name="fk_deposits_statement_entry",
        ),
        *are_agreed(),
        # A line of the bank is one deposit at most.
        Index(
            "uq_deposits_entry_standing",
            "county_id",
            "statement_entry_id",
            unique=True,
            postgresql_where=text("state <> 'declined'"),
        ),
    )
    CONTENT = ("recycler_id", "statement_entry_id", "amount_fen")

    recycler_id: Mapped[UUID] = mapped_column(ForeignKey("recyclers.id"))
    statement_entry_id: Mapped[UUID]
