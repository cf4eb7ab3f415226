"""Policies drafted by one person and approved by another; campaigns, notices, quantities."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0007"
branch_labels = None
depends_on = None

AWARD_COLUMNS = ("quantity", "campaign", "is_official", "notice_until", "happened_at")


def upgrade() -> None:
    _policies()
    _awards()
    op.execute("REVOKE DELETE ON policy_drafts FROM fen_app")


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


def downgrade() -> None:
    for column in AWARD_COLUMNS:
        op.drop_column("awards", column)
    op.drop_table("policy_drafts")
    op.drop_constraint(op.f("ck_policies_approved_by_another"), "policies")
    op.drop_column("policies", "made_by")
    op.drop_column("policies", "campaigns")
