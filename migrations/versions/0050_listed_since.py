"""Since when goods are listed: a price in a draft stood on no shelf."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("goods", sa.Column("listed_at", sa.DateTime(timezone=True)))
    op.execute("GRANT UPDATE (listed_at) ON goods TO fen_app")


def downgrade() -> None:
    op.drop_column("goods", "listed_at")
