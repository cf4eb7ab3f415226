"""What two people say of the bank's word is a proposal, as every other act without a row.

The rows come over with their ids, so that the trace still names them; open ones stay open for
seven days from when they were proposed. They leave with the table: downgrading brings them back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

# Kind as it was, as it is, and the kind of row that it is about.
KINDS = (
    ("classify", "statement_line", "statement_entry"),
    ("set_aside", "statement_set_aside", "bank_statement"),
    ("take_in", "statement_take_in", "bank_statement"),
    ("withdraw", "payment_batch_withdrawal", "payment_batch"),
)
MAPPED = ", ".join(f"('{was}', '{name}', '{subject}')" for was, name, subject in KINDS)
NAMES = ", ".join(f"'{name}'" for _, name, _ in KINDS)
OFFICES = '{"roles": ["county_admin", "finance"], "users": [], "households": []}'
WATCHERS = '{"roles": ["auditor"], "users": [], "households": []}'

# ``before`` is what would be changed, as it is now: of what is decided, the class that the line had
# is not known any more.
COME_OVER = f"""
    INSERT INTO proposals
        (county_id, id, kind, region_id, subject_kind, subject_id, content, before, needed, told,
         cool_off_seconds, state, reason, proposed_by, proposed_at, lapses_at, decided_by,
         decided_at, effective_at, done_at)
    SELECT d.county_id, d.id, k.name, r.id, k.subject, d.subject_id::text,
           CASE d.kind
             WHEN 'classify' THEN jsonb_build_object(
                 'entry_class', d.entry_class,
                 'cash_out_id', CASE WHEN d.entry_class IN ('payout', 'return')
                                     THEN d.cash_out_id END,
                 'reason', d.reason)
             ELSE jsonb_build_object('reason', d.reason) END,
           CASE d.kind
             WHEN 'classify' THEN jsonb_build_object('entry_class', e.entry_class)
             WHEN 'withdraw' THEN jsonb_build_object('is_withdrawn', b.withdrawn_at IS NOT NULL)
             ELSE jsonb_build_object('state', s.state) END,
           jsonb_build_array(CAST('{OFFICES}' AS jsonb)), CAST('{WATCHERS}' AS jsonb),
           0, d.state, NULL, d.proposed_by, d.proposed_at, d.proposed_at + interval '7 days',
           d.decided_by, d.decided_at,
           CASE WHEN d.state = 'approved' THEN d.decided_at END,
           CASE WHEN d.state = 'approved' THEN d.decided_at END
      FROM bank_decisions d
      JOIN (VALUES {MAPPED}) k (was, name, subject) ON k.was = d.kind
      JOIN regions r ON r.county_id = d.county_id AND r.parent_id IS NULL
      LEFT JOIN statement_entries e ON e.county_id = d.county_id AND e.id = d.subject_id
      LEFT JOIN bank_statements s ON s.county_id = d.county_id AND s.id = d.subject_id
      LEFT JOIN bank_batches b ON b.id = d.subject_id
"""  # noqa: S608 - only constants
# Whether somebody had named a digest was not kept.
AGREED = f"""
    INSERT INTO proposal_approvals
        (county_id, id, proposal_id, needed_index, digest, approved_by, approved_at)
    SELECT county_id, id, id, 0, '', decided_by, decided_at
      FROM proposals WHERE kind IN ({NAMES}) AND state = 'approved'
"""  # noqa: S608 - only constants
GO_BACK = f"""
    INSERT INTO bank_decisions
        (county_id, id, kind, subject_id, entry_class, cash_out_id, reason, state, proposed_by,
         proposed_at, decided_by, decided_at)
    SELECT p.county_id, p.id, k.was, CAST(p.subject_id AS uuid), p.content ->> 'entry_class',
           CAST(p.content ->> 'cash_out_id' AS uuid), p.content ->> 'reason', p.state,
           p.proposed_by, p.proposed_at, p.decided_by, p.decided_at
      FROM proposals p
      JOIN (VALUES {MAPPED}) k (was, name, subject) ON k.name = p.kind
     WHERE p.state IN ('proposed', 'approved', 'declined')
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - only constants
FORGET_APPROVALS = f"""
    DELETE FROM proposal_approvals a USING proposals p
     WHERE p.county_id = a.county_id AND p.id = a.proposal_id AND p.kind IN ({NAMES})
"""  # noqa: S608 - only constants


def upgrade() -> None:
    op.execute(COME_OVER)
    op.execute(AGREED)
    op.drop_table("bank_decisions")


def downgrade() -> None:
    _create_decisions()
    op.execute(GO_BACK)
    op.execute(FORGET_APPROVALS)
    op.execute(f"DELETE FROM proposals WHERE kind IN ({NAMES})")  # noqa: S608 - only constants


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
        *_rules(),
    )
    op.create_index(
        "uq_bank_decisions_open",
        "bank_decisions",
        ["county_id", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.execute("GRANT INSERT, UPDATE (decided_at, decided_by, state) ON bank_decisions TO fen_app")
    op.execute(
        "CREATE TRIGGER decided_once BEFORE UPDATE ON bank_decisions FOR EACH ROW "
        "WHEN (old.decided_at IS NOT NULL) EXECUTE FUNCTION refuse_another_decision()"
    )


def _rules() -> tuple[sa.Constraint, ...]:
    return (
        _check("kind_is_known", "kind IN ('classify', 'set_aside', 'take_in', 'withdraw')"),
        _check("state_is_known", "state IN ('proposed', 'approved', 'declined')"),
        _check("class_of_a_line", "(kind = 'classify') = (entry_class IS NOT NULL)"),
        _check("decided_by_another", "decided_by <> proposed_by"),
        _check(
            "decision_is_whole",
            "(state = 'proposed') = (decided_by IS NULL) "
            "AND (decided_by IS NULL) = (decided_at IS NULL)",
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_bank_decisions_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_bank_decisions_decided_by")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_bank_decisions")),
    )


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_bank_decisions_{name}"))
