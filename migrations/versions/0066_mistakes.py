"""What of a rejected photo lies in the wrong bin, pointed out by its judge."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

COLUMNS = {
    "lies_in": sa.String(),
    "belongs_to": sa.String(),
    "spot_x": sa.SmallInteger(),
    "spot_y": sa.SmallInteger(),
}
CHECKS = {
    "only_a_wrong_kind_is_pointed_out": "num_nonnulls(lies_in, belongs_to, spot_x, spot_y) = 0 "
    "OR reject_reason IS NOT DISTINCT FROM 'wrong_kind'",
    "it_lies_where_it_does_not_belong": "lies_in <> belongs_to",
    "spot_is_whole": "(spot_x IS NULL) = (spot_y IS NULL)",
    "spot_is_in_the_photo": "spot_x BETWEEN 0 AND 1000 AND spot_y BETWEEN 0 AND 1000",
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("reviews", sa.Column(name, kind))
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_reviews_{name}"), "reviews", rule)
    op.execute("GRANT UPDATE (lies_in, belongs_to, spot_x, spot_y) ON reviews TO fen_app")


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("reviews", name)
