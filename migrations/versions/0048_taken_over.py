"""The trace takes over what is there: grants, choices, statements, payees and who agreed.

From here on the nightly proof compares these rows with the trace; of before, not every row has its
event just so. The events lie, with all of before, under the first seal of their county.
"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

ROWS = {
    "role_grant": """
        SELECT u.county_id, g.user_id::text, jsonb_build_object(
                   'by', g.granted_by, 'at', pg_temp.instant(g.granted_at),
                   'role', g.role, 'place_id', g.place_id)
          FROM role_grants g JOIN users u ON u.id = g.user_id
    """,
    "end_of_role_grant": """
        SELECT u.county_id, g.user_id::text, jsonb_build_object(
                   'at', pg_temp.instant(g.revoked_at),
                   'role', g.role, 'place_id', g.place_id)
          FROM role_grants g JOIN users u ON u.id = g.user_id WHERE g.revoked_at IS NOT NULL
    """,
    "settings": """
        SELECT county_id, county_id::text, jsonb_build_object(
                   'name', name, 'version', version, 'by', set_by,
                   'at', pg_temp.instant(set_at), 'content', content)
          FROM county_settings
    """,
    "approval": """
        SELECT county_id, proposal_id::text, jsonb_build_object(
                   'by', approved_by, 'digest', digest,
                   'at', pg_temp.instant(approved_at))
          FROM proposal_approvals
    """,
    "done_proposal": """
        SELECT county_id, id::text, jsonb_build_object(
                   'at', pg_temp.instant(done_at), 'kind', kind)
          FROM proposals WHERE done_at IS NOT NULL
    """,
    "bank_statement": """
        SELECT county_id, id::text, jsonb_build_object(
                   'by', imported_by, 'at', pg_temp.instant(imported_at),
                   'on', on_day, 'opening_fen', opening_fen, 'closing_fen', closing_fen,
                   'sha256', encode(file_digest, 'hex'))
          FROM bank_statements
    """,
    "confirmed_statement": """
        SELECT county_id, id::text,
               jsonb_build_object('by', decided_by, 'sha256', encode(file_digest, 'hex'))
          FROM bank_statements WHERE decided_by IS NOT NULL
    """,
    "merchant": """
        SELECT county_id, id::text, jsonb_build_object('payee', encode(sha256(
                   payee_account_sealed || convert_to(
                       concat_ws('|', '', payee_name, payee_bank, payee_entered_by,
                                 coalesce(payee_verified_by::text, '')), 'UTF8')), 'hex'))
          FROM merchants
    """,
}


INSTANT = """
    CREATE FUNCTION pg_temp.instant(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS
    'SELECT CAST(extract(epoch FROM at) * 1000000 AS bigint)'
"""
# An id that begins with the time, as all have.
ID = """
    CAST(lpad(to_hex(CAST(extract(epoch FROM now()) * 1000 AS bigint)), 12, '0') || '7'
         || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15) AS uuid)
"""


def upgrade() -> None:
    op.execute(INSTANT)
    for kind, rows in ROWS.items():
        op.execute(
            "INSERT INTO audit_events"  # noqa: S608 - constants
            " (county_id, id, at, action, subject_kind, subject_id, details, xact)"
            f" SELECT county_id, {ID}, now(), 'trace.take_over', '{kind}', subject_id,"
            f" facts, 0 FROM ({rows}) AS found (county_id, subject_id, facts)"
        )


def downgrade() -> None:
    """What was taken over stays on the trace: nothing of it is ever removed."""
