"""What a campaign pays in a day at a shop, and its funder in all."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

LIMITS = ("shop_day_limit_fen", "funder_day_limit_fen")


def upgrade() -> None:
    for name in LIMITS:
        op.add_column("campaigns", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_campaigns_day_limits_positive"),
        "campaigns",
        "shop_day_limit_fen > 0 AND funder_day_limit_fen > 0",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_campaigns_day_limits_positive"), "campaigns")
    for name in LIMITS:
        op.drop_column("campaigns", name)
