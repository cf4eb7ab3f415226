"""The ledger: 0002_ledger.sql, and its first months."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent / "0002_ledger.sql"


def upgrade() -> None:
    # Past SQLAlchemy, which would take the file's percent signs for parameters.
    op.get_bind().connection.driver_connection.execute(SQL.read_text(encoding="utf-8"))
    op.execute("SELECT ledger.open_months(DATE '2025-01-01', 48)")


def downgrade() -> None:
    op.execute("DROP SCHEMA ledger CASCADE")
