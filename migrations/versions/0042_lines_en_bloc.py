"""A line of a statement may be several payments together, which two people take apart."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

BEFORE = (
    "'waiting', 'payout', 'return', 'funding', 'bank_only', 'different_amount', 'duplicate', "
    "'not_instructed', 'unclear_return', 'early_return', 'set_aside', 'unbookable', 'dismissed'"
)
KNOWN = "class_is_known"


def upgrade() -> None:
    op.add_column(
        "statement_entries",
        sa.Column("is_bloc", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.alter_column("statement_entries", "is_bloc", server_default=None)
    op.add_column("statement_entries", sa.Column("part_of", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_statement_entries_part_of",
        "statement_entries",
        "statement_entries",
        ["county_id", "part_of"],
        ["county_id", "id"],
    )
    op.create_index(
        "ix_statement_entries_part_of",
        "statement_entries",
        ["county_id", "part_of"],
        postgresql_where=sa.text("part_of IS NOT NULL"),
    )
    _know(f"{BEFORE}, 'en_bloc', 'taken_apart'")
    op.create_check_constraint(
        op.f("ck_statement_entries_parts_are_agreed"),
        "statement_entries",
        "part_of IS NULL OR (is_agreed AND NOT is_believed)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_statement_entries_parts_are_agreed"), "statement_entries")
    op.execute(
        "UPDATE statement_entries SET entry_class = 'bank_only' WHERE entry_class = 'en_bloc'"
    )
    op.execute(
        "UPDATE statement_entries SET entry_class = 'dismissed' WHERE entry_class = 'taken_apart'"
    )
    _know(BEFORE)
    op.drop_index("ix_statement_entries_part_of", "statement_entries")
    op.drop_constraint("fk_statement_entries_part_of", "statement_entries", type_="foreignkey")
    op.drop_column("statement_entries", "part_of")
    op.drop_column("statement_entries", "is_bloc")


def _know(classes: str) -> None:
    constraint = op.f(f"ck_statement_entries_{KNOWN}")
    op.drop_constraint(constraint, "statement_entries")
    op.create_check_constraint(constraint, "statement_entries", f"entry_class IN ({classes})")
