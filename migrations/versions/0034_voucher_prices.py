"""Versions of what a voucher costs, each agreed to by two people; a purchase names its own."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voucher_prices",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.Uuid(), nullable=False),
        sa.Column("points_price", sa.BigInteger(), nullable=False),
        sa.Column("market_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("month_limit", sa.BigInteger(), nullable=True),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "points_price > 0", name=op.f("ck_voucher_prices_points_price_positive")
        ),
        sa.CheckConstraint(
            "points_price <= market_price_fen",
            name=op.f("ck_voucher_prices_settled_at_most_at_market_price"),
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["voucher_kinds.id"], name=op.f("fk_voucher_prices_kind_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "proposal_id"],
            ["proposals.county_id", "proposals.id"],
            name="fk_voucher_prices_proposal",
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_voucher_prices")),
    )
    op.create_index("ix_voucher_prices_kind", "voucher_prices", ["county_id", "kind_id", "set_at"])
    op.execute("REVOKE UPDATE, DELETE ON voucher_prices FROM fen_app")
    # What each costs today is its first version; what was bought before names none.
    op.execute(
        "INSERT INTO voucher_prices (county_id, id, kind_id, points_price, market_price_fen, "
        "month_limit, set_at) SELECT county_id, gen_random_uuid(), id, points_price, "
        "market_price_fen, month_limit, now() FROM voucher_kinds"
    )
    op.add_column("voucher_purchases", sa.Column("price_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_voucher_purchases_price",
        "voucher_purchases",
        "voucher_prices",
        ["county_id", "price_id"],
        ["county_id", "id"],
    )


def downgrade() -> None:
    op.drop_constraint("fk_voucher_purchases_price", "voucher_purchases", type_="foreignkey")
    op.drop_column("voucher_purchases", "price_id")
    op.drop_table("voucher_prices")
