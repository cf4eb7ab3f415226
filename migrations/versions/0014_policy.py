"""Policies drafted and approved; campaigns and notices; sales of recyclables, prepaid."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

AWARD_COLUMNS = ("quantity", "campaign", "is_official", "notice_until", "happened_at")


def upgrade() -> None:
    _policies()
    _awards()
    _sales()
    _deposits()
    _scores()
    _ranks()
    _reversals("'award', 'redemption', 'sale'")
    _notices(", 'sale_reversed'")
    op.execute("REVOKE DELETE ON policy_drafts, sales, deposits FROM fen_app")
    op.execute("REVOKE UPDATE, DELETE ON sale_lines, recyclers, scores FROM fen_app")
    op.execute("REVOKE UPDATE, DELETE ON boards, places FROM fen_app")
    op.execute("""
        INSERT INTO ledger.flows VALUES
            ('prepayment', 'reserve',   'recycler'),
            ('sale',       'recycler',  'household'),
            ('void',       'household', 'recycler'),
            ('reversal',   'household', 'recycler')
    """)


def _policies() -> None:
    op.add_column(
        "policies",
        sa.Column("campaigns", postgresql.JSONB(), nullable=False, server_default="[]"),
    )
    op.add_column("policies", sa.Column("made_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_policies_made_by"), "policies", "users", ["made_by"], ["id"])
    op.create_check_constraint(
        op.f("ck_policies_approved_by_another"), "policies", "made_by <> approved_by"
    )
    op.create_table(
        "policy_drafts",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("based_on", sa.BigInteger(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("campaigns", postgresql.JSONB(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'withdrawn')",
            name=op.f("ck_policy_drafts_state_is_known"),
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_policy_drafts_revision_positive")),
        sa.CheckConstraint(
            "(state = 'draft') = (decided_by IS NULL) "
            "AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_policy_drafts_decision_is_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (version IS NOT NULL)",
            name=op.f("ck_policy_drafts_approved_has_number"),
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR decided_by <> made_by",
            name=op.f("ck_policy_drafts_approved_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "version"],
            ["policies.county_id", "policies.version"],
            name="fk_policy_drafts_policy",
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_policy_drafts_made_by")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_policy_drafts_decided_by")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_policy_drafts")),
        sa.UniqueConstraint(
            "county_id", "version", name=op.f("uq_policy_drafts_county_id_version")
        ),
    )


def _awards() -> None:
    op.add_column(
        "awards", sa.Column("quantity", sa.BigInteger(), nullable=False, server_default="1")
    )
    op.add_column("awards", sa.Column("campaign", sa.BigInteger(), nullable=True))
    op.add_column(
        "awards", sa.Column("is_official", sa.Boolean(), nullable=False, server_default="false")
    )
    op.add_column("awards", sa.Column("notice_until", sa.Date(), nullable=True))
    op.add_column("awards", sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_awards_quantity_not_negative"), "awards", "quantity >= 0")
    op.create_check_constraint(
        op.f("ck_awards_a_campaign_gives_points"), "awards", "campaign IS NULL OR points > 0"
    )
    op.execute("UPDATE awards SET is_official = true WHERE zero_reason = 'official'")


def _sales() -> None:
    op.create_table(
        "recyclers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_recyclers_county_id")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_recyclers_region_id")),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_recyclers_added_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recyclers")),
        sa.UniqueConstraint("region_id", name=op.f("uq_recyclers_region_id")),
    )
    op.create_table(
        "sales",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("recycler_id", sa.Uuid(), nullable=False),
        sa.Column("weighed_by", sa.Uuid(), nullable=False),
        sa.Column("weighed_as", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_because", sa.Text(), nullable=True),
        sa.Column("bonus_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('paid', 'void', 'reversed')", name=op.f("ck_sales_state_is_known")
        ),
        sa.CheckConstraint("points >= 0", name=op.f("ck_sales_points_not_negative")),
        sa.CheckConstraint(
            "(points = 0) = (transfer_id IS NULL)", name=op.f("ck_sales_a_price_is_paid")
        ),
        sa.CheckConstraint(
            "(state = 'paid') = (undone_at IS NULL)", name=op.f("ck_sales_undone_has_its_time")
        ),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_because IS NULL)",
            name=op.f("ck_sales_undone_says_why"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "policy_version"],
            ["policies.county_id", "policies.version"],
            name=op.f("fk_sales_county_id_policy_version"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_sales_household_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["regions.id"], name=op.f("fk_sales_village_id")),
        sa.ForeignKeyConstraint(
            ["recycler_id"], ["recyclers.id"], name=op.f("fk_sales_recycler_id")
        ),
        sa.ForeignKeyConstraint(["weighed_by"], ["users.id"], name=op.f("fk_sales_weighed_by")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_sales")),
    )
    op.create_index("ix_sales_household", "sales", ["county_id", "household_id", "id"])
    op.create_index("ix_sales_weighed_by", "sales", ["county_id", "weighed_by", "id"])
    op.create_index(
        "ix_sales_without_bonus",
        "sales",
        ["county_id", "id"],
        postgresql_where=sa.text("bonus_decided_at IS NULL AND state = 'paid'"),
    )
    _sale_lines()


def _sale_lines() -> None:
    op.create_table(
        "sale_lines",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sale_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("material", sa.String(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=True),
        sa.Column("pieces", sa.BigInteger(), nullable=True),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "material IN ('mixed', 'paper', 'plastic', 'metal', 'textiles', 'glass', 'film', "
            "'bottle')",
            name=op.f("ck_sale_lines_material_is_known"),
        ),
        sa.CheckConstraint(
            "(material = 'bottle') = (pieces IS NOT NULL) "
            "AND (pieces IS NULL) = (grams IS NOT NULL)",
            name=op.f("ck_sale_lines_weighed_or_counted"),
        ),
        sa.CheckConstraint("grams > 0", name=op.f("ck_sale_lines_grams_positive")),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_sale_lines_pieces_positive")),
        sa.CheckConstraint(
            "price_fen >= 0 AND points = "
            "CASE WHEN pieces IS NULL THEN (grams * price_fen + 500) / 1000 "
            "ELSE pieces * price_fen END",
            name=op.f("ck_sale_lines_points_are_the_price"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "sale_id"], ["sales.county_id", "sales.id"], name="fk_sale_lines_sale"
        ),
        sa.PrimaryKeyConstraint("county_id", "sale_id", "number", name=op.f("pk_sale_lines")),
    )


def _deposits() -> None:
    op.create_table(
        "deposits",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recycler_id", sa.Uuid(), nullable=False),
        sa.Column("statement_entry_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_deposits_amount_positive")),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'declined')", name=op.f("ck_deposits_state_is_known")
        ),
        sa.CheckConstraint(
            "decided_by <> proposed_by", name=op.f("ck_deposits_decided_by_another")
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) "
            "AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_deposits_decision_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["recycler_id"], ["recyclers.id"], name=op.f("fk_deposits_recycler_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "statement_entry_id"],
            ["statement_entries.county_id", "statement_entries.id"],
            name="fk_deposits_statement_entry",
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_deposits_proposed_by")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_deposits_decided_by")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_deposits")),
    )
    op.create_index(
        "uq_deposits_entry_standing",
        "deposits",
        ["county_id", "statement_entry_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'declined'"),
    )


def _scores() -> None:
    op.create_table(
        "scores",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("checks", sa.BigInteger(), nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score >= 0", name=op.f("ck_scores_score_not_negative")),
        sa.CheckConstraint("first_day < last_day", name=op.f("ck_scores_period_is_whole")),
        sa.ForeignKeyConstraint(
            ["county_id", "policy_version"],
            ["policies.county_id", "policies.version"],
            name=op.f("fk_scores_county_id_policy_version"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_scores_household_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_scores")),
        sa.UniqueConstraint(
            "county_id",
            "household_id",
            "last_day",
            name=op.f("uq_scores_county_id_household_id_last_day"),
        ),
    )


def _ranks() -> None:
    op.create_table(
        "boards",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("span", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("households", sa.BigInteger(), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "span IN ('month', 'half_year', 'year')", name=op.f("ck_boards_span_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "policy_version"],
            ["policies.county_id", "policies.version"],
            name=op.f("fk_boards_county_id_policy_version"),
        ),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_boards_region_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_boards")),
        sa.UniqueConstraint(
            "county_id",
            "span",
            "last_day",
            "region_id",
            name=op.f("uq_boards_county_id_span_last_day_region_id"),
        ),
    )
    op.create_table(
        "places",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("board_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("active_days", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("place > 0", name=op.f("ck_places_place_positive")),
        sa.ForeignKeyConstraint(
            ["county_id", "board_id"], ["boards.county_id", "boards.id"], name="fk_places_board"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_places_household_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_places")),
        sa.UniqueConstraint(
            "county_id",
            "board_id",
            "household_id",
            name=op.f("uq_places_county_id_board_id_household_id"),
        ),
    )


def _reversals(subjects: str) -> None:
    name = op.f("ck_reversals_subject_is_known")
    op.drop_constraint(name, "reversals")
    op.create_check_constraint(name, "reversals", f"subject IN ({subjects})")


def _notices(kinds: str) -> None:
    name = op.f("ck_notices_kind_is_known")
    op.drop_constraint(name, "notices")
    op.create_check_constraint(
        name,
        "notices",
        "kind IN ('points_expire', 'award_reversed', 'redemption_reversed', 'budget_low', "
        f"'review_overturned', 'appeal_decided', 'reviews_overdue'{kinds})",
    )


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'sale_reversed'")
    op.execute("DELETE FROM reversals WHERE subject = 'sale'")
    _notices("")
    _reversals("'award', 'redemption'")
    op.execute("DELETE FROM ledger.flows WHERE 'recycler' IN (debit, credit)")
    for table in ("places", "boards", "scores", "deposits", "sale_lines", "sales", "recyclers"):
        op.drop_table(table)
    for column in AWARD_COLUMNS:
        op.drop_column("awards", column)
    op.drop_table("policy_drafts")
    op.drop_constraint(op.f("ck_policies_approved_by_another"), "policies")
    op.drop_column("policies", "made_by")
    op.drop_column("policies", "campaigns")
