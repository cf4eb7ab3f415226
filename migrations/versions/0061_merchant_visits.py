"""Who has stood before a shop, and showed it."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merchant_visits",
        sa.Column("licence_number", sa.Text(), nullable=False),
        sa.Column("photo_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name=op.f("ck_merchant_visits_place_on_earth"),
        ),
        sa.CheckConstraint(
            "length(photo_sha256) = 32", name=op.f("ck_merchant_visits_photo_sha256_is_whole")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["users.id"], name=op.f("fk_merchant_visits_checked_by_users")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_merchant_visits")),
    )
    op.create_index(
        "ix_merchant_visits_licence", "merchant_visits", ["county_id", "licence_number", "id"]
    )
    op.execute("GRANT INSERT ON merchant_visits TO fen_app")


def downgrade() -> None:
    op.drop_table("merchant_visits")
