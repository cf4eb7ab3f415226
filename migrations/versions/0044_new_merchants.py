"""Since when there is an account to pay a merchant on."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "merchants", sa.Column("first_verified_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute("UPDATE merchants SET first_verified_at = payee_verified_at")
    op.execute("GRANT UPDATE (first_verified_at) ON merchants TO fen_app")


def downgrade() -> None:
    op.drop_column("merchants", "first_verified_at")
