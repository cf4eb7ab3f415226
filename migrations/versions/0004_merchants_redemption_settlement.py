"""Merchants, redemption, settlement: shops, pay codes, cash-outs, bank statements."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "custody_accounts",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("account_index", sa.LargeBinary(), nullable=False),
        sa.Column("account_tail", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_custody_accounts_county_id")
        ),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_custody_accounts")),
        sa.UniqueConstraint("account_index", name=op.f("uq_custody_accounts_account_index")),
    )
    op.create_table(
        "allotments",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) "
            "AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_allotments_decision_is_whole"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'declined')",
            name=op.f("ck_allotments_state_is_known"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_allotments_amount_positive")),
        sa.CheckConstraint(
            "decided_by <> proposed_by", name=op.f("ck_allotments_decided_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_allotments_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_allotments_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["regions.id"], name=op.f("fk_allotments_village_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_allotments")),
    )
    op.create_index(
        "ix_allotments_village", "allotments", ["county_id", "village_id", "id"], unique=False
    )
    op.create_table(
        "bank_statements",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("opening_fen", sa.BigInteger(), nullable=False),
        sa.Column("closing_fen", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.BigInteger(), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["users.id"], name=op.f("fk_bank_statements_imported_by")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_bank_statements")),
        sa.UniqueConstraint(
            "county_id", "file_digest", name=op.f("uq_bank_statements_county_id_file_digest")
        ),
    )
    op.create_index(
        "ix_bank_statements_day", "bank_statements", ["county_id", "on_day", "id"], unique=False
    )
    op.create_table(
        "merchants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("licence_number", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("payee_account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("payee_account_tail", sa.Text(), nullable=False),
        sa.Column("payee_bank", sa.Text(), nullable=False),
        sa.Column("payee_entered_by", sa.Uuid(), nullable=False),
        sa.Column("payee_entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payee_verified_by", sa.Uuid(), nullable=True),
        sa.Column("payee_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payee_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'suspended')", name=op.f("ck_merchants_state_is_known")
        ),
        sa.CheckConstraint(
            "(payee_verified_by IS NULL) = (payee_verified_at IS NULL)",
            name=op.f("ck_merchants_verification_is_whole"),
        ),
        sa.CheckConstraint(
            "payee_verified_by <> payee_entered_by", name=op.f("ck_merchants_payee_has_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_merchants_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["payee_entered_by"], ["users.id"], name=op.f("fk_merchants_payee_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["payee_verified_by"], ["users.id"], name=op.f("fk_merchants_payee_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchants")),
        sa.UniqueConstraint(
            "county_id", "licence_number", name=op.f("uq_merchants_county_id_licence_number")
        ),
    )
    op.create_table(
        "changed_lines",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("line_digest", sa.LargeBinary(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("first_amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "statement_id"],
            ["bank_statements.county_id", "bank_statements.id"],
            name="fk_changed_lines_statement",
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_changed_lines")),
        sa.UniqueConstraint(
            "county_id",
            "bank_reference",
            "line_digest",
            name=op.f("uq_changed_lines_county_id_bank_reference_line_digest"),
        ),
    )
    op.create_table(
        "pay_codes",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("digits_digest", sa.LargeBinary(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(used_at IS NULL) = (redemption_id IS NULL)", name=op.f("ck_pay_codes_used_means_paid")
        ),
        sa.CheckConstraint(
            "used_at IS NULL OR replaced_at IS NULL", name=op.f("ck_pay_codes_used_or_replaced")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_pay_codes_household_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pay_codes_user_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_pay_codes")),
        sa.UniqueConstraint("county_id", "digest", name=op.f("uq_pay_codes_county_id_digest")),
    )
    op.create_index(
        "ix_pay_codes_county_id_digits_digest",
        "pay_codes",
        ["county_id", "digits_digest"],
        unique=False,
    )
    op.create_index(
        "ix_pay_codes_county_id_user_id_issued_at",
        "pay_codes",
        ["county_id", "user_id", "issued_at"],
        unique=False,
    )
    op.create_index(
        "ix_pay_codes_expires_at_unused",
        "pay_codes",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("used_at IS NULL"),
    )
    op.create_index(
        "uq_pay_codes_county_id_digits_digest_live",
        "pay_codes",
        ["county_id", "digits_digest"],
        unique=True,
        postgresql_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
    )
    op.create_index(
        "uq_pay_codes_county_id_user_id_live",
        "pay_codes",
        ["county_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
    )
    op.create_table(
        "shops",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_shops_county_id")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_shops_merchant_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["regions.id"], name=op.f("fk_shops_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shops")),
        sa.UniqueConstraint("merchant_id", "name", name=op.f("uq_shops_merchant_id_name")),
    )
    op.create_index(
        "ix_shops_county_id_village_id", "shops", ["county_id", "village_id"], unique=False
    )
    op.create_table(
        "statement_entries",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("line_digest", sa.LargeBinary(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("counterparty_name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=True),
        sa.Column("entry_class", sa.String(), nullable=False),
        sa.Column("cash_out_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "entry_class IN ('waiting', 'payout', 'return', 'funding', 'bank_only', "
            "'different_amount', 'duplicate', 'not_instructed', 'unclear_return')",
            name=op.f("ck_statement_entries_class_is_known"),
        ),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_statement_entries_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["county_id", "statement_id"],
            ["bank_statements.county_id", "bank_statements.id"],
            name="fk_statement_entries_statement",
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_statement_entries")),
        sa.UniqueConstraint(
            "county_id",
            "bank_reference",
            name=op.f("uq_statement_entries_county_id_bank_reference"),
        ),
    )
    op.create_index(
        "ix_statement_entries_statement",
        "statement_entries",
        ["county_id", "statement_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_statement_entries_waiting",
        "statement_entries",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("entry_class = 'waiting'"),
    )
    op.create_index(
        "uq_statement_entries_cash_out",
        "statement_entries",
        ["county_id", "cash_out_id", "entry_class"],
        unique=True,
        postgresql_where=sa.text("entry_class IN ('payout', 'return')"),
    )
    op.create_table(
        "cash_outs",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("payee_account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("payee_account_tail", sa.Text(), nullable=False),
        sa.Column("payee_bank", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("may_resend", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('settled', 'returned')) = (settled_at IS NOT NULL)",
            name=op.f("ck_cash_outs_settled_has_its_time"),
        ),
        sa.CheckConstraint(
            "state IN ('awaiting_release', 'created', 'submitting', 'accepted', "
            "'unknown', 'settled', 'returned', 'rejected', 'declined')",
            name=op.f("ck_cash_outs_state_is_known"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_cash_outs_amount_positive")),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_cash_outs_released_by_another")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_cash_outs_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_cash_outs_decided_by")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_cash_outs_merchant_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_cash_outs_shop_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_cash_outs")),
    )
    op.create_index(
        "ix_cash_outs_due",
        "cash_outs",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_cash_outs_shop", "cash_outs", ["county_id", "shop_id", "id"], unique=False)
    op.create_table(
        "redemptions",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("clerk_id", sa.Uuid(), nullable=False),
        sa.Column("pay_code_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('paid', 'void')", name=op.f("ck_redemptions_state_is_known")),
        sa.CheckConstraint("points > 0", name=op.f("ck_redemptions_points_positive")),
        sa.ForeignKeyConstraint(["clerk_id"], ["users.id"], name=op.f("fk_redemptions_clerk_id")),
        sa.ForeignKeyConstraint(
            ["county_id", "pay_code_id"],
            ["pay_codes.county_id", "pay_codes.id"],
            name="fk_redemptions_pay_code",
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_redemptions_household_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_redemptions_shop_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_redemptions_user_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint(
            "county_id", "pay_code_id", name=op.f("uq_redemptions_county_id_pay_code_id")
        ),
    )
    op.create_index(
        "ix_redemptions_household", "redemptions", ["county_id", "household_id", "id"], unique=False
    )
    op.create_index(
        "ix_redemptions_shop", "redemptions", ["county_id", "shop_id", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_redemptions_shop", table_name="redemptions")
    op.drop_index("ix_redemptions_household", table_name="redemptions")
    op.drop_table("redemptions")
    op.drop_index("ix_cash_outs_shop", table_name="cash_outs")
    op.drop_index(
        "ix_cash_outs_due", table_name="cash_outs", postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.drop_table("cash_outs")
    op.drop_index(
        "uq_statement_entries_cash_out",
        table_name="statement_entries",
        postgresql_where=sa.text("entry_class IN ('payout', 'return')"),
    )
    op.drop_index(
        "ix_statement_entries_waiting",
        table_name="statement_entries",
        postgresql_where=sa.text("entry_class = 'waiting'"),
    )
    op.drop_index("ix_statement_entries_statement", table_name="statement_entries")
    op.drop_table("statement_entries")
    op.drop_index("ix_shops_county_id_village_id", table_name="shops")
    op.drop_table("shops")
    op.drop_index(
        "uq_pay_codes_county_id_user_id_live",
        table_name="pay_codes",
        postgresql_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
    )
    op.drop_index(
        "uq_pay_codes_county_id_digits_digest_live",
        table_name="pay_codes",
        postgresql_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
    )
    op.drop_index(
        "ix_pay_codes_expires_at_unused",
        table_name="pay_codes",
        postgresql_where=sa.text("used_at IS NULL"),
    )
    op.drop_index("ix_pay_codes_county_id_user_id_issued_at", table_name="pay_codes")
    op.drop_index("ix_pay_codes_county_id_digits_digest", table_name="pay_codes")
    op.drop_table("pay_codes")
    op.drop_table("changed_lines")
    op.drop_table("merchants")
    op.drop_index("ix_bank_statements_day", table_name="bank_statements")
    op.drop_table("bank_statements")
    op.drop_index("ix_allotments_village", table_name="allotments")
    op.drop_table("allotments")
    op.drop_table("custody_accounts")
