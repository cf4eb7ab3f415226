"""Since when goods stand on the shelf of a shop: what no shop offers stood nowhere."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offers", sa.Column("stood_since", sa.DateTime(timezone=True)))
    op.execute("GRANT UPDATE (stood_since) ON offers TO fen_app")
    op.execute("UPDATE offers SET stood_since = greatest(created_at, on_sale_from) WHERE is_listed")


def downgrade() -> None:
    op.drop_column("offers", "stood_since")
