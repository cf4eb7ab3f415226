"""Points whose hold ended after their last day get another; a return is forgotten by the limit."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

KINDS = ("count", "reserve", "consume", "give_back")
CHANGES = (
    "CASE kind WHEN 'count' THEN reserved_change = 0"
    " WHEN 'reserve' THEN reserved_change > 0 AND stock_change = -reserved_change"
    " WHEN 'consume' THEN reserved_change < 0 AND stock_change = 0"
    "{} ELSE reserved_change < 0 AND stock_change = -reserved_change END"
)
RETURN = " WHEN 'return' THEN reserved_change = 0 AND stock_change = 0"
COUNTED = "returned_count >= 0 AND (kind = 'return') = (returned_count > 0)"


def upgrade() -> None:
    op.execute("INSERT INTO ledger.flows VALUES ('prolonging', 'household', 'household')")
    op.add_column(
        "stock_moves",
        sa.Column("returned_count", sa.BigInteger(), nullable=False, server_default="0"),
    )
    _checks((*KINDS, "return"), CHANGES.format(RETURN))
    op.create_check_constraint(op.f("ck_stock_moves_a_return_is_counted"), "stock_moves", COUNTED)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_stock_moves_a_return_is_counted"), "stock_moves")
    op.execute("DELETE FROM stock_moves WHERE kind = 'return'")
    _checks(KINDS, CHANGES.format(""))
    op.drop_column("stock_moves", "returned_count")
    op.execute("DELETE FROM ledger.flows WHERE kind = 'prolonging'")


def _checks(kinds: tuple[str, ...], changes: str) -> None:
    known = "kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))
    for name, text in (("kind_is_known", known), ("changes_fit_the_kind", changes)):
        op.drop_constraint(op.f(f"ck_stock_moves_{name}"), "stock_moves")
        op.create_check_constraint(op.f(f"ck_stock_moves_{name}"), "stock_moves", text)
