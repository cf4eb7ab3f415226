"""The application may write what it writes, and nothing else; what is decided stays decided.

Every table may be read and added to. Columns that move are named here; only what has an end may be
removed. A table that comes later gets the right to read by itself, all else in its migration.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MAY_CHANGE = {
    "allotments": "decided_at, decided_by, state",
    "appeals": "answer, decided_at, state",
    "awards": "paid_at, repaid, reversed_at, reversed_because, transfer_id",
    "bank_batches": "withdrawn_at",
    "bank_decisions": "decided_at, decided_by, state",
    "bank_orders": (
        "bank_reference, batch_id, decided_at, decided_by, doubted_at, doubted_by, doubted_in, "
        "is_made_anew, reason, state"
    ),
    "bank_result_files": "is_quarantined, problems",
    "bank_statements": "decided_at, decided_by, state",
    "bindings": "ended_at, user_id",
    "campaigns": "decided_at, decided_by, state, stopped_at, stopped_because, stopped_by",
    "cards": "block_reason, pin_hash, pin_salt, state, step, wrong_pins",
    "care_entries": "ended_at, ended_because, ended_by",
    "cash_outs": (
        "bank_reference, decided_at, decided_by, due_at, may_resend, reason, returned_at, "
        "sent_at, settled_at, state, tries"
    ),
    "check_conflicts": "note, outcome, resolved_at, resolved_by",
    "checks": "state",
    "content_checks": "answered_at, asked_at, county_id, label, photo_id, verdict",
    "counties": "turn",
    "custody_accounts": (
        "account_index, account_tail, proposed_index, proposed_tail, seen_at, typed_again_by, "
        "typed_by"
    ),
    "deposits": "decided_at, decided_by, state",
    "goods": (
        "barcode, buyer_region_ids, category_id, description, limit_count, limit_period, "
        "market_price_fen, name, own_number, points_price, search_text, settlement_price_fen, "
        "state, unit"
    ),
    "goods_categories": "turn",
    "household_days": (
        "approved, checks, checks_a, checks_b, judged, put_outs, self_checks, visits, visits_passed"
    ),
    "household_relations": "ended_at, ended_by",
    "households": "door_number, group_id, is_party_household, liaison_id, member_count",
    "idempotent_answers": "body, status",
    "members": "is_party_member, name, person_id, phone_index, phone_sealed",
    "merchant_applications": "decided_at, decided_by, merchant_id, reason, state",
    "merchants": (
        "payee_account_sealed, payee_account_tail, payee_bank, payee_changed_at, "
        "payee_entered_at, payee_entered_by, payee_name, payee_verified_at, payee_verified_by, "
        "state"
    ),
    "message_credits": "credits",
    "message_templates": "fields, template_id",
    "notices": "due_at, state, told_at, told_by, tries",
    "offers": "is_listed, on_sale_from, on_sale_until, reserved, sold, stock",
    "order_lines": "answer_until, refunded_count, state",
    "orders": "cancelled_by, code_digest, due_at, ended_at, reason, received_by, state",
    "pay_codes": "redemption_id, replaced_at, used_at",
    "pending_payments": "decided_at, redemption_id, state",
    "photo_uploads": "photo_id, sha256, upload_bytes, used_at",
    "photos": (
        "attempts, brightness, check_asked_at, check_overdue_since, check_tries, expired_at, "
        "fault, files_deleted_at, height, kept_until, original_deleted_at, screened_at, state, "
        "width"
    ),
    "policy_drafts": (
        "based_on, campaigns, decided_at, decided_by, edited_at, in_force_from, revision, rules, "
        "state, version"
    ),
    "promised_subsidies": "state",
    "proposals": (
        "decided_at, decided_by, done_at, effective_at, reason, state, stopped_at, stopped_by"
    ),
    "proxies": "ended_at, ended_by",
    "rate_watermarks": "counted_at",
    "recyclers": "turn",
    "redemptions": "state, void_reason, voided_at, voided_by",
    "regions": "turn",
    "reversals": "decided_at, decided_by, moved, owed, state",
    "reviews": (
        "judged_at, judged_by, leased_at, leased_by, leased_until, note, owed, reject_reason, "
        "round, taken, verdict, waiting_since"
    ),
    "risk_flags": "figures, judged_at, judged_by, note, seen_at, state",
    "role_grants": "revoked_at",
    "sales": (
        "answered_at, answered_by, bonus_decided_at, state, transfer_id, undone_at, undone_because"
    ),
    "self_checks": "findings, reject_reason, reviewed_at, reviewed_by, screened_at, state",
    "sessions": "expires_at",
    "shop_codes": "replaced_at",
    "shops": "address, is_open, kind, latitude, longitude",
    "statement_entries": "cash_out_id, entry_class, is_agreed, is_believed, tries",
    "subsidies": "given_back_fen",
    "subsidy_fundings": "decided_at, decided_by, state",
    "users": "is_blocked, name, person_id, phone_index, phone_sealed",
    "visits": "inspector_id, reassigned_at, reassigned_because, reassigned_by",
    "voucher_claims": "decided_at, decided_by, note, outcome, proposed_at, proposed_by, state",
    "voucher_codes": "state",
    "voucher_kinds": (
        "buyer_region_ids, last_on, low_mark, market_price_fen, month_limit, name, points_price, "
        "state, terms, value"
    ),
    "voucher_platforms": "turn",
    "voucher_purchases": "code_id, refunded_at, state, used_at",
    "wechat_accounts": "user_id",
}
MAY_REMOVE = (
    "binding_codes",
    "content_checks",
    "fingerprint_marks",
    "fingerprints",
    "goods_categories",
    "goods_photos",
    "household_day_marks",
    "household_days",
    "pay_codes",
    "photo_measures",
    "photo_uploads",
    "sessions",
    "shop_closed_days",
    "shop_hours",
)
# Rows of these are locked and never changed, and PostgreSQL locks only what may be changed: this
# column is there for the right to it.
TURNS = ("counties", "goods_categories", "recyclers", "regions", "voucher_platforms")

TABLES = """
    SELECT relname FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       AND relname <> 'alembic_version'
