"""A person's statement waits for a second person; a refusal in a file is in doubt.

Files, lines and refusals of before count as they did: nothing of the past is decided anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

CLASSES = (
    "'waiting', 'payout', 'return', 'funding', 'bank_only', 'different_amount', 'duplicate', "
    "'not_instructed', 'unclear_return'"
)


def upgrade() -> None:
    _upgrade_custody()
    _upgrade_statements()
    _upgrade_lines()
    _upgrade_payments()
    _create_decisions()


def downgrade() -> None:
    op.drop_table("bank_decisions")
    _downgrade_payments()
    _downgrade_lines()
    _downgrade_statements()
    _downgrade_custody()


def _upgrade_custody() -> None:
    op.alter_column("custody_accounts", "account_index", nullable=True)
    op.alter_column("custody_accounts", "account_tail", nullable=True)
    op.add_column("custody_accounts", sa.Column("proposed_index", sa.LargeBinary(), nullable=True))
    op.add_column("custody_accounts", sa.Column("proposed_tail", sa.Text(), nullable=True))
    _add_people("custody_accounts", "typed_by", "typed_again_by")


def _downgrade_custody() -> None:
    _drop_people("custody_accounts", "typed_by", "typed_again_by")
    op.drop_column("custody_accounts", "proposed_tail")
    op.drop_column("custody_accounts", "proposed_index")
    op.execute("DELETE FROM custody_accounts WHERE account_index IS NULL")
    op.alter_column("custody_accounts", "account_tail", nullable=False)
    op.alter_column("custody_accounts", "account_index", nullable=False)


def _upgrade_statements() -> None:
    for name, default in (("source", "person"), ("state", "confirmed")):
        column = sa.Column(name, sa.String(), nullable=False, server_default=default)
        op.add_column("bank_statements", column)
        op.alter_column("bank_statements", name, server_default=None)
    op.execute("UPDATE bank_statements SET source = 'bank' WHERE imported_by IS NULL")
    _add_people("bank_statements", "decided_by")
    op.add_column(
        "bank_statements", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True)
    )
    for name, rule in (
        ("source_is_known", "source IN ('bank', 'person')"),
        ("the_bank_is_nobody", "source = 'person' OR imported_by IS NULL"),
        ("state_is_known", "state IN ('waiting', 'confirmed', 'set_aside')"),
        ("decided_by_another", "decided_by <> imported_by"),
        ("waiting_is_undecided", "state <> 'waiting' OR decided_by IS NULL"),
    ):
        op.create_check_constraint(op.f(f"ck_bank_statements_{name}"), "bank_statements", rule)


def _downgrade_statements() -> None:
    for name in (
        "source_is_known",
        "the_bank_is_nobody",
        "state_is_known",
        "decided_by_another",
        "waiting_is_undecided",
    ):
        op.drop_constraint(op.f(f"ck_bank_statements_{name}"), "bank_statements")
    _drop_people("bank_statements", "decided_by")
    for name in ("decided_at", "state", "source"):
        op.drop_column("bank_statements", name)


def _upgrade_lines() -> None:
    for name, kind, default in (
        ("ordinal", sa.BigInteger(), "1"),
        ("is_believed", sa.Boolean(), "true"),
        ("is_agreed", sa.Boolean(), "false"),
        ("tries", sa.BigInteger(), "0"),
    ):
        column = sa.Column(name, kind, nullable=False, server_default=sa.text(default))
        op.add_column("statement_entries", column)
        op.alter_column("statement_entries", name, server_default=None)
    op.drop_constraint(op.f("uq_statement_entries_county_id_bank_reference"), "statement_entries")
    op.create_index(
        "uq_statement_entries_line",
        "statement_entries",
        ["county_id", "booked_on", "bank_reference", "amount_fen", "ordinal"],
        unique=True,
        postgresql_where=sa.text("is_believed"),
    )
    known = op.f("ck_statement_entries_class_is_known")
    op.drop_constraint(known, "statement_entries")
    op.create_check_constraint(
        known,
        "statement_entries",
        f"entry_class IN ({CLASSES}, 'early_return', 'set_aside', 'unbookable', 'dismissed')",
    )
    op.create_check_constraint(
        op.f("ck_statement_entries_booked_is_believed"),
        "statement_entries",
        "is_believed OR entry_class NOT IN ('payout', 'return', 'funding') OR is_agreed",
    )


def _downgrade_lines() -> None:
    op.drop_constraint(op.f("ck_statement_entries_booked_is_believed"), "statement_entries")
    op.execute("DELETE FROM statement_entries WHERE NOT is_believed AND NOT is_agreed")
    op.execute(
        "UPDATE statement_entries SET entry_class = 'bank_only' "
        "WHERE entry_class IN ('early_return', 'set_aside', 'unbookable', 'dismissed')"
    )
    known = op.f("ck_statement_entries_class_is_known")
    op.drop_constraint(known, "statement_entries")
    op.create_check_constraint(known, "statement_entries", f"entry_class IN ({CLASSES})")
    op.drop_index("uq_statement_entries_line", "statement_entries")
    op.create_unique_constraint(
        op.f("uq_statement_entries_county_id_bank_reference"),
        "statement_entries",
        ["county_id", "bank_reference"],
    )
    for name in ("tries", "is_agreed", "is_believed", "ordinal"):
        op.drop_column("statement_entries", name)


def _upgrade_payments() -> None:
    op.add_column(
        "bank_batches", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True)
    )
    _add_people("bank_orders", "doubted_by", "decided_by")
    for column in ("doubted_at", "decided_at"):
        op.add_column("bank_orders", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column("bank_orders", sa.Column("doubted_in", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_bank_orders_doubted_in"),
        "bank_orders",
        "bank_result_files",
        ["doubted_in"],
        ["id"],
    )
    op.add_column(
        "bank_orders",
        sa.Column("is_made_anew", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.alter_column("bank_orders", "is_made_anew", server_default=None)
    _change_rules(
        "state IN ('accepted', 'unclear', 'in_doubt', 'contradicted', 'settled', 'rejected', "
        "'returned')",
        "state IN ('accepted', 'rejected') OR batch_id IS NOT NULL",
    )
    op.create_check_constraint(
        op.f("ck_bank_orders_decided_by_another"), "bank_orders", "decided_by <> doubted_by"
    )
    op.create_check_constraint(
        op.f("ck_bank_orders_doubt_has_its_time"),
        "bank_orders",
        "state <> 'in_doubt' OR doubted_at IS NOT NULL",
    )


def _downgrade_payments() -> None:
    op.drop_constraint(op.f("ck_bank_orders_doubt_has_its_time"), "bank_orders")
    op.drop_constraint(op.f("ck_bank_orders_decided_by_another"), "bank_orders")
    op.execute("UPDATE bank_orders SET state = 'unclear' WHERE state = 'in_doubt'")
    op.execute("UPDATE bank_orders SET state = 'settled' WHERE state = 'contradicted'")
    _change_rules(
        "state IN ('accepted', 'unclear', 'settled', 'rejected', 'returned')",
        "state = 'accepted' OR batch_id IS NOT NULL",
    )
    op.drop_column("bank_orders", "is_made_anew")
    op.drop_constraint(op.f("fk_bank_orders_doubted_in"), "bank_orders", type_="foreignkey")
    op.drop_column("bank_orders", "doubted_in")
    op.drop_column("bank_orders", "doubted_at")
    op.drop_column("bank_orders", "decided_at")
    _drop_people("bank_orders", "doubted_by", "decided_by")
    op.drop_column("bank_batches", "withdrawn_at")


def _change_rules(states: str, answered: str) -> None:
    for name, rule in (("state_is_known", states), ("answered_was_sent", answered)):
        constraint = op.f(f"ck_bank_orders_{name}")
        op.drop_constraint(constraint, "bank_orders")
        op.create_check_constraint(constraint, "bank_orders", rule)


def _create_decisions() -> None:
    op.create_table(
        "bank_decisions",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("entry_class", sa.String(), nullable=True),
        sa.Column("cash_out_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('classify', 'set_aside', 'take_in', 'withdraw')",
            name=op.f("ck_bank_decisions_kind_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'declined')",
            name=op.f("ck_bank_decisions_state_is_known"),
        ),
        sa.CheckConstraint(
            "(kind = 'classify') = (entry_class IS NOT NULL)",
            name=op.f("ck_bank_decisions_class_of_a_line"),
        ),
        sa.CheckConstraint(
            "decided_by <> proposed_by", name=op.f("ck_bank_decisions_decided_by_another")
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) "
            "AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_bank_decisions_decision_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_bank_decisions_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_bank_decisions_decided_by")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_bank_decisions")),
    )
    op.create_index(
        "uq_bank_decisions_open",
        "bank_decisions",
        ["county_id", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def _add_people(table: str, *columns: str) -> None:
    for column in columns:
        op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, "users", [column], ["id"])


def _drop_people(table: str, *columns: str) -> None:
    for column in columns:
        op.drop_constraint(op.f(f"fk_{table}_{column}"), table, type_="foreignkey")
        op.drop_column(table, column)
