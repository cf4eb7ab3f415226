"""Up to which notice a user has read."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_marks",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("read_until", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_notice_marks_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_notice_marks"),
    )
    op.execute("GRANT INSERT, UPDATE (read_until, read_at) ON notice_marks TO fen_app")


def downgrade() -> None:
    op.drop_table("notice_marks")
