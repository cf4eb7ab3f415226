"""The life of points: notices, reversals, debts and their repayment."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _notices()
    _awards()
    _debts()
    _reversals()
    # What people were told, and what they owe and repaid, stays.
    op.execute("REVOKE UPDATE, DELETE ON notices, debts, debt_repayments FROM fen_app")
    op.execute("REVOKE DELETE ON reversals FROM fen_app")


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("region_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(household_id IS NULL) <> (role IS NULL) AND (role IS NULL) = (region_id IS NULL)",
            name=op.f("ck_notices_one_addressee"),
        ),
        sa.CheckConstraint(
            "kind IN ('points_expire', 'award_reversed', 'redemption_reversed', 'budget_low')",
            name=op.f("ck_notices_kind_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_notices_household_id")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_notices_region_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "county_id",
            "kind",
            "household_id",
            "role",
            "region_id",
            "topic",
            name="uq_notices_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_notices_household", "notices", ["county_id", "household_id", "id"])


def _awards() -> None:
    op.add_column(
        "awards", sa.Column("repaid", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column("awards", sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("awards", sa.Column("reversed_because", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_awards_repaid_is_a_part"), "awards", "repaid BETWEEN 0 AND points"
    )
    op.create_check_constraint(
        op.f("ck_awards_a_reversal_says_why"),
        "awards",
        "(reversed_at IS NULL) = (reversed_because IS NULL)",
    )
    op.drop_index("ix_awards_unpaid", table_name="awards")
    _index_unpaid("points > 0 AND transfer_id IS NULL AND reversed_at IS NULL")


def _index_unpaid(condition: str) -> None:
    op.create_index(
        "ix_awards_unpaid",
        "awards",
        ["county_id", "village_id", "id"],
        postgresql_where=sa.text(condition),
    )


def _debts() -> None:
    op.create_table(
        "debts",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("arose_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_debts_points_positive")),
        sa.ForeignKeyConstraint(
            ["county_id", "award_id"], ["awards.county_id", "awards.id"], name="fk_debts_award"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_debts_household_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["regions.id"], name=op.f("fk_debts_village_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_debts")),
        sa.UniqueConstraint("county_id", "award_id", name=op.f("uq_debts_county_id_award_id")),
    )
    op.create_index("ix_debts_household", "debts", ["county_id", "household_id", "id"])
    op.create_table(
        "debt_repayments",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debt_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("repaid_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_debt_repayments_points_positive")),
        sa.ForeignKeyConstraint(
            ["county_id", "award_id"],
            ["awards.county_id", "awards.id"],
            name="fk_debt_repayments_award",
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "debt_id"],
            ["debts.county_id", "debts.id"],
            name="fk_debt_repayments_debt",
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_debt_repayments")),
        sa.UniqueConstraint(
            "county_id",
            "debt_id",
            "award_id",
            name=op.f("uq_debt_repayments_county_id_debt_id_award_id"),
        ),
        sa.UniqueConstraint(
            "county_id", "transfer_id", name=op.f("uq_debt_repayments_county_id_transfer_id")
        ),
    )


def _reversals() -> None:
    op.create_table(
        "reversals",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved", sa.BigInteger(), nullable=True),
        sa.Column("owed", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "subject IN ('award', 'redemption')", name=op.f("ck_reversals_subject_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'declined')",
            name=op.f("ck_reversals_state_is_known"),
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_reversals_points_positive")),
        sa.CheckConstraint(
            "decided_by <> proposed_by", name=op.f("ck_reversals_decided_by_another")
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) "
            "AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_reversals_decision_is_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'confirmed') = (moved IS NOT NULL AND owed IS NOT NULL)",
            name=op.f("ck_reversals_confirmed_says_what_moved"),
        ),
        sa.CheckConstraint(
            "moved >= 0 AND owed >= 0 AND moved + owed IN (0, points)",
            name=op.f("ck_reversals_parts_add_up"),
        ),
        sa.CheckConstraint(
            "subject = 'award' OR owed = 0", name=op.f("ck_reversals_only_awards_leave_a_debt")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_reversals_decided_by")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_reversals_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_reversals_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["regions.id"], name=op.f("fk_reversals_village_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_reversals")),
    )
    op.create_index(
        "uq_reversals_subject_standing",
        "reversals",
        ["county_id", "subject", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'declined'"),
    )
    op.create_index("ix_reversals_household", "reversals", ["county_id", "household_id", "id"])


def downgrade() -> None:
    for table in ("reversals", "debt_repayments", "debts", "notices"):
        op.drop_table(table)
    op.drop_index("ix_awards_unpaid", table_name="awards")
    _index_unpaid("points > 0 AND transfer_id IS NULL")
    for column in ("reversed_because", "reversed_at", "repaid"):
        op.drop_column("awards", column)
