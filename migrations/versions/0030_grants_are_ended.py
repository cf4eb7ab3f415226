"""Grants of roles are ended, never changed or removed."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REVOKE UPDATE, DELETE ON role_grants FROM fen_app")
    op.execute("GRANT UPDATE (revoked_at) ON role_grants TO fen_app")


def downgrade() -> None:
    op.execute("GRANT UPDATE, DELETE ON role_grants TO fen_app")
