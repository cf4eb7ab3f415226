"""New means of spending pay little for three days."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cool_offs",
        *_key(),
        sa.Column("means_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("begun_at < ends_at", name=op.f("ck_cool_offs_begins_before_it_ends")),
        *_keys_of("cool_offs"),
    )
    op.create_index("ix_cool_offs_household", "cool_offs", ["county_id", "household_id", "ends_at"])
    op.create_table(
        "cooled_payments",
        *_key(),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_cooled_payments_points_positive")),
        *_keys_of("cooled_payments"),
    )
    op.create_index(
        "ix_cooled_payments_household", "cooled_payments", ["county_id", "household_id", "paid_at"]
    )
    op.execute("GRANT INSERT ON cool_offs, cooled_payments TO fen_app")


def downgrade() -> None:
    op.drop_table("cooled_payments")
    op.drop_table("cool_offs")


def _key() -> tuple[sa.Column[int], sa.Column[sa.Uuid], sa.Column[sa.Uuid]]:
    return (
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
    )


def _keys_of(table: str) -> tuple[sa.Constraint, sa.Constraint]:
    return (
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f(f"fk_{table}_household_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f(f"pk_{table}")),
    )
