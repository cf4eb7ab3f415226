"""Vouchers of platforms outside: kinds, batches of sealed codes, purchases, viewings, claims."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS_BEFORE = (
    "points_expire",
    "award_reversed",
    "redemption_reversed",
    "budget_low",
    "review_overturned",
    "appeal_decided",
    "reviews_overdue",
    "sale_reversed",
    "redemption_voided",
    "card_used",
    "order_ready",
    "order_cancelled",
    "substitute_offered",
    "order_received",
    "order_refunded",
)
KINDS = (*KINDS_BEFORE, "voucher_expires", "voucher_claim_decided", "vouchers_low")


def upgrade() -> None:
    _platforms()
    _kinds()
    _batches()
    _codes()
    _purchases()
    _claims()
    _viewings()
    # What was imported, sold and seen stays; of a code only its state changes.
    op.execute(
        "REVOKE UPDATE, DELETE ON voucher_batches, voucher_codes, voucher_purchases,"
        " voucher_viewings FROM fen_app"
    )
    op.execute("REVOKE DELETE ON voucher_claims, voucher_kinds, voucher_platforms FROM fen_app")
    op.execute("GRANT UPDATE (state) ON voucher_codes TO fen_app")
    op.execute(
        "GRANT UPDATE (code_id, state, refunded_at, used_at) ON voucher_purchases TO fen_app"
    )
    op.execute(
        "INSERT INTO ledger.flows VALUES"
        " ('voucher', 'household', 'shop'), ('voucher_return', 'shop', 'household')"
    )
    _notice_kinds(KINDS)


def _notice_kinds(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_notices_kind_is_known"), "notices")
    op.create_check_constraint(op.f("ck_notices_kind_is_known"), "notices", f"kind IN ({listed})")


def _platforms() -> None:
    op.create_table(
        "voucher_platforms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "adapter",
            sa.String(),
            nullable=False,
        ),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "adapter IN ('codes')", name=op.f("ck_voucher_platforms_adapter_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_voucher_platforms_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["users.id"], name=op.f("fk_voucher_platforms_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_voucher_platforms_merchant_id")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "merchant_id"],
            ["shops.id", "shops.merchant_id"],
            name="fk_voucher_platforms_shop",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_platforms")),
        sa.UniqueConstraint("county_id", "name", name=op.f("uq_voucher_platforms_county_id_name")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_voucher_platforms_shop_id")),
    )


def _kinds() -> None:
    op.create_table(
        "voucher_kinds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.String(),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("market_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("points_price", sa.BigInteger(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("month_limit", sa.BigInteger(), nullable=True),
        sa.Column("buyer_region_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("low_mark", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('listed', 'withdrawn')", name=op.f("ck_voucher_kinds_state_is_known")
        ),
        sa.CheckConstraint("low_mark >= 0", name=op.f("ck_voucher_kinds_low_mark_not_negative")),
        sa.CheckConstraint("month_limit > 0", name=op.f("ck_voucher_kinds_month_limit_positive")),
        sa.CheckConstraint(
            "points_price <= market_price_fen",
            name=op.f("ck_voucher_kinds_settled_at_most_at_market_price"),
        ),
        sa.CheckConstraint("points_price > 0", name=op.f("ck_voucher_kinds_points_price_positive")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_voucher_kinds_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["users.id"], name=op.f("fk_voucher_kinds_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["voucher_platforms.id"], name=op.f("fk_voucher_kinds_platform_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_kinds")),
        sa.UniqueConstraint("id", "platform_id", name=op.f("uq_voucher_kinds_id_platform_id")),
        sa.UniqueConstraint("platform_id", "name", name=op.f("uq_voucher_kinds_platform_id_name")),
    )
    op.create_index(
        "ix_voucher_kinds_county_id", "voucher_kinds", ["county_id", "id"], unique=False
    )


def _batches() -> None:
    op.create_table(
        "voucher_batches",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_voucher_batches_count_positive")),
        sa.CheckConstraint("length(sha256) = 32", name=op.f("ck_voucher_batches_sha256_is_whole")),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["users.id"], name=op.f("fk_voucher_batches_imported_by")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["voucher_kinds.id"], name=op.f("fk_voucher_batches_kind_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_voucher_batches")),
        sa.UniqueConstraint(
            "county_id",
            "kind_id",
            "sha256",
            name=op.f("uq_voucher_batches_county_id_kind_id_sha256"),
        ),
    )


def _codes() -> None:
    op.create_table(
        "voucher_codes",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("tail", sa.Text(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "free",
                "sold",
                "expired",
                "faulty",
                name="codestate",
                native_enum=False,
                length=None,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('free', 'sold', 'expired', 'faulty')",
            name=op.f("ck_voucher_codes_state_is_known"),
        ),
        sa.CheckConstraint(
            "length(code_index) = 32", name=op.f("ck_voucher_codes_code_index_is_whole")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "batch_id"],
            ["voucher_batches.county_id", "voucher_batches.id"],
            name="fk_voucher_codes_batch",
        ),
        sa.ForeignKeyConstraint(
            ["kind_id", "platform_id"],
            ["voucher_kinds.id", "voucher_kinds.platform_id"],
            name="fk_voucher_codes_kind",
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_voucher_codes")),
        sa.UniqueConstraint(
            "county_id",
            "platform_id",
            "code_index",
            name=op.f("uq_voucher_codes_county_id_platform_id_code_index"),
        ),
    )
    op.create_index(
        "ix_voucher_codes_batch", "voucher_codes", ["county_id", "batch_id"], unique=False
    )
    op.create_index(
        "ix_voucher_codes_free",
        "voucher_codes",
        ["county_id", "kind_id", "last_on", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'free'"),
    )
    op.create_index(
        "ix_voucher_codes_kind", "voucher_codes", ["county_id", "kind_id", "state"], unique=False
    )


def _purchases() -> None:
    op.create_table(
        "voucher_purchases",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("market_price_fen", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.String(),
            nullable=False,
        ),
        sa.Column("bought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'refunded') = (refunded_at IS NOT NULL)",
            name=op.f("ck_voucher_purchases_refunded_means_when"),
        ),
        sa.CheckConstraint(
            "state IN ('bought', 'refunded')", name=op.f("ck_voucher_purchases_state_is_known")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_voucher_purchases_points_positive")),
        sa.ForeignKeyConstraint(
            ["county_id", "code_id"],
            ["voucher_codes.county_id", "voucher_codes.id"],
            name="fk_voucher_purchases_code",
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_voucher_purchases_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["voucher_kinds.id"], name=op.f("fk_voucher_purchases_kind_id")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shops.id"], name=op.f("fk_voucher_purchases_shop_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_voucher_purchases_user_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_voucher_purchases")),
        sa.UniqueConstraint(
            "county_id", "code_id", name=op.f("uq_voucher_purchases_county_id_code_id")
        ),
    )
    op.create_index(
        "ix_voucher_purchases_household",
        "voucher_purchases",
        ["county_id", "household_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_voucher_purchases_shop",
        "voucher_purchases",
        ["county_id", "shop_id", "bought_at"],
        unique=False,
    )


def _claims() -> None:
    op.create_table(
        "voucher_claims",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.String(),
            nullable=False,
        ),
        sa.Column("claimed_by", sa.Uuid(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.String(),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'decided') = (decided_by IS NOT NULL)"
            " AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_voucher_claims_decision_is_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (outcome IS NULL) AND (outcome IS NULL) = (note IS NULL)"
            " AND (outcome IS NULL) = (proposed_by IS NULL)"
            " AND (outcome IS NULL) = (proposed_at IS NULL)",
            name=op.f("ck_voucher_claims_proposal_is_whole"),
        ),
        sa.CheckConstraint(
            "outcome IN ('refund', 'another', 'refused')",
            name=op.f("ck_voucher_claims_outcome_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'proposed', 'decided')",
            name=op.f("ck_voucher_claims_state_is_known"),
        ),
        sa.CheckConstraint(
            "decided_by <> proposed_by", name=op.f("ck_voucher_claims_decided_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["users.id"], name=op.f("fk_voucher_claims_claimed_by")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "code_id"],
            ["voucher_codes.county_id", "voucher_codes.id"],
            name="fk_voucher_claims_code",
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "purchase_id"],
            ["voucher_purchases.county_id", "voucher_purchases.id"],
            name="fk_voucher_claims_purchase",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_voucher_claims_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_voucher_claims_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_voucher_claims_proposed_by")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_voucher_claims")),
        sa.UniqueConstraint(
            "county_id", "code_id", name=op.f("uq_voucher_claims_county_id_code_id")
        ),
    )
    op.create_index(
        "ix_voucher_claims_purchase", "voucher_claims", ["county_id", "purchase_id"], unique=False
    )


def _viewings() -> None:
    op.create_table(
        "voucher_viewings",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "code_id"],
            ["voucher_codes.county_id", "voucher_codes.id"],
            name="fk_voucher_viewings_code",
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "purchase_id"],
            ["voucher_purchases.county_id", "voucher_purchases.id"],
            name="fk_voucher_viewings_purchase",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_voucher_viewings_user_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_voucher_viewings")),
    )
    op.create_index(
        "ix_voucher_viewings_purchase",
        "voucher_viewings",
        ["county_id", "purchase_id", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.execute(
        "DELETE FROM notices"
        " WHERE kind IN ('voucher_expires', 'voucher_claim_decided', 'vouchers_low')"
    )
    _notice_kinds(KINDS_BEFORE)
    for table in (
        "voucher_viewings",
        "voucher_claims",
        "voucher_purchases",
        "voucher_codes",
        "voucher_batches",
        "voucher_kinds",
        "voucher_platforms",
    ):
        op.drop_table(table)
    op.execute("DELETE FROM ledger.flows WHERE kind IN ('voucher', 'voucher_return')")
