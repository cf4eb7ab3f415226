"""Payment and result files of a bank, closed days, and a limit for a day's cash-outs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("counties", sa.Column("cash_out_day_limit_fen", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_counties_cash_out_day_limit_positive"), "counties", "cash_out_day_limit_fen > 0"
    )
    _bank_files()
    op.create_table(
        "day_closings",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("closing_fen", sa.BigInteger(), nullable=False),
        sa.Column("ledger_custody_fen", sa.BigInteger(), nullable=False),
        sa.Column("notes", postgresql.JSONB(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_day_closings_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["users.id"], name=op.f("fk_day_closings_closed_by")
        ),
        sa.PrimaryKeyConstraint("county_id", "on_day", name=op.f("pk_day_closings")),
    )


def _bank_files() -> None:
    op.create_table(
        "bank_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_count", sa.BigInteger(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("file_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_bank_batches_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_batches")),
    )
    op.create_table(
        "bank_orders",
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("payee_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_bank_orders_amount_positive")),
        sa.CheckConstraint(
            "state IN ('accepted', 'unclear', 'settled', 'rejected', 'returned')",
            name=op.f("ck_bank_orders_state_is_known"),
        ),
        sa.CheckConstraint(
            "state = 'accepted' OR batch_id IS NOT NULL",
            name=op.f("ck_bank_orders_answered_was_sent"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["bank_batches.id"], name=op.f("fk_bank_orders_batch_id")
        ),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_bank_orders")),
    )
    op.create_index("ix_bank_orders_batch_id", "bank_orders", ["batch_id"])
    op.create_index(
        "ix_bank_orders_waiting",
        "bank_orders",
        ["taken_at"],
        postgresql_where=sa.text("batch_id IS NULL"),
    )
    op.create_table(
        "bank_result_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("line_count", sa.BigInteger(), nullable=False),
        sa.Column("is_quarantined", sa.Boolean(), nullable=False),
        sa.Column("problems", postgresql.JSONB(), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "is_quarantined = (problems <> '[]')",
            name=op.f("ck_bank_result_files_quarantined_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["bank_batches.id"], name=op.f("fk_bank_result_files_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["users.id"], name=op.f("fk_bank_result_files_received_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_result_files")),
        sa.UniqueConstraint("file_digest", name=op.f("uq_bank_result_files_file_digest")),
    )


def downgrade() -> None:
    op.drop_table("day_closings")
    op.drop_table("bank_result_files")
    op.drop_table("bank_orders")
    op.drop_table("bank_batches")
    op.drop_constraint(op.f("ck_counties_cash_out_day_limit_positive"), "counties")
    op.drop_column("counties", "cash_out_day_limit_fen")
