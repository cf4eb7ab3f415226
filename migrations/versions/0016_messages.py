"""How far each notice has come, the templates to send it by, and what users agreed to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CHECKS = {
    "state_is_known": ("state IN ('waiting', 'by_wechat', 'by_sms', 'on_board', 'told', 'listed')"),
    "what_waits_is_due": "(state = 'waiting') = (due_at IS NOT NULL)",
    "told_by_somebody": "(state = 'told') = (told_by IS NOT NULL AND told_at IS NOT NULL)",
    "only_households_are_told_in_person": (
        "state NOT IN ('by_sms', 'on_board', 'told') OR household_id IS NOT NULL"
    ),
}


def upgrade() -> None:
    # Notices from before are not sent now: they stand in the mini-program's list.
    op.add_column(
        "notices", sa.Column("state", sa.String(), nullable=False, server_default="listed")
    )
    op.alter_column("notices", "state", server_default=None)
    op.add_column(
        "notices", sa.Column("tries", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.alter_column("notices", "tries", server_default=None)
    op.add_column("notices", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notices", sa.Column("told_by", sa.Uuid(), nullable=True))
    op.add_column("notices", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_notices_told_by"), "notices", "users", ["told_by"], ["id"])
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_notices_{name}"), "notices", condition)
    op.create_index("ix_notices_region", "notices", ["county_id", "region_id", "id"])
    op.create_index(
        "ix_notices_due", "notices", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index(
        "ix_notices_on_board",
        "notices",
        ["county_id", "id"],
        postgresql_where=sa.text("state = 'on_board'"),
    )
    # What a notice says stays as it was written; only how far it came changes.
    op.execute("GRANT UPDATE (state, tries, due_at, told_by, told_at) ON notices TO fen_app")
    op.create_table(
        "message_templates",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_message_templates")),
    )
    op.create_table(
        "message_credits",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("credits >= 0", name=op.f("ck_message_credits_credits_not_negative")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_message_credits_user_id")),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_message_credits")),
    )


def downgrade() -> None:
    op.drop_table("message_credits")
    op.drop_table("message_templates")
    op.execute("REVOKE UPDATE (state, tries, due_at, told_by, told_at) ON notices FROM fen_app")
    for index in ("ix_notices_on_board", "ix_notices_due", "ix_notices_region"):
        op.drop_index(index, table_name="notices")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_notices_{name}"), "notices")
    op.drop_constraint(op.f("fk_notices_told_by"), "notices", type_="foreignkey")
    for column in ("told_at", "told_by", "due_at", "tries", "state"):
        op.drop_column("notices", column)