"""
DECIDED = """
    SELECT table_name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name IN ('decided_by', 'decided_at')
     GROUP BY table_name HAVING count(*) = 2
"""
REFUSE = """
    CREATE FUNCTION public.refuse_another_decision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (new.decided_by, new.decided_at) IS DISTINCT FROM (old.decided_by, old.decided_at) THEN
            RAISE EXCEPTION 'this row of % was decided', tg_table_name
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN new;
    END $$
"""


def upgrade() -> None:
    for table in TURNS:
        column = sa.Column("turn", sa.SmallInteger(), server_default="0", nullable=False)
        op.add_column(table, column)
    op.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
        "REVOKE INSERT, UPDATE, DELETE ON TABLES FROM fen_app"
    )
    for table in _names(TABLES):
        op.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM fen_app")
        op.execute(f"GRANT INSERT ON {table} TO fen_app")
    for table, columns in MAY_CHANGE.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO fen_app")
    for table in MAY_REMOVE:
        op.execute(f"GRANT DELETE ON {table} TO fen_app")
    op.execute(REFUSE)
    for table in _names(DECIDED):
        op.execute(
            f"CREATE TRIGGER decided_once BEFORE UPDATE ON {table} FOR EACH ROW "
            "WHEN (old.decided_at IS NOT NULL) EXECUTE FUNCTION refuse_another_decision()"
        )


def downgrade() -> None:
    op.execute("DROP FUNCTION public.refuse_another_decision CASCADE")
    for table in _names(TABLES):
        op.execute(f"GRANT INSERT, UPDATE, DELETE ON {table} TO fen_app")
    op.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
        "GRANT INSERT, UPDATE, DELETE ON TABLES TO fen_app"
    )
    for table in TURNS:
        op.drop_column(table, "turn")


def _names(query: str) -> list[str]:
    return sorted(op.get_bind().scalars(sa.text(query)))
