"""Notices of prices that rose during a campaign."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAME = "ck_notices_kind_is_known"
BEFORE = (
    "'points_expire', 'award_reversed', 'redemption_reversed', 'budget_low', "
    "'review_overturned', 'appeal_decided', 'reviews_overdue', 'sale_reversed', "
    "'redemption_voided', 'card_used', 'order_ready', 'order_cancelled', "
    "'substitute_offered', 'order_received', 'order_refunded', 'voucher_expires', "
    "'voucher_claim_decided', 'vouchers_low'"
)


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "notices")
    op.create_check_constraint(op.f(NAME), "notices", f"kind IN ({BEFORE}, 'price_rose')")


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'price_rose'")
    op.drop_constraint(op.f(NAME), "notices")
    op.create_check_constraint(op.f(NAME), "notices", f"kind IN ({BEFORE})")
