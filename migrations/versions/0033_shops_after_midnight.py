"""Shops may close at midnight or after it."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

NAME = "ck_shop_hours_opens_before_it_closes"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "shop_hours", type_="check")
    op.create_check_constraint(
        op.f(NAME),
        "shop_hours",
        "opens_at < closes_at OR closes_at = '00:00'"
        " OR closes_at <= '06:00' AND closes_at <> opens_at",
    )


def downgrade() -> None:
    op.execute("DELETE FROM shop_hours WHERE closes_at <= opens_at")
    op.drop_constraint(op.f(NAME), "shop_hours", type_="check")
    op.create_check_constraint(op.f(NAME), "shop_hours", "opens_at < closes_at")
