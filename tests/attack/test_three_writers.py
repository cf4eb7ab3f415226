"""Whoever holds the password of one of the database's roles, and nothing else."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel import clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from tests.given.factories import COUNTY
from tests.given.statements import file_of, line

# What each does that is another's: as the web's role, the jobs', the bank's channel's.
FUNDING = "SELECT ledger.post(:county, :new, :kind, 'statement_entry:1', {}, NULL, NULL, 100)"
INVENTED = {
    "funding": FUNDING.format("'custody', NULL, NULL, 'reserve'"),
    "payout": FUNDING.format("'payout_in_flight', NULL, NULL, 'custody'"),
}
MOVES_OF_ANOTHER = [
    ("fen_app", "UPDATE cash_outs SET state = 'rejected' WHERE id = :cash_out"),
    ("fen_app", "UPDATE cash_outs SET state = 'created' WHERE id = :cash_out"),
    ("fen_app", "UPDATE cash_outs SET bank_reference = '1', settled_at = now()"),
    ("fen_app", "SELECT ledger.settle(:county, :hold, :new, 'cash_out:1:released', 0)"),
    ("fen_app", "SELECT ledger.settle_points(:county, ARRAY[:hold], ARRAY[:new], 'x', 0)"),
    ("fen_app", "UPDATE statement_entries SET entry_class = 'funding'"),
    ("fen_app", "UPDATE statement_entries SET cash_out_id = :cash_out"),
    (
        "fen_app",
        "INSERT INTO bank_statements (county_id, id, on_day, opening_fen, closing_fen, line_count,"
        " file_digest, source, state, imported_at) VALUES (:county, :new, '2026-06-01', 0, 777777,"
        " 0, '\\x00', 'bank', 'confirmed', now())",
    ),
    ("fen_app", "SELECT ledger.freeze(:county, 'reserve', NULL, NULL, true)"),
    ("fen_app", "SELECT ledger.open_months('2027-01-01', 1)"),
    ("fen_worker", "UPDATE cash_outs SET state = 'rejected' WHERE id = :cash_out"),
    ("fen_worker", "UPDATE cash_outs SET decided_by = :person WHERE id = :cash_out"),
    ("fen_bank", "UPDATE cash_outs SET decided_by = :person WHERE id = :cash_out"),
    (
        "fen_worker",
        "INSERT INTO sessions (digest, user_id, created_at, expires_at)"
        " SELECT '\\x00', id, now(), now() FROM users LIMIT 1",
    ),
    ("fen_bank", "SELECT ledger.seal(:county, 1, 0, 1, 0, '\\x', '\\x', now(), 'k', '\\x')"),
]


@pytest.fixture
def waits(mall, counter):
    """A cash-out of 300 that the bank has, beside a line that nobody understands."""
    mall.takings(counter, 500)
    cash_out = mall.asked(counter, 300)
    mall.take_in(file_of(line(1, -900, purpose="手续费"), opening_fen=10_000))
    mall.go_on(cash_out)
    return cash_out


def test_no_role_does_what_is_anothers(app, given, waits, carrier):
    """And the bank's own role may, of each kind, so that it is the role which is refused."""
    person = given.user()
    more = {"county": COUNTY, "cash_out": waits.id, "hold": waits.hold_id, "person": person}
    with app.app_context():
        tried = [
            *(("fen_app", statement, {"kind": kind}) for kind, statement in INVENTED.items()),
            *(("fen_worker", statement, {"kind": kind}) for kind, statement in INVENTED.items()),
            *((role, statement, {}) for role, statement in MOVES_OF_ANOTHER),
        ]
        for role, statement, values in tried:
            refused = _as(role, statement, **more, **values)
            assert refused in {"42501", "LG005"}, (role, statement, refused)
        assert _as("fen_bank", INVENTED["funding"], **more, kind="funding") is None
        assert _as("fen_bank", MOVES_OF_ANOTHER[3][1], **more) is None


def test_nobody_becomes_another_role_than_was_granted_to_them(app):
    granted = text(
        "SELECT string_agg(roleid::regrole || ' to ' || member::regrole, ', '"
        " ORDER BY member::regrole::text) FROM pg_auth_members"
        " WHERE member::regrole::text IN ('fen_app', 'fen_worker', 'fen_bank')"
    )

    with app.app_context():
        assert db.session.scalar(granted) == "fen_app to fen_bank, fen_app to fen_worker"


def _as(role: str, statement: str, **values: object) -> str | None:
    """The code of what PostgreSQL refuses it by; none: it is done, and taken back."""
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    point = db.session.begin_nested()
    try:
        db.session.execute(text(f"SET LOCAL ROLE {role}"))
        new = {"new": uuid7(clock.now())} if ":new" in statement else {}
        db.session.execute(text(statement), {**used, **new})
    except DBAPIError as refused:
        return getattr(refused.orig, "sqlstate", None)
    finally:
        point.rollback()
    return None
