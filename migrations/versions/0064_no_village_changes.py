"""Nothing moves a household to another village, nor to other caps, so the application may not."""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REVOKE UPDATE (village_id, cap_root_id) ON households FROM fen_app")


def downgrade() -> None:
    op.execute("GRANT UPDATE (village_id, cap_root_id) ON households TO fen_app")
