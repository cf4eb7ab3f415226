"""Rows that no sum is made of are compared with the trace: an altered, removed or invented one."""

from sqlalchemy import text

LIES = [
    (
        "INSERT INTO role_grants (id, user_id, role, place_id, granted_at)"
        " SELECT gen_random_uuid(), user_id, 'finance', place_id, granted_at FROM role_grants"
        " WHERE role = 'reviewer'",
        {"a_grant_is_on_the_trace"},
    ),
    (
        "UPDATE role_grants SET role = 'county_admin' WHERE role = 'reviewer'",
        {"a_grant_is_on_the_trace"},
    ),
    ("DELETE FROM role_grants WHERE role = 'reviewer'", {"a_grant_is_on_the_trace"}),
    (
        "UPDATE role_grants SET revoked_at = granted_at WHERE role = 'reviewer'",
        {"the_end_of_a_grant_is_on_the_trace"},
    ),
    (
        "UPDATE merchants SET payee_account_sealed = payee_account_sealed || '\\x00'",
        {"a_payee_is_as_the_trace_knows_it"},
    ),
    (
        "UPDATE bank_statements SET imported_at = imported_at - interval '1 minute'",
        {"a_statement_is_on_the_trace"},
    ),
    (
        "UPDATE county_settings SET content = content || '{\"auto_release_limit_fen\": 99999}'"
        " WHERE version = 1",
        {"a_version_of_settings_is_on_the_trace"},
    ),
    (
        "INSERT INTO county_settings (county_id, name, version, content, set_at)"
        " SELECT county_id, name, 99, content, set_at FROM county_settings LIMIT 1",
        {"a_version_of_settings_is_on_the_trace"},
    ),
    (
        "UPDATE proposal_approvals SET approved_at = approved_at - interval '1 minute'"
        " WHERE needed_index = 0",
        {"an_approval_is_on_the_trace"},
    ),
    (
        "UPDATE proposals SET done_at = done_at - interval '1 minute'",
        {"what_was_done_of_a_proposal_is_on_the_trace"},
    ),
]


def test_what_somebody_wrote_past_the_product_is_found(altered, story):
    def telling(lie):
        def tell(connection):
            assert connection.execute(text(lie)).rowcount > 0, lie

        return tell

    assert [(lie, altered(telling(lie))) for lie, _ in LIES] == LIES


def test_what_was_there_before_the_upgrade_is_taken_over_as_it_was(altered, story):
    """As migration 0048 writes it, of a grant whose event an older release wrote otherwise."""
    grant = "FROM role_grants g JOIN users u ON u.id = g.user_id WHERE g.role = 'reviewer'"

    def older(connection):
        connection.execute(
            text(
                "INSERT INTO audit_events"
                " (county_id, id, at, action, subject_kind, subject_id, details, xact)"
                " SELECT u.county_id, gen_random_uuid(), now(), 'trace.take_over', 'role_grant',"
                " u.id::text, jsonb_build_object('by', g.granted_by, 'at', CAST(extract(epoch FROM"
                " g.granted_at - interval '1 day') * 1000000 AS bigint), 'role', g.role,"
                f" 'place_id', g.place_id), 0 {grant}"
            )
        )
        connection.execute(
            text(
                "UPDATE role_grants SET granted_at = granted_at - interval '1 day'"
                " WHERE role = 'reviewer'"
            )
        )

    # Only the seals and the row of the newer event are against it: the grant itself is known.
    assert altered(older) == {"seals_are_true_of_the_trace", "a_grant_is_on_the_trace"}
