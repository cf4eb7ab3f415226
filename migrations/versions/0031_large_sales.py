"""Large sales wait for a yes, and have a photo of the scale; a line is rounded over the day."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

STATES = (
    "state IN ('paid', 'void', 'reversed')",
    "state IN ('awaiting_yes', 'paid', 'declined', 'lapsed', 'void', 'reversed')",
)
PRICE_PAID = (
    "(points = 0) = (transfer_id IS NULL)",
    "(points > 0 AND state IN ('paid', 'void', 'reversed')) = (transfer_id IS NOT NULL)",
)
UNDONE = (
    "(state = 'paid') = (undone_at IS NULL)",
    "(state IN ('awaiting_yes', 'paid')) = (undone_at IS NULL)",
)
LINE = (
    "price_fen >= 0 AND points = CASE WHEN pieces IS NULL "
    "THEN (grams * price_fen + 500) / 1000 ELSE pieces * price_fen END",
    "price_fen >= 0 AND CASE WHEN pieces IS NULL "
    "THEN points BETWEEN grams * price_fen / 1000 AND (grams * price_fen + 999) / 1000 "
    "ELSE points = pieces * price_fen END",
)
ANSWER = (
    "(answered_by IS NULL) = (answered_at IS NULL) "
    "AND (answered_by IS NULL OR state <> 'awaiting_yes')"
)
CHECKS = (
    ("sales", "state_is_known", STATES),
    ("sales", "a_price_is_paid", PRICE_PAID),
    ("sales", "undone_has_its_time", UNDONE),
    ("sale_lines", "points_are_the_price", LINE),
)


def upgrade() -> None:
    op.add_column("sales", sa.Column("photo_id", sa.Uuid(), nullable=True))
    op.add_column("sales", sa.Column("answered_by", sa.Uuid(), nullable=True))
    op.add_column("sales", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_sales_answered_by"), "sales", "users", ["answered_by"], ["id"])
    op.create_foreign_key(
        "fk_sales_photo", "sales", "photos", ["county_id", "photo_id"], ["county_id", "id"]
    )
    op.create_unique_constraint(
        op.f("uq_sales_county_id_photo_id"), "sales", ["county_id", "photo_id"]
    )
    op.create_check_constraint(op.f("ck_sales_an_answer_is_whole"), "sales", ANSWER)
    op.create_index(
        "ix_sales_awaiting_yes",
        "sales",
        ["county_id", "sold_at"],
        postgresql_where=sa.text("state = 'awaiting_yes'"),
    )
    op.create_index(op.f("ix_users_person_id"), "users", ["person_id"])
    _swap(1)


def downgrade() -> None:
    # What waited or came to nothing moved no points, and the release before knows no such sale.
    op.execute(
        "DELETE FROM sale_lines l USING sales s WHERE s.county_id = l.county_id "
        "AND s.id = l.sale_id AND s.state IN ('awaiting_yes', 'declined', 'lapsed')"
    )
    op.execute("DELETE FROM sales WHERE state IN ('awaiting_yes', 'declined', 'lapsed')")
    _swap(0)
    op.drop_index(op.f("ix_users_person_id"), "users")
    op.drop_index("ix_sales_awaiting_yes", "sales")
    op.drop_constraint(op.f("ck_sales_an_answer_is_whole"), "sales")
    op.drop_constraint(op.f("uq_sales_county_id_photo_id"), "sales")
    op.drop_constraint("fk_sales_photo", "sales", type_="foreignkey")
    op.drop_column("sales", "answered_at")
    op.drop_column("sales", "answered_by")
    op.drop_column("sales", "photo_id")


def _swap(which: int) -> None:
    for table, name, texts in CHECKS:
        full = f"ck_{table}_{name}"
        op.drop_constraint(op.f(full), table)
        # A line of before the day's rounding fits both; one of since then need not fit the old.
        not_valid = table == "sale_lines" and which == 0
        op.create_check_constraint(op.f(full), table, texts[which], postgresql_not_valid=not_valid)
