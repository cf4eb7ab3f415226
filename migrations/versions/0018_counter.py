"""What a redemption was paid with."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MEANS = (
    "CASE means"
    " WHEN 'pay_code' THEN pay_code_id IS NOT NULL AND card_use_id IS NULL"
    " AND user_id IS NOT NULL AND clerk_id IS NOT NULL"
    " WHEN 'shop_code' THEN pay_code_id IS NULL AND card_use_id IS NULL"
    " AND user_id IS NOT NULL AND clerk_id IS NULL"
    " WHEN 'card' THEN pay_code_id IS NULL AND card_use_id IS NOT NULL"
    " AND clerk_id IS NOT NULL"
    " ELSE false END"
)


def upgrade() -> None:
    # The default stays: the release before writes redemptions without the column.
    op.add_column(
        "redemptions", sa.Column("means", sa.String(), nullable=False, server_default="pay_code")
    )
    op.add_column("redemptions", sa.Column("card_use_id", sa.Uuid(), nullable=True))
    for name in ("pay_code_id", "user_id", "clerk_id"):
        op.alter_column("redemptions", name, nullable=True)
    op.create_check_constraint(op.f("ck_redemptions_means_names_what_paid"), "redemptions", MEANS)
    op.create_unique_constraint(
        op.f("uq_redemptions_county_id_card_use_id"), "redemptions", ["county_id", "card_use_id"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_redemptions_county_id_card_use_id"), "redemptions")
    op.drop_constraint(op.f("ck_redemptions_means_names_what_paid"), "redemptions")
    for name in ("pay_code_id", "user_id", "clerk_id"):
        op.alter_column("redemptions", name, nullable=False)
    op.drop_column("redemptions", "card_use_id")
    op.drop_column("redemptions", "means")
