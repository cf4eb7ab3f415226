"""Reviews that are leased, second opinions, appeals, households that do not judge each other."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OLD_KINDS = ("points_expire", "award_reversed", "redemption_reversed", "budget_low")
NEW_KINDS = (*OLD_KINDS, "review_overturned", "appeal_decided", "reviews_overdue")
OLD_STATES = ("screening", "waiting", "approved", "rejected", "unreadable")
NEW_STATES = ("screening", "waiting", "escalated", "approved", "rejected", "unreadable")


def upgrade() -> None:
    _one_of("notices", "kind", NEW_KINDS)
    _one_of("self_checks", "state", NEW_STATES)
    _relations()
    _reviews()
    _appeals()
    _settings()
    op.execute(FILL)
    op.execute("REVOKE DELETE ON reviews, appeals, household_relations FROM fen_app")


def _one_of(table: str, column: str, words: tuple[str, ...]) -> None:
    """Replace the CHECK that lists the words a column may hold."""
    name = op.f(f"ck_{table}_{column}_is_known")
    op.drop_constraint(name, table)
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(name, table, f"{column} IN ({listed})")


def _relations() -> None:
    op.create_table(
        "household_relations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('kin', 'interest')", name=op.f("ck_household_relations_kind_is_known")
        ),
        sa.CheckConstraint(
            "household_id < other_id", name=op.f("ck_household_relations_each_pair_once")
        ),
        sa.CheckConstraint(
            "(ended_by IS NULL) = (ended_at IS NULL)",
            name=op.f("ck_household_relations_end_is_whole"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_household_relations_{column}")
            )
            for column, table in (
                ("household_id", "households"),
                ("other_id", "households"),
                ("entered_by", "users"),
                ("ended_by", "users"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_relations")),
    )
    op.create_index(
        "uq_household_relations_open",
        "household_relations",
        ["household_id", "other_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_household_relations_other_id", "household_relations", ["other_id"])


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("self_check_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_by", sa.Uuid(), nullable=True),
        sa.Column("leased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("reject_reason", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("judged_by", sa.Uuid(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken", sa.BigInteger(), nullable=True),
        sa.Column("owed", sa.BigInteger(), nullable=True),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_reviews_{name}"))
            for name, condition in _REVIEW_CHECKS.items()
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "self_check_id"],
            ["self_checks.county_id", "self_checks.id"],
            name="fk_reviews_self_check",
        ),
        sa.ForeignKeyConstraint(["leased_by"], ["users.id"], name=op.f("fk_reviews_leased_by")),
        sa.ForeignKeyConstraint(["judged_by"], ["users.id"], name=op.f("fk_reviews_judged_by")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_reviews")),
        *(
            sa.UniqueConstraint(
                *("county_id", "self_check_id", column),
                name=op.f(f"uq_reviews_county_id_self_check_id_{column}"),
            )
            for column in ("round", "judged_by")
        ),
    )
    op.create_index(
        "ix_reviews_waiting",
        "reviews",
        ["county_id", "waiting_since", "id"],
        postgresql_where=sa.text("judged_at IS NULL"),
    )
    op.create_index(
        "ix_reviews_leased",
        "reviews",
        ["county_id", "leased_by"],
        postgresql_where=sa.text("judged_at IS NULL AND leased_by IS NOT NULL"),
    )
    op.create_index("ix_reviews_judged", "reviews", ["county_id", "judged_by", "judged_at"])


_REVIEW_CHECKS = {
    "round_is_known": "round IN ('first', 'second', 'third', 'appeal')",
    "verdict_is_known": "verdict IN ('approve', 'reject', 'escalate')",
    "given_is_whole": "(verdict IS NULL) = (judged_by IS NULL) "
    "AND (verdict IS NULL) = (judged_at IS NULL)",
    "a_rejection_teaches": "(verdict IS NOT DISTINCT FROM 'reject') = (reject_reason IS NOT NULL)",
    "an_escalation_says_why": "verdict IS DISTINCT FROM 'escalate' "
    "OR (note IS NOT NULL AND round IN ('first', 'second'))",
    "lease_is_whole": "(leased_by IS NULL) = (leased_at IS NULL) "
    "AND (leased_by IS NULL) = (leased_until IS NULL)",
    "judged_by_its_holder": "judged_by IS NULL "
    "OR (leased_by IS NOT NULL AND judged_by = leased_by)",
    "only_a_third_takes_back": "(taken IS NULL) = (owed IS NULL) "
    "AND (taken IS NULL OR (round = 'third' AND verdict = 'reject'))",
    "note_length": "char_length(note) BETWEEN 1 AND 200",
}


def _appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("self_check_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'stands', 'overturned')", name=op.f("ck_appeals_state_is_known")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)",
            name=op.f("ck_appeals_decided_has_its_time"),
        ),
        sa.CheckConstraint(
            "state <> 'stands' OR answer IS NOT NULL", name=op.f("ck_appeals_a_no_is_explained")
        ),
        sa.CheckConstraint(
            "char_length(sentence) BETWEEN 1 AND 200", name=op.f("ck_appeals_sentence_length")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "self_check_id"],
            ["self_checks.county_id", "self_checks.id"],
            name="fk_appeals_self_check",
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_appeals_household_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_appeals_user_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_appeals")),
        sa.UniqueConstraint(
            "county_id", "self_check_id", name=op.f("uq_appeals_county_id_self_check_id")
        ),
    )
    op.create_index("ix_appeals_household", "appeals", ["county_id", "household_id", "id"])


def _settings() -> None:
    ranges = {
        "lease_minutes": (1, 60),
        "second_percent": (0, 100),
        "overdue_minutes": (5, 1440),
        "appeal_days": (1, 60),
        "quick_seconds": (0, 60),
    }
    op.create_table(
        "review_settings",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ranges),
        *(
            sa.CheckConstraint(
                f"{name} BETWEEN {least} AND {most}",
                name=op.f(f"ck_review_settings_{name}_range"),
            )
            for name, (least, most) in ranges.items()
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_review_settings_county_id")
        ),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_review_settings")),
    )


# What was judged has its first review, and what waits is queued, under the photo's own id.
FILL = """
    INSERT INTO reviews (county_id, id, self_check_id, round, waiting_since, leased_by,
                         leased_at, leased_until, verdict, reject_reason, judged_by, judged_at)
    SELECT county_id, id, id, 'first', submitted_at, reviewed_by, reviewed_at, reviewed_at,
           CASE WHEN reviewed_by IS NULL THEN NULL
                WHEN state = 'approved' THEN 'approve' ELSE 'reject' END,
           CASE WHEN reviewed_by IS NOT NULL THEN reject_reason END,
           reviewed_by, reviewed_at
      FROM self_checks
     WHERE state = 'waiting' OR reviewed_by IS NOT NULL
"""


def downgrade() -> None:
    for table in ("review_settings", "appeals", "reviews", "household_relations"):
        op.drop_table(table)
    op.execute("UPDATE self_checks SET state = 'waiting' WHERE state = 'escalated'")
    _one_of("self_checks", "state", OLD_STATES)
    op.execute(
        "DELETE FROM notices"
        " WHERE kind IN ('review_overturned', 'appeal_decided', 'reviews_overdue')"
    )
    _one_of("notices", "kind", OLD_KINDS)
