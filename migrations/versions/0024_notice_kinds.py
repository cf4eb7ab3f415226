"""Kinds of notices are registered by the domains that tell them, without a migration for each."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NAMED_BY_KIND = ("notices", "message_templates", "message_credits")
NAME = "ck_notices_kind_is_known"
KNOWN = (
    "points_expire",
    "award_reversed",
    "redemption_reversed",
    "budget_low",
    "review_overturned",
    "appeal_decided",
    "reviews_overdue",
    "sale_reversed",
    "redemption_voided",
    "card_used",
    "order_ready",
    "order_cancelled",
    "substitute_offered",
    "order_received",
    "order_refunded",
    "voucher_expires",
    "voucher_claim_decided",
    "vouchers_low",
    "price_rose",
)


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "notices")
    for table in NAMED_BY_KIND:
        op.alter_column(table, "kind", type_=sa.Text(), existing_type=sa.String())


def downgrade() -> None:
    known = ", ".join(f"'{kind}'" for kind in KNOWN)
    for table in NAMED_BY_KIND:
        op.execute(f"DELETE FROM {table} WHERE kind NOT IN ({known})")  # noqa: S608
        op.alter_column(table, "kind", type_=sa.String(), existing_type=sa.Text())
    op.create_check_constraint(op.f(NAME), "notices", f"kind IN ({known})")
