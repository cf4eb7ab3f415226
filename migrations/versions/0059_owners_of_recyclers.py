"""Who owns a recycling company, and is told what it buys."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recyclers", sa.Column("owner_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_recyclers_owner_id_users"), "recyclers", "users", ["owner_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_recyclers_owner_id_users"), "recyclers")
    op.drop_column("recyclers", "owner_id")
