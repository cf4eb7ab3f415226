"""Which proposal a county's settings came by."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("county_settings", sa.Column("proposal_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("county_settings", "proposal_id")
