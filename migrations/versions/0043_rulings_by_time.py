"""Whether a reviewer was overturned lately is asked at each of their verdicts."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_reviews_from_above",
        "reviews",
        ["county_id", "judged_at"],
        postgresql_where=sa.text("round IN ('third', 'appeal') AND judged_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_reviews_from_above", "reviews")
