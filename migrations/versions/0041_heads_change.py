"""The head of a household changes, by two people's word: who was the head stays a member."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT UPDATE (is_head) ON members TO fen_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (is_head) ON members FROM fen_app")
