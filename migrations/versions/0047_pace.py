"""How one person judges and checks: whether overturned lately, how fast, how often in a day."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


BEFORE = ("grades_differ", "clock_off", "not_assigned")


def upgrade() -> None:
    op.create_index(
        "ix_reviews_from_above",
        "reviews",
        ["county_id", "judged_at"],
        postgresql_where=sa.text("round IN ('third', 'appeal') AND judged_at IS NOT NULL"),
    )
    op.create_index("ix_checks_checker_at", "checks", ["county_id", "checked_by", "at"])
    _reasons(*BEFORE, "too_fast", "too_many")


def downgrade() -> None:
    op.execute(
        "UPDATE check_conflicts SET reason = 'clock_off' WHERE reason IN ('too_fast', 'too_many')"
    )
    _reasons(*BEFORE)
    op.drop_index("ix_checks_checker_at", "checks")
    op.drop_index("ix_reviews_from_above", "reviews")


def _reasons(*known: str) -> None:
    name = op.f("ck_check_conflicts_reason_is_known")
    listed = ", ".join(f"'{reason}'" for reason in known)
    op.drop_constraint(name, "check_conflicts")
    op.create_check_constraint(name, "check_conflicts", f"reason IN ({listed})")
