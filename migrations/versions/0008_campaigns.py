"""Campaigns, their funders and subsidies; holds on points: 0008_campaigns.sql."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent / "0008_campaigns.sql"


def upgrade() -> None:
    # Past SQLAlchemy, which would take the file's percent signs for parameters.
    op.get_bind().connection.driver_connection.execute(SQL.read_text(encoding="utf-8"))
    _funders()
    _fundings()
    _campaigns()
    _subsidies()
    # What was approved and paid stays; of a subsidy only what came back of it is written later.
    op.execute("REVOKE UPDATE, DELETE ON funders, subsidies FROM fen_app")
    op.execute("REVOKE DELETE ON subsidy_fundings, campaigns FROM fen_app")
    op.execute("GRANT UPDATE (given_back_fen) ON subsidies TO fen_app")


def _funders() -> None:
    op.create_table(
        "funders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_funders_county_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["users.id"], name=op.f("fk_funders_entered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funders")),
        sa.UniqueConstraint("county_id", "name", name=op.f("uq_funders_county_id_name")),
    )


def _fundings() -> None:
    op.create_table(
        "subsidy_fundings",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("funder_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_subsidy_fundings_amount_positive")),
        sa.CheckConstraint(
            "direction IN ('funding', 'reclaim')",
            name=op.f("ck_subsidy_fundings_direction_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'declined')",
            name=op.f("ck_subsidy_fundings_state_is_known"),
        ),
        sa.CheckConstraint(
            "decided_by <> proposed_by", name=op.f("ck_subsidy_fundings_decided_by_another")
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) "
            "AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_subsidy_fundings_decision_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["funder_id"], ["funders.id"], name=op.f("fk_subsidy_fundings_funder_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_subsidy_fundings_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_subsidy_fundings_decided_by")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_subsidy_fundings")),
    )


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("funder_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=True),
        sa.Column("region_id", sa.Uuid(), nullable=True),
        sa.Column("shop_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("day_limit_fen", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.Uuid(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_because", sa.Text(), nullable=True),
        *_campaign_checks(),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_campaigns_county_id")
        ),
        sa.ForeignKeyConstraint(["funder_id"], ["funders.id"], name=op.f("fk_campaigns_funder_id")),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_campaigns_region_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_campaigns_made_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_campaigns_decided_by")),
        sa.ForeignKeyConstraint(["stopped_by"], ["users.id"], name=op.f("fk_campaigns_stopped_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index(
        "ix_campaigns_approved",
        "campaigns",
        ["county_id", "last_on"],
        postgresql_where=sa.text("state = 'approved'"),
    )


def _campaign_checks() -> tuple[sa.CheckConstraint, ...]:
    rules = {
        "percent_is_a_discount": "percent BETWEEN 1 AND 99",
        "days_in_order": "first_on <= last_on",
        "weekdays_are_known": "weekdays <@ ARRAY[1,2,3,4,5,6,7]::smallint[]"
        " AND cardinality(weekdays) > 0",
        "holds_in_a_region_or_at_shops": "(region_id IS NULL) = (cardinality(shop_ids) > 0)",
        "day_limit_positive": "day_limit_fen > 0",
        "state_is_known": "state IN ('draft', 'approved', 'declined', 'stopped')",
        "decided_by_another": "decided_by <> made_by",
        "decision_is_whole": "(state = 'draft') = (decided_by IS NULL) "
        "AND (decided_by IS NULL) = (decided_at IS NULL)",
        "stop_is_whole": "(state = 'stopped') = (stopped_at IS NOT NULL) "
        "AND (stopped_at IS NULL) = (stopped_by IS NULL) "
        "AND (stopped_at IS NULL) = (stopped_because IS NULL)",
    }
    return tuple(
        sa.CheckConstraint(rule, name=op.f(f"ck_campaigns_{name}")) for name, rule in rules.items()
    )


def _subsidies() -> None:
    op.create_table(
        "subsidies",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("funder_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("market_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("settlement_fen", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("given_back_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "points > 0 AND subsidy_fen > 0", name=op.f("ck_subsidies_both_pay_a_part")
        ),
        sa.CheckConstraint(
            "points + subsidy_fen = settlement_fen", name=op.f("ck_subsidies_parts_add_up")
        ),
        sa.CheckConstraint(
            "settlement_fen <= market_price_fen",
            name=op.f("ck_subsidies_settlement_within_market_price"),
        ),
        sa.CheckConstraint(
            "given_back_fen BETWEEN 0 AND subsidy_fen",
            name=op.f("ck_subsidies_given_back_is_a_part"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_subsidies_campaign_id")
        ),
        sa.ForeignKeyConstraint(["funder_id"], ["funders.id"], name=op.f("fk_subsidies_funder_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_subsidies_household_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_subsidies_shop_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_subsidies")),
        sa.UniqueConstraint(
            "county_id", "reference", name=op.f("uq_subsidies_county_id_reference")
        ),
    )
    op.create_index(
        "ix_subsidies_household_day", "subsidies", ["county_id", "household_id", "paid_on"]
    )
    op.create_index("ix_subsidies_shop_day", "subsidies", ["county_id", "shop_id", "paid_on"])


def downgrade() -> None:
    for table in ("subsidies", "campaigns", "subsidy_fundings", "funders"):
        op.drop_table(table)
    op.execute("DROP FUNCTION ledger.hold_points, ledger.settle_points")
    op.execute("DROP TYPE ledger.held_piece")
    op.execute("DELETE FROM ledger.flows WHERE kind LIKE 'subsidy%'")
