"""The role that ends what is kept no longer: these columns and rows, and nothing else.

What a domain keeps, and until when, is said in its ``retention.py``; ``flask retention rights``
prints what the role needs for it.
"""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

MAY_EMPTY = {
    "appeals": "answer, sentence",
    "bank_batches": "file_sealed",
    "bank_orders": "payee_sealed",
    "cash_outs": "payee_account_sealed, payee_account_tail, payee_bank, payee_name",
    "check_conflicts": "note",
    "checks": "latitude, longitude",
    "idempotent_answers": "body",
    "merchant_applications": (
        "contact_phone_sealed, payee_account_sealed, payee_account_tail, payee_bank, payee_name"
    ),
    "orders": "code_digest, received_by",
    "photo_measures": "latitude, longitude",
    "proxies": "name, phone_index, phone_sealed",
    "reviews": "note",
    "risk_flags": "note",
    "seen_deeds": "note",
    "self_checks": "findings",
    "statement_entries": "counterparty_name, purpose",
    "visits": "reassigned_because",
    "voucher_claims": "note, reason",
    "voucher_codes": "sealed",
}
MAY_REMOVE = (
    "binding_codes",
    "care_entries",
    "content_checks",
    "cool_offs",
    "cooled_payments",
    "household_day_marks",
    "household_days",
    "household_relations",
    "idempotent_answers",
    "notices",
    "pending_payments",
    "sessions",
    "visit_notes",
)
# Where a household sorted anew is counted anew; that a place is kept no longer is no such news.
MARKED = {"checks": "at", "self_checks": "submitted_at"}


def upgrade() -> None:
    op.execute("GRANT USAGE ON SCHEMA public TO fen_keeper")
    op.execute(f"GRANT SELECT ON {', '.join({*MAY_EMPTY, *MAY_REMOVE})} TO fen_keeper")
    for table, columns in MAY_EMPTY.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO fen_keeper")
    op.execute(f"GRANT DELETE ON {', '.join(MAY_REMOVE)} TO fen_keeper")
    _mark_unless("WHEN (current_user <> 'fen_keeper')")


def downgrade() -> None:
    _mark_unless("")
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM fen_keeper")
    op.execute("REVOKE USAGE ON SCHEMA public FROM fen_keeper")


def _mark_unless(condition: str) -> None:
    for table, column in MARKED.items():
        op.execute(f"DROP TRIGGER household_day_is_marked ON {table}")
        op.execute(
            f"CREATE TRIGGER household_day_is_marked AFTER INSERT OR UPDATE ON {table}"
            f" FOR EACH ROW {condition} EXECUTE FUNCTION mark_household_day('{column}')"
        )
