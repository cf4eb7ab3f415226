"""The counter: means of paying, goods, payments that wait for a yes, shop codes, voids, limits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MEANS = (
    "num_nonnulls(pay_code_id, shop_code_id, card_use_id) = 1 AND CASE means"
    " WHEN 'pay_code' THEN num_nonnulls(pay_code_id, user_id, clerk_id) = 3"
    " WHEN 'shop_code' THEN num_nonnulls(shop_code_id, user_id) = 2 AND clerk_id IS NULL"
    " WHEN 'card' THEN num_nonnulls(card_use_id, clerk_id) = 2"
    " ELSE false END"
)
VOID = (
    "num_nonnulls(voided_at, voided_by, void_reason) IN (0, 3)"
    " AND (voided_at IS NULL OR state = 'void')"
)
LIMITS = {
    "confirm_above_points": "5000",
    "shop_code_points_max": "2000",
    "shop_code_day_points": "5000",
    "household_day_points": None,
    "shop_day_points": None,
}
LIMITS_MAKE_SENSE = (
    "confirm_above_points > 0 AND household_day_points > 0 AND shop_day_points > 0"
    " AND shop_code_points_max >= 0 AND shop_code_day_points >= 0"
)
KINDS_BEFORE = (
    "'points_expire', 'award_reversed', 'redemption_reversed', 'budget_low', "
    "'review_overturned', 'appeal_decided', 'reviews_overdue', 'sale_reversed'"
)


def upgrade() -> None:
    _county_limits()
    _shop_codes()
    _redemptions()
    _redemption_lines()
    _pending_payments()
    _notice_kinds(f"{KINDS_BEFORE}, 'redemption_voided'")
    op.execute("REVOKE UPDATE, DELETE ON redemption_lines FROM fen_app")
    op.execute("REVOKE DELETE ON pending_payments, shop_codes FROM fen_app")


def _county_limits() -> None:
    for name, default in LIMITS.items():
        is_optional = not name.startswith("shop_code")
        op.add_column(
            "counties",
            sa.Column(name, sa.BigInteger(), nullable=is_optional, server_default=default),
        )
    op.create_check_constraint(
        op.f("ck_counties_counter_limits_make_sense"), "counties", LIMITS_MAKE_SENSE
    )


def _shop_codes() -> None:
    op.create_table(
        "shop_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_shop_codes_county_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_shop_codes_shop_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_shop_codes_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_codes")),
        sa.UniqueConstraint("token", name=op.f("uq_shop_codes_token")),
    )
    op.create_index(
        "uq_shop_codes_shop_id_live",
        "shop_codes",
        ["shop_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )


def _redemptions() -> None:
    # The default stays: the release before writes redemptions without the column.
    op.add_column(
        "redemptions", sa.Column("means", sa.String(), nullable=False, server_default="pay_code")
    )
    for name in ("pay_code_id", "user_id", "clerk_id"):
        op.alter_column("redemptions", name, nullable=True)
    for column in (
        sa.Column("shop_code_id", sa.Uuid(), nullable=True),
        sa.Column("card_use_id", sa.Uuid(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.Uuid(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
    ):
        op.add_column("redemptions", column)
    op.create_foreign_key(
        op.f("fk_redemptions_shop_code_id"), "redemptions", "shop_codes", ["shop_code_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_redemptions_voided_by"), "redemptions", "users", ["voided_by"], ["id"]
    )
    op.create_check_constraint(op.f("ck_redemptions_means_names_what_paid"), "redemptions", MEANS)
    op.create_check_constraint(
        op.f("ck_redemptions_void_has_who_when_and_why"), "redemptions", VOID
    )
    op.create_unique_constraint(
        op.f("uq_redemptions_county_id_card_use_id"), "redemptions", ["county_id", "card_use_id"]
    )
    op.create_index("ix_redemptions_shop_day", "redemptions", ["county_id", "shop_id", "paid_at"])


def _redemption_lines() -> None:
    op.create_table(
        "redemption_lines",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("redemption_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("goods_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND price_fen > 0", name=op.f("ck_redemption_lines_something_was_bought")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "redemption_id"],
            ["redemptions.county_id", "redemptions.id"],
            name="fk_redemption_lines_redemption",
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_redemption_lines")),
        sa.UniqueConstraint(
            "county_id",
            "redemption_id",
            "position",
            name=op.f("uq_redemption_lines_county_id_redemption_id_position"),
        ),
    )


def _pending_payments() -> None:
    op.create_table(
        "pending_payments",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pay_code_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("clerk_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("market_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_pending_payments_{name}"))
            for name, condition in {
                "amounts_make_sense": "points > 0 AND subsidy_fen >= 0",
                "state_is_known": "state IN ('waiting', 'confirmed', 'declined', 'lapsed')",
                "what_waits_is_open": "(state = 'waiting') = (decided_at IS NULL)",
                "confirmed_means_paid": "(state = 'confirmed') = (redemption_id IS NOT NULL)",
                "a_campaign_pays": "(subsidy_fen > 0) = (campaign_id IS NOT NULL)",
            }.items()
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "pay_code_id"],
            ["pay_codes.county_id", "pay_codes.id"],
            name="fk_pending_payments_pay_code",
        ),
        *(
            sa.ForeignKeyConstraint([name], [to], name=op.f(f"fk_pending_payments_{name}"))
            for name, to in {
                "household_id": "households.id",
                "user_id": "users.id",
                "shop_id": "shops.id",
                "clerk_id": "users.id",
                "campaign_id": "campaigns.id",
            }.items()
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_pending_payments")),
        sa.UniqueConstraint(
            "county_id", "pay_code_id", name=op.f("uq_pending_payments_county_id_pay_code_id")
        ),
    )
    op.create_index("ix_pending_payments_user", "pending_payments", ["county_id", "user_id", "id"])
    op.create_index(
        "ix_pending_payments_waiting",
        "pending_payments",
        ["lapses_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _notice_kinds(kinds: str) -> None:
    name = op.f("ck_notices_kind_is_known")
    op.drop_constraint(name, "notices")
    op.create_check_constraint(name, "notices", f"kind IN ({kinds})")


def downgrade() -> None:
    """Refused by the database while there are redemptions that the release before cannot tell."""
    op.execute("DELETE FROM notices WHERE kind = 'redemption_voided'")
    _notice_kinds(KINDS_BEFORE)
    op.drop_table("pending_payments")
    op.drop_table("redemption_lines")
    op.drop_index("ix_redemptions_shop_day", table_name="redemptions")
    op.drop_constraint(op.f("uq_redemptions_county_id_card_use_id"), "redemptions")
    op.drop_constraint(op.f("ck_redemptions_void_has_who_when_and_why"), "redemptions")
    op.drop_constraint(op.f("ck_redemptions_means_names_what_paid"), "redemptions")
    for column in ("void_reason", "voided_by", "voided_at", "card_use_id", "shop_code_id", "means"):
        op.drop_column("redemptions", column)
    for name in ("pay_code_id", "user_id", "clerk_id"):
        op.alter_column("redemptions", name, nullable=False)
    op.drop_table("shop_codes")
    op.drop_constraint(op.f("ck_counties_counter_limits_make_sense"), "counties")
    for name in LIMITS:
        op.drop_column("counties", name)
