"""Three roles write: the web, the jobs, the bank's channel. What only one has reason to write, only
that one can: 0055_three_writers.sql."""

from pathlib import Path

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

SQL = Path(__file__).with_suffix(".sql")
WRITERS = ("fen_worker", "fen_bank")
# Only the bank's own exchange moves these columns of a cash-out.
OF_THE_BANK = "bank_reference, may_resend, returned_at, sent_at, settled_at, tries"
# Decided by people alone: by no job.
DECIDED = (
    "allotments",
    "bank_orders",
    "bank_statements",
    "campaigns",
    "cash_outs",
    "deposits",
    "merchant_applications",
    "policy_drafts",
    "proposals",
    "reversals",
    "subsidy_fundings",
    "voucher_claims",
)
# Rows that are a person's deed, by being there.
DONE_BY_PEOPLE = ("pay_codes", "proposal_approvals", "redemptions", "sessions")
BY_THE_WORKER = (
    "ledger.expire(int, date, uuid[], date[], uuid[], text[])",
    "ledger.freeze(int, text, uuid, date, bool)",
    "ledger.open_months(date, int)",
    "ledger.seal(int, bigint, bigint, bigint, bigint, bytea, bytea, timestamptz, text, bytea)",
    "append_audit_seal"
    "(bigint, bigint, bigint, bigint, bigint, bytea, bytea, timestamptz, text, bytea)",
)


def upgrade() -> None:
    _refuse_without_writers()
    # Past SQLAlchemy, which would take the file's percent signs for parameters.
    op.get_bind().connection.driver_connection.execute(SQL.read_text(encoding="utf-8"))
    op.execute(f"REVOKE UPDATE ({OF_THE_BANK}) ON cash_outs FROM fen_app")
    op.execute(f"GRANT UPDATE ({OF_THE_BANK}) ON cash_outs TO fen_bank")
    for function in BY_THE_WORKER:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM fen_app")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO fen_worker")
    for table in DECIDED:
        op.execute(
            f"CREATE TRIGGER decided_by_people BEFORE INSERT OR UPDATE OF decided_by ON {table} "
            "FOR EACH ROW WHEN (new.decided_by IS NOT NULL) "
            "EXECUTE FUNCTION refuse_deed_of_a_machine('decision')"
        )
    for table in DONE_BY_PEOPLE:
        op.execute(
            f"CREATE TRIGGER done_by_people BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_deed_of_a_machine()"
        )


def downgrade() -> None:
    op.execute("DROP FUNCTION refuse_deed_of_a_machine, refuse_word_of_the_bank CASCADE")
    op.execute("DROP FUNCTION refuse_step_of_a_cash_out, ledger.refuse_resolution CASCADE")
    for function in BY_THE_WORKER:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM fen_worker")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO fen_app")
    op.execute(f"GRANT UPDATE ({OF_THE_BANK}) ON cash_outs TO fen_app")
    _put_back("0002_ledger.sql", "ledger.refuse_unlisted_flow")
    op.execute("DROP FUNCTION ledger.is_written_by")
    op.execute("ALTER TABLE ledger.flows DROP COLUMN writer")


def _refuse_without_writers() -> None:
    bind = op.get_bind().connection.driver_connection
    asked = "SELECT rolname FROM pg_roles WHERE pg_has_role(rolname, 'fen_app', 'MEMBER')"
    there = {name for (name,) in bind.execute(asked).fetchall()}
    if missing := [name for name in WRITERS if name not in there]:
        raise RuntimeError(
            f"make {' and '.join(missing)} first, as members of fen_app (docs/operations.md): "
            + " ".join(f"CREATE ROLE {name} LOGIN IN ROLE fen_app;" for name in missing)
        )


def _put_back(file: str, function: str) -> None:
    """The function as an older file made it."""
    told = SQL.with_name(file).read_text(encoding="utf-8")
    begin = told.index(f"CREATE FUNCTION {function}(")
    end = told.index("END $$;", begin) + len("END $$;")
    body = told[begin:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
    op.get_bind().connection.driver_connection.execute(body)
