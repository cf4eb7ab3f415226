"""A batch of voucher codes is sold from when a second person has agreed to it."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "voucher_batches",
        sa.Column("is_proposed", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("voucher_batches", "is_proposed", server_default=None)
    _states("'waiting', 'free', 'sold', 'expired', 'faulty'")


def downgrade() -> None:
    # What nobody has agreed to was for sale before that was asked.
    op.execute("UPDATE voucher_codes SET state = 'free' WHERE state = 'waiting'")
    _states("'free', 'sold', 'expired', 'faulty'")
    op.drop_column("voucher_batches", "is_proposed")


def _states(known: str) -> None:
    name = op.f("ck_voucher_codes_state_is_known")
    op.drop_constraint(name, "voucher_codes")
    op.create_check_constraint(name, "voucher_codes", f"state IN ({known})")
