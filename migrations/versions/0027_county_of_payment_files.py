"""Payment files, what is in them and the files of results know whose they are.

A payment is its cash-out's county's; a file that is nobody's by then is that of who made it, or of
the first county: there was but one on every installation whose bank took files.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = ("bank_orders", "bank_batches", "bank_result_files")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("county_id", sa.BigInteger(), nullable=True))
    _find_counties()
    for table in TABLES:
        op.alter_column(table, "county_id", nullable=False)
        op.create_foreign_key(
            op.f(f"fk_{table}_county_id"), table, "counties", ["county_id"], ["id"]
        )
    op.create_unique_constraint(
        op.f("uq_bank_batches_county_id_id"), "bank_batches", ["county_id", "id"]
    )
    for table in ("bank_orders", "bank_result_files"):
        op.drop_constraint(op.f(f"fk_{table}_batch_id"), table, type_="foreignkey")
        op.create_foreign_key(
            f"fk_{table}_batch",
            table,
            "bank_batches",
            ["county_id", "batch_id"],
            ["county_id", "id"],
        )
    op.drop_constraint(op.f("uq_bank_result_files_file_digest"), "bank_result_files")
    op.create_unique_constraint(
        op.f("uq_bank_result_files_county_id_file_digest"),
        "bank_result_files",
        ["county_id", "file_digest"],
    )
    op.drop_index("ix_bank_orders_waiting", "bank_orders")
    op.create_index(
        "ix_bank_orders_waiting",
        "bank_orders",
        ["county_id", "taken_at"],
        postgresql_where=sa.text("batch_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_bank_orders_waiting", "bank_orders")
    op.create_index(
        "ix_bank_orders_waiting",
        "bank_orders",
        ["taken_at"],
        postgresql_where=sa.text("batch_id IS NULL"),
    )
    op.drop_constraint(op.f("uq_bank_result_files_county_id_file_digest"), "bank_result_files")
    op.create_unique_constraint(
        op.f("uq_bank_result_files_file_digest"), "bank_result_files", ["file_digest"]
    )
    for table in ("bank_result_files", "bank_orders"):
        op.drop_constraint(f"fk_{table}_batch", table, type_="foreignkey")
        op.create_foreign_key(
            op.f(f"fk_{table}_batch_id"), table, "bank_batches", ["batch_id"], ["id"]
        )
    op.drop_constraint(op.f("uq_bank_batches_county_id_id"), "bank_batches")
    for table in TABLES:
        op.drop_constraint(op.f(f"fk_{table}_county_id"), table, type_="foreignkey")
        op.drop_column(table, "county_id")


def _find_counties() -> None:
    op.execute(
        "UPDATE bank_orders o SET county_id = c.county_id FROM cash_outs c "
        "WHERE replace(c.id::text, '-', '') = o.payment_id"
    )
    op.execute(
        "UPDATE bank_batches b SET county_id = o.county_id FROM bank_orders o "
        "WHERE o.batch_id = b.id AND o.county_id IS NOT NULL"
    )
    op.execute(
        "UPDATE bank_result_files f SET county_id = b.county_id FROM bank_batches b "
        "WHERE b.id = f.batch_id"
    )
    op.execute(
        "UPDATE bank_batches b SET county_id = u.county_id FROM users u "
        "WHERE u.id = b.made_by AND b.county_id IS NULL"
    )
    op.execute(
        "UPDATE bank_result_files f SET county_id = u.county_id FROM users u "
        "WHERE u.id = f.received_by AND f.county_id IS NULL"
    )
    op.execute(
        "UPDATE bank_orders o SET county_id = b.county_id FROM bank_batches b "
        "WHERE b.id = o.batch_id AND o.county_id IS NULL"
    )
    # Nobody's by now: of the first county.
    op.execute(
        "UPDATE bank_orders SET county_id = (SELECT min(id) FROM counties) WHERE county_id IS NULL"
    )
    op.execute(
        "UPDATE bank_batches SET county_id = (SELECT min(id) FROM counties) WHERE county_id IS NULL"
    )
    op.execute(
        "UPDATE bank_result_files SET county_id = (SELECT min(id) FROM counties) "
        "WHERE county_id IS NULL"
    )
