"""Proposals of acts that have no row of their own, and notices for one user."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

CHECKS = {
    "state_is_known": (
        "state IN ('proposed', 'approved', 'declined', 'withdrawn', 'lapsed', 'stopped', 'failed')"
    ),
    "decision_is_whole": (
        "(state IN ('proposed', 'lapsed')) = (decided_by IS NULL) "
        "AND (decided_by IS NULL) = (decided_at IS NULL)"
    ),
    "decided_by_another": (
        "decided_by IS NULL OR (state = 'withdrawn') = (decided_by = proposed_by)"
    ),
    "agreed_begins": ("(state IN ('approved', 'stopped', 'failed')) = (effective_at IS NOT NULL)"),
    "done_is_agreed": "done_at IS NULL OR state = 'approved'",
    "stopped_by_somebody": (
        "(state = 'stopped') = (stopped_by IS NOT NULL) "
        "AND (stopped_by IS NULL) = (stopped_at IS NULL)"
    ),
}
ONCE = ["county_id", "kind", "household_id", "role", "region_id", "topic"]
ONE_ADDRESSEE = "ck_notices_one_addressee"


def upgrade() -> None:
    _create_proposals()
    _create_approvals()
    op.execute("REVOKE UPDATE, DELETE ON proposals, proposal_approvals FROM fen_app")
    op.execute(
        "GRANT UPDATE (state, reason, decided_by, decided_at, effective_at, done_at, stopped_by, "
        "stopped_at) ON proposals TO fen_app"
    )
    op.add_column("notices", sa.Column("user_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_notices_user_id"), "notices", "users", ["user_id"], ["id"])
    op.create_index(
        "ix_notices_user",
        "notices",
        ["county_id", "user_id", "id"],
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )
    _address(
        [*ONCE[:3], "user_id", *ONCE[3:]],
        "num_nonnulls(household_id, user_id, role) = 1 AND (role IS NULL) = (region_id IS NULL)",
    )


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE user_id IS NOT NULL")
    _address(
        ONCE, "(household_id IS NULL) <> (role IS NULL) AND (role IS NULL) = (region_id IS NULL)"
    )
    op.drop_index("ix_notices_user", "notices")
    op.drop_constraint(op.f("fk_notices_user_id"), "notices", type_="foreignkey")
    op.drop_column("notices", "user_id")
    op.drop_table("proposal_approvals")
    op.drop_table("proposals")


def _address(once: list[str], one_addressee: str) -> None:
    op.drop_constraint("uq_notices_once", "notices")
    op.create_unique_constraint(
        "uq_notices_once", "notices", once, postgresql_nulls_not_distinct=True
    )
    op.drop_constraint(op.f(ONE_ADDRESSEE), "notices")
    op.create_check_constraint(op.f(ONE_ADDRESSEE), "notices", one_addressee)


def _instant(name: str, *, is_nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=is_nullable)


def _create_proposals() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "proposals",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("content", json, nullable=False),
        sa.Column("before", json, nullable=True),
        sa.Column("needed", json, nullable=False),
        sa.Column("told", json, nullable=False),
        sa.Column("cool_off_seconds", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        _instant("lapses_at"),
        _instant("effective_at", is_nullable=True),
        _instant("done_at", is_nullable=True),
        sa.Column("stopped_by", sa.Uuid(), nullable=True),
        _instant("stopped_at", is_nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        _instant("proposed_at"),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        _instant("decided_at", is_nullable=True),
        *(sa.CheckConstraint(text, name=op.f(f"ck_proposals_{n}")) for n, text in CHECKS.items()),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_proposals_region_id")),
        *(
            sa.ForeignKeyConstraint([who], ["users.id"], name=op.f(f"fk_proposals_{who}"))
            for who in ("proposed_by", "decided_by", "stopped_by")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_proposals")),
    )
    op.create_index("ix_proposals_region", "proposals", ["county_id", "region_id", "id"])
    op.create_index("ix_proposals_proposed_by", "proposals", ["county_id", "proposed_by", "id"])
    op.create_index("ix_proposals_subject", "proposals", ["county_id", "kind", "subject_id"])
    op.create_index(
        "ix_proposals_lapses",
        "proposals",
        ["lapses_at"],
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(
        "ix_proposals_effective",
        "proposals",
        ["effective_at"],
        postgresql_where=sa.text("state = 'approved' AND done_at IS NULL"),
    )


def _create_approvals() -> None:
    op.create_table(
        "proposal_approvals",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("needed_index", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        _instant("approved_at"),
        sa.ForeignKeyConstraint(
            ["county_id", "proposal_id"],
            ["proposals.county_id", "proposals.id"],
            name="fk_proposal_approvals_proposal",
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["users.id"], name=op.f("fk_proposal_approvals_approved_by")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_proposal_approvals")),
        *(
            sa.UniqueConstraint(
                "county_id",
                "proposal_id",
                of,
                name=op.f(f"uq_proposal_approvals_county_id_proposal_id_{of}"),
            )
            for of in ("approved_by", "needed_index")
        ),
    )
