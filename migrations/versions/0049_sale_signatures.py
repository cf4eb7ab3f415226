"""Recyclers' agents sign what was weighed on a day; from now on."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "recyclers",
        sa.Column("signs_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
    )
    op.create_table(
        "sale_signatures",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("weighed_by", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("booked_grams", sa.BigInteger(), nullable=False),
        sa.Column("booked_pieces", sa.BigInteger(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "least(grams, pieces, booked_grams, booked_pieces) >= 0",
            name=op.f("ck_sale_signatures_nothing_below_zero"),
        ),
        sa.CheckConstraint(
            "signed_by <> weighed_by", name=op.f("ck_sale_signatures_signed_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["regions.id"], name=op.f("fk_sale_signatures_village_id_regions")
        ),
        sa.ForeignKeyConstraint(
            ["weighed_by"], ["users.id"], name=op.f("fk_sale_signatures_weighed_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["users.id"], name=op.f("fk_sale_signatures_signed_by_users")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_sale_signatures")),
    )
    op.create_index(
        "ix_sale_signatures_day",
        "sale_signatures",
        ["county_id", "village_id", "weighed_by", "day", "id"],
    )
    op.execute("GRANT INSERT ON sale_signatures TO fen_app")


def downgrade() -> None:
    op.drop_table("sale_signatures")
    op.drop_column("recyclers", "signs_from")
