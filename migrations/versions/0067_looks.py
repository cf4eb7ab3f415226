"""Who looked at which household on a day, so that the trace says it once."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "looks",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.CheckConstraint(
            "what IN ('household', 'names', 'photo', 'earlier_photos')",
            name=op.f("ck_looks_what_is_known"),
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_looks_county_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_looks_user_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_looks_household_id")
        ),
        sa.PrimaryKeyConstraint(
            "county_id", "on_day", "user_id", "household_id", "what", name=op.f("pk_looks")
        ),
    )
    op.execute("GRANT INSERT ON looks TO fen_app")
    op.execute("GRANT SELECT, DELETE ON looks TO fen_keeper")


def downgrade() -> None:
    op.drop_table("looks")
