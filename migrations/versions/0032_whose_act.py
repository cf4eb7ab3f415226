"""A notice of an act that may be a fraud names whose act it is."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("act_of", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_notices_act_of"), "notices", "users", ["act_of"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f("fk_notices_act_of"), "notices", type_="foreignkey")
    op.drop_column("notices", "act_of")
