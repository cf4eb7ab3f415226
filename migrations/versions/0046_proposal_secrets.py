"""Names and numbers that a proposal needs lie apart from it, and have an end."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal_secrets",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_proposal_secrets")),
    )
    op.create_index("ix_proposal_secrets_kept_at", "proposal_secrets", ["kept_at"])
    op.execute("GRANT INSERT, DELETE ON proposal_secrets TO fen_app")


def downgrade() -> None:
    op.drop_table("proposal_secrets")
