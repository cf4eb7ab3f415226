"""Flags on shops whose redemptions look odd."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "risk_flags",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_by", sa.Uuid(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('no_photos', 'same_minute', 'under_limit', 'own_household', 'many_voids')",
            name=op.f("ck_risk_flags_reason_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'cleared', 'confirmed')", name=op.f("ck_risk_flags_state_is_known")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (judged_by IS NULL) AND (judged_by IS NULL) = (judged_at IS NULL) "
            "AND (judged_by IS NULL) = (note IS NULL)",
            name=op.f("ck_risk_flags_a_judgement_has_who_when_and_why"),
        ),
        sa.ForeignKeyConstraint(["judged_by"], ["users.id"], name=op.f("fk_risk_flags_judged_by")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_risk_flags_shop_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_risk_flags")),
    )
    op.create_index(
        "uq_risk_flags_open",
        "risk_flags",
        ["county_id", "shop_id", "reason"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_risk_flags_shop", "risk_flags", ["county_id", "shop_id", "id"])
    # The nightly look reads a month of a county.
    op.create_index("ix_redemptions_paid_at", "redemptions", ["county_id", "paid_at"])
    op.execute("REVOKE DELETE ON risk_flags FROM fen_app")


def downgrade() -> None:
    op.drop_index("ix_redemptions_paid_at", table_name="redemptions")
    op.drop_table("risk_flags")
