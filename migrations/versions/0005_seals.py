"""Seals over the ledger: 0005_seals.sql."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent / "0005_seals.sql"


def upgrade() -> None:
    # Past SQLAlchemy, which would take the file's percent signs for parameters.
    op.get_bind().connection.driver_connection.execute(SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP FUNCTION ledger.seal, ledger.fence, ledger.months_ahead")
    op.execute("DROP TABLE ledger.seals")
