"""Results of visits and sales that a phone kept until it had network."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

TABLES = ("visit_results", "sales")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("client_id", sa.Uuid()))
        op.add_column(table, sa.Column("phone_time", sa.DateTime(timezone=True)))
        op.create_check_constraint(
            op.f(f"ck_{table}_a_record_of_a_phone_has_its_time"),
            table,
            "client_id IS NULL OR phone_time IS NOT NULL",
        )
    op.add_column(
        "visit_results",
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("now()"),
        ),
    )
    op.create_unique_constraint(
        op.f("uq_sales_county_id_weighed_by_client_id"),
        "sales",
        ["county_id", "weighed_by", "client_id"],
    )


def downgrade() -> None:
    op.drop_constraint("uq_sales_county_id_weighed_by_client_id", "sales")
    op.drop_column("visit_results", "received_at")
    for table in TABLES:
        op.drop_column(table, "phone_time")
        op.drop_column(table, "client_id")
