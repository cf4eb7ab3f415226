"""What somebody who may do anything in the database could do to the past, at random.

Each alteration is given a source of chance and a connection past every trigger; it changes at
least one row and says what it did. What is not among them cannot be found, and docs/ledger.md says
so: columns that tell no money (when an account was opened), and the newest transfers, together
with the rows that decided them, until the next seal.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from random import Random
from uuid import UUID

from sqlalchemy import Connection, text

from app.kernel.audit.written import code, text_of
from app.kernel.signing import Signer
from app.points.ledger.seals import TRANSFERS

Alteration = Callable[[Random, Connection], str]
ALTERATIONS: list[Alteration] = []

# What the columns may be changed to; "{c}" is the column, "{n}" a number, "{id}" some uuid.
ANOTHER_NUMBER = "{c} + {n}"
ANOTHER_ID = "'{id}'"
ANOTHER_HASH = "sha256({c} || '{n}')"
ANOTHER_TEXT = "{c} || '{n}'"
COLUMNS = {
    "ledger.transfers": {
        "county_id": "{c} + 1",
        "id": ANOTHER_ID,
        "kind": "CASE {c} WHEN 'award' THEN 'redemption' ELSE 'award' END",
        "reference": ANOTHER_TEXT,
        "debit": ANOTHER_NUMBER,
        "credit": ANOTHER_NUMBER,
        "amount": ANOTHER_NUMBER,
        "hold_id": ANOTHER_ID,
        "debit_entry": ANOTHER_NUMBER,
        "debit_after": ANOTHER_NUMBER,
        "debit_head": ANOTHER_HASH,
        "credit_entry": ANOTHER_NUMBER,
        "credit_after": ANOTHER_NUMBER,
        "credit_head": ANOTHER_HASH,
    },
    "ledger.balances": {
        "posted": ANOTHER_NUMBER,
        "held": ANOTHER_NUMBER,
        "entries": ANOTHER_NUMBER,
        "head": ANOTHER_HASH,
        "account_id": ANOTHER_NUMBER,
    },
    "ledger.accounts": {
        "id": ANOTHER_NUMBER,
        "kind": "CASE {c} WHEN 'shop' THEN 'recycler' ELSE 'shop' END",
        "owner": ANOTHER_ID,
    },
    "ledger.holds": {
        "id": ANOTHER_ID,
        "kind": "'payout'",
        "reference": ANOTHER_TEXT,
        "debit": ANOTHER_NUMBER,
        "credit": ANOTHER_NUMBER,
        "amount": ANOTHER_NUMBER,
    },
    "ledger.hold_resolutions": {
        "hold_id": ANOTHER_ID,
        "reference": ANOTHER_TEXT,
        "settled": ANOTHER_NUMBER,
    },
    "ledger.seals": {
        "number": ANOTHER_NUMBER,
        "commits_from": "{c} + 1",
        "commits_before": "{c} - 1",
        "transfers": ANOTHER_NUMBER,
        "root": ANOTHER_HASH,
        "previous": ANOTHER_HASH,
        "sealed_at": "{c} + interval '{n} seconds'",
        "key_id": ANOTHER_TEXT,
        "signature": "sha256(signature) || sha256('{n}')",
    },
    "awards": {
        "household_id": ANOTHER_ID,
        "village_id": ANOTHER_ID,
        "source": "CASE {c} WHEN 'checked' THEN 'inspection' ELSE 'checked' END",
        "rule": "CASE {c} WHEN 'checked.grade_a' THEN 'checked.grade_b'"
        " WHEN 'inspection.points' THEN 'self_check.points' ELSE 'inspection.points' END",
        "policy_version": ANOTHER_NUMBER,
        "evidence_id": ANOTHER_ID,
        "points": ANOTHER_NUMBER,
        "transfer_id": ANOTHER_ID,
    },
    "redemptions": {
        "id": ANOTHER_ID,
        "household_id": ANOTHER_ID,
        "shop_id": ANOTHER_ID,
        "pay_code_id": ANOTHER_ID,
        "points": ANOTHER_NUMBER,
    },
    "cash_outs": {
        "id": ANOTHER_ID,
        "shop_id": ANOTHER_ID,
        "amount_fen": ANOTHER_NUMBER,
        "hold_id": ANOTHER_ID,
        "state": "CASE {c} WHEN 'settled' THEN 'rejected' ELSE 'settled' END",
    },
    "allotments": {
        "village_id": ANOTHER_ID,
        "amount_fen": ANOTHER_NUMBER,
        "state": "'declined'",
    },
    "subsidies": {
        "reference": ANOTHER_TEXT,
        "campaign_id": ANOTHER_ID,
        "funder_id": ANOTHER_ID,
        "household_id": ANOTHER_ID,
        "shop_id": ANOTHER_ID,
        "market_price_fen": "{c} + 2 * {n}",
        "points": ANOTHER_NUMBER,
        "subsidy_fen": ANOTHER_NUMBER,
        "given_back_fen": "subsidy_fen - {c}",
        "paid_on": "{c} + {n}",
    },
    "campaigns": {
        "funder_id": ANOTHER_ID,
        "percent": "{c} - 30",
        "first_on": "{c} + 1",
        "last_on": "{c} - 1",
        "weekdays": "ARRAY[7]",
        "region_id": ANOTHER_ID,
        "day_limit_fen": "1",
        "state": "'declined'",
        "decided_by": "made_by",
    },
    "subsidy_fundings": {
        "funder_id": ANOTHER_ID,
        "direction": "'reclaim'",
        "amount_fen": ANOTHER_NUMBER,
        "state": "'declined'",
        "decided_by": "proposed_by",
    },
    "statement_entries": {
        "amount_fen": ANOTHER_NUMBER,
        "entry_class": "CASE {c} WHEN 'funding' THEN 'bank_only' ELSE 'funding' END",
    },
    "checks": {
        "household_id": ANOTHER_ID,
        "grade": "CASE {c} WHEN 'a' THEN 'c' ELSE 'a' END",
        "state": "CASE {c} WHEN 'counted' THEN 'held' ELSE 'counted' END",
    },
    "self_checks": {"household_id": ANOTHER_ID, "state": "'waiting'"},
    "reviews": {"self_check_id": ANOTHER_ID},
}
DELETABLE = [
    *("ledger.transfers", "ledger.balances", "ledger.accounts", "ledger.holds"),
    *("ledger.hold_resolutions", "awards", "redemptions", "cash_outs", "allotments"),
    *("subsidies", "campaigns", "subsidy_fundings", "pay_codes"),
    *("statement_entries", "checks", "self_checks", "reviews", "policies", "bank_statements"),
]
# A second row like one that is there, under another key.
DUPLICATED = {
    "ledger.transfers": "id",
    "ledger.holds": "id",
    "ledger.hold_resolutions": "hold_id",
    "awards": "id",
    "redemptions": "id",
    "cash_outs": "id",
    "allotments": "id",
    "subsidies": "id",
    "subsidy_fundings": "id",
    "statement_entries": "id",
}


def alteration(alter: Alteration) -> Alteration:
    ALTERATIONS.append(alter)
    return alter


@alteration
def change_a_column(chance: Random, connection: Connection) -> str:
    table = chance.choice(list(COLUMNS))
    column = chance.choice(list(COLUMNS[table]))
    to = COLUMNS[table][column].format(c=column, n=chance.randint(1, 50), id=_uuid7(chance))
    row = _row(chance, connection, table)
    _execute(connection, f"UPDATE {table} SET {column} = {to} WHERE ctid = '{row}'")
    return f"{table}.{column} = {to}"


@alteration
def remove_a_row(chance: Random, connection: Connection) -> str:
    table = chance.choice(DELETABLE)
    row = _row(chance, connection, table)
    _execute(connection, f"DELETE FROM {table} WHERE ctid = '{row}'")
    return f"a row of {table} deleted"


@alteration
def add_a_row(chance: Random, connection: Connection) -> str:
    table = chance.choice(list(DUPLICATED))
    row = _row(chance, connection, table)
    key = json.dumps({DUPLICATED[table]: str(_uuid7(chance))})
    # Indexes are not in the way of somebody who may drop them.
    _execute(connection, "DROP INDEX IF EXISTS uq_awards_evidence, uq_awards_ordinal")
    _execute(connection, "DROP INDEX IF EXISTS uq_statement_entries_cash_out")
    for constraint in _unique_constraints(connection, table):
        _execute(connection, f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    _execute(
        connection,
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, '{key}')).* FROM {table} t"
        f" WHERE ctid = '{row}'",
    )
    return f"a row of {table} doubled"


@alteration
def swap_two_accounts(chance: Random, connection: Connection) -> str:
    """The points of one household become those of another."""
    one, other = connection.execute(
        text("SELECT id, owner FROM ledger.accounts WHERE kind = 'household' ORDER BY id")
    ).all()
    _execute(connection, "ALTER TABLE ledger.accounts DROP CONSTRAINT one_account_each")
    for account, owner in ((one.id, other.owner), (other.id, one.owner)):
        _execute(connection, f"UPDATE ledger.accounts SET owner = '{owner}' WHERE id = {account}")
    return "two households' accounts swapped"


@alteration
def lengthen_the_life_of_points(chance: Random, connection: Connection) -> str:
    days = chance.randint(1, 400)
    _execute(
        connection,
        f"UPDATE ledger.accounts SET expires_on = expires_on + {days} WHERE kind = 'household'",
    )
    return f"points live {days} days longer"


@alteration
def swap_the_sides(chance: Random, connection: Connection) -> str:
    row = _row(chance, connection, "ledger.transfers")
    _execute(
        connection,
        f"UPDATE ledger.transfers SET debit = credit, credit = debit WHERE ctid = '{row}'",
    )
    return "a transfer goes the other way"


@alteration
def shift_between_balances(chance: Random, connection: Connection) -> str:
    """The sum stays zero."""
    amount = chance.randint(1, 5)
    accounts = connection.scalars(text("SELECT account_id FROM ledger.balances")).all()
    one, other = chance.sample(accounts, 2)
    for account, by in ((one, amount), (other, -amount)):
        _execute(
            connection,
            f"UPDATE ledger.balances SET posted = posted + {by}, may_go_negative = true"
            f" WHERE account_id = {account}",
        )
    return f"{amount} shifted between balances"


@alteration
def move_in_time(chance: Random, connection: Connection) -> str:
    row = _row(chance, connection, "ledger.transfers", "xact < " + _fence(connection))
    seconds = chance.randint(1, 10**6)
    _execute(
        connection,
        f"UPDATE ledger.transfers SET posted_at = posted_at + interval '{seconds} seconds'"
        f" WHERE ctid = '{row}'",
    )
    return "a sealed transfer posted at another time"


@alteration
def slip_out_of_a_seal(chance: Random, connection: Connection) -> str:
    fence = _fence(connection)
    row = _row(chance, connection, "ledger.transfers", f"xact < {fence}")
    _execute(connection, f"UPDATE ledger.transfers SET xact = {fence} WHERE ctid = '{row}'")
    return "a sealed transfer moved behind the fence"


@alteration
def slip_under_a_seal(chance: Random, connection: Connection) -> str:
    fence = _fence(connection)
    row = _row(chance, connection, "ledger.transfers", f"xact >= {fence}")
    _execute(connection, f"UPDATE ledger.transfers SET xact = '1' WHERE ctid = '{row}'")
    return "a new transfer moved under an old seal"


@alteration
def flee_into_the_future(chance: Random, connection: Connection) -> str:
    row = _row(chance, connection, "ledger.transfers", "xact >= " + _fence(connection))
    later = 2**40 + chance.randint(1, 1000)
    _execute(connection, f"UPDATE ledger.transfers SET xact = '{later}' WHERE ctid = '{row}'")
    return "a new transfer that no seal would ever reach"


@alteration
def forge_a_seal(chance: Random, connection: Connection) -> str:
    """Signed by another key, under its own name or under ours, or without a change."""
    forger = Signer(seed="Zm9yZ2VyJ3Mgb3duIGtleSwgMzIgYnl0ZXMgbG9uZyE=")
    seal = chance.choice(list(TRANSFERS.every(connection)))
    said = seal.statement
    named = chance.choice([forger.key_id, said.key_id])
    forged = type(said)(**{**vars(said), "key_id": named, "root": sha256(said.root).digest()})
    connection.execute(
        text(
            "UPDATE ledger.seals SET root = :root, key_id = :key_id, signature = :signature"
            " WHERE number = :number"
        ),
        {
            "root": forged.root,
            "key_id": named,
            "signature": forger.sign(forged.text().encode()),
            "number": said.number,
        },
    )
    return f"seal {said.number} forged under the key {named}"


@alteration
def remove_an_older_seal(chance: Random, connection: Connection) -> str:
    _execute(connection, "DELETE FROM ledger.seals WHERE number = 1")
    return "the first seal deleted"


@alteration
def take_back_money_of_the_bank(chance: Random, connection: Connection) -> str:
    fen = chance.randint(1, 100)
    _execute(connection, f"UPDATE bank_statements SET closing_fen = closing_fen - {fen}")
    return f"the bank's statements show {fen} fen less"


@alteration
def put_another_name_to_a_decision(chance: Random, connection: Connection) -> str:
    """Somebody else has proposed it, or agreed to it: whoever is wanted."""
    table, column = chance.choice(
        [
            ("allotments", "proposed_by"),
            ("allotments", "decided_by"),
            ("campaigns", "made_by"),
            ("campaigns", "decided_by"),
            ("cash_outs", "asked_by"),
            ("subsidy_fundings", "proposed_by"),
            ("subsidy_fundings", "decided_by"),
            ("reversals", "decided_by"),
        ]
    )
    row = _row(chance, connection, table, f"{column} IS NOT NULL")
    others = (
        f"SELECT u.id FROM users u, {table} r WHERE r.ctid = '{row}' AND u.id <> r.{column}"
        " ORDER BY u.id"
    )
    other = chance.choice(connection.scalars(text(others)).all())
    _execute(connection, f"UPDATE {table} SET {column} = '{other}' WHERE ctid = '{row}'")
    return f"{table}.{column} is somebody else"


@alteration
def put_another_name_into_the_trace(chance: Random, connection: Connection) -> str:
    action = "action IN ('settlement.allotment_approved', 'campaigns.approved', 'settlement.ask')"
    row = _row(chance, connection, "audit_events", action)
    lie = chance.choice(
        [
            f"UPDATE audit_events SET actor_id = '{_uuid7(chance)}' WHERE ctid = '{row}'",
            f"UPDATE audit_events SET at = at - interval '1 hour' WHERE ctid = '{row}'",
            f"UPDATE audit_events SET subject_id = '{_uuid7(chance)}' WHERE ctid = '{row}'",
            f"DELETE FROM audit_events WHERE ctid = '{row}'",
        ]
    )
    _execute(connection, lie)
    return lie


# Rows that no sum is made of: only the trace knows how they came to be.
KNOWN_BY_THE_TRACE = {
    "role_grants": {
        "role": "CASE {c} WHEN 'finance' THEN 'county_admin' ELSE 'finance' END",
        "place_id": ANOTHER_ID,
        "granted_at": "{c} - interval '{n} days'",
        "granted_by": "(SELECT id FROM users ORDER BY id DESC LIMIT 1)",
        "revoked_at": "granted_at + interval '{n} days'",
    },
    "merchants": {
        "payee_name": ANOTHER_TEXT,
        "payee_bank": ANOTHER_TEXT,
        "payee_account_sealed": "{c} || '\\x{n:02d}'",
        "payee_entered_by": "(SELECT id FROM users ORDER BY id DESC LIMIT 1)",
    },
    "bank_statements": {
        "imported_by": "(SELECT id FROM users ORDER BY id DESC LIMIT 1)",
        "imported_at": "{c} - interval '{n} days'",
        "opening_fen": ANOTHER_NUMBER,
        "file_digest": ANOTHER_HASH,
        "on_day": "{c} + 1",
    },
    "county_settings": {
        "content": "{c} || '{{\"day_points\": {n}}}'",
        "set_by": "(SELECT id FROM users ORDER BY id DESC LIMIT 1)",
        "set_at": "{c} - interval '{n} days'",
        "version": ANOTHER_NUMBER,
    },
    "proposal_approvals": {
        "approved_by": "(SELECT id FROM users ORDER BY id DESC LIMIT 1)",
        "approved_at": "{c} - interval '{n} days'",
        "digest": ANOTHER_TEXT,
    },
    "proposals": {
        "proposed_by": "(SELECT id FROM users ORDER BY id DESC LIMIT 1)",
        "decided_at": "{c} - interval '{n} days'",
        "done_at": "{c} - interval '{n} days'",
    },
}
INVENTED = {
    "role_grants": {"role": "finance"},
    "county_settings": {"version": 99},
    "bank_statements": {},
    "proposal_approvals": {"needed_index": 7},
}


@alteration
def alter_what_only_the_trace_knows(chance: Random, connection: Connection) -> str:
    table = chance.choice(list(KNOWN_BY_THE_TRACE))
    column = chance.choice(list(KNOWN_BY_THE_TRACE[table]))
    to = KNOWN_BY_THE_TRACE[table][column]
    n, other = chance.randint(1, 50), _uuid7(chance)
    changes = to.format(c=column, n=n, id=other)
    row = _row(chance, connection, table, f"{column} IS DISTINCT FROM {changes}")
    _execute(connection, f"UPDATE {table} SET {column} = {changes} WHERE ctid = '{row}'")
    return f"{table}.{column} = {changes}"


@alteration
def delete_what_only_the_trace_knows(chance: Random, connection: Connection) -> str:
    table = chance.choice(list(INVENTED))
    row = _row(chance, connection, table)
    _execute(connection, f"DELETE FROM {table} WHERE ctid = '{row}'")
    return f"a row of {table} deleted"


@alteration
def invent_what_the_trace_does_not_know(chance: Random, connection: Connection) -> str:
    table = chance.choice(list(INVENTED))
    row = _row(chance, connection, table)
    key = json.dumps({"id": str(_uuid7(chance)), **INVENTED[table]})
    for constraint in _unique_constraints(connection, table):
        _execute(connection, f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    _execute(
        connection,
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, '{key}')).* FROM {table} t"
        f" WHERE ctid = '{row}'",
    )
    return f"a row of {table} invented"


EVENT = {
    "county_id": "{c} + 1",
    "id": ANOTHER_ID,
    "at": "{c} + interval '{n} microseconds'",
    "actor_id": ANOTHER_ID,
    "acted_as": "ARRAY['auditor', '{n}']",
    "action": "{c} || '{n}'",
    "subject_kind": "{c} || '{n}'",
    "subject_id": "{c} || '{n}'",
    "household_id": ANOTHER_ID,
    "reason": "coalesce({c}, '') || '{n}'",
    "channel": "CASE {c} WHEN 'job' THEN 'request' ELSE 'job' END",
    "request_id": "coalesce({c}, '') || '{n}'",
    "details": "{c} || '{{\"points\": {n}}}'",
    "mac": "sha256('{n}')",
}
OF_A_SEALED_EVENT = {
    "xact": "{c} + 1",
    "written_at": "{c} + interval '{n} microseconds'",
    "mac": "NULL",
}
SEALS_OF_THE_TRACE = {
    "number": ANOTHER_NUMBER,
    "commits_from": "{c} + 1",
    "commits_before": "{c} - 1",
    "events": ANOTHER_NUMBER,
    "root": ANOTHER_HASH,
    "previous": ANOTHER_HASH,
    "sealed_at": "{c} + interval '{n} seconds'",
    "key_id": ANOTHER_TEXT,
    "signature": "sha256(signature) || sha256('{n}')",
}


@alteration
def alter_the_trace(chance: Random, connection: Connection) -> str:
    """Any event: sealed, or of the last minutes."""
    column = chance.choice(list(EVENT))
    row = _row(chance, connection, "audit_events")
    return _set(chance, connection, "audit_events", column, EVENT[column], row)


@alteration
def alter_what_the_database_said_of_a_deed(chance: Random, connection: Connection) -> str:
    column = chance.choice(list(OF_A_SEALED_EVENT))
    row = _row(chance, connection, "audit_events", f"xact < {_end_of_the_trace(connection)}")
    return _set(chance, connection, "audit_events", column, OF_A_SEALED_EVENT[column], row)


@alteration
def delete_from_the_trace(chance: Random, connection: Connection) -> str:
    row = _row(chance, connection, "audit_events", f"xact < {_end_of_the_trace(connection)}")
    _execute(connection, f"DELETE FROM audit_events WHERE ctid = '{row}'")
    return "a sealed event deleted"


@alteration
def add_to_the_trace(chance: Random, connection: Connection) -> str:
    """Below the fence, with a true code: as whoever has the key, and the database, could."""
    row = _row(chance, connection, "audit_events")
    identifier = _uuid7(chance)
    under = chance.randrange(_end_of_the_trace(connection))
    columns = (
        "SELECT (jsonb_populate_record(e, jsonb_build_object('id', CAST(:id AS text),"
        f" 'xact', CAST(:xact AS bigint)))).* FROM audit_events e WHERE ctid = '{row}'"
    )
    values = {"id": str(identifier), "xact": under}
    event = connection.execute(text(columns), values).one()._asdict()
    connection.execute(
        text(f"INSERT INTO audit_events {columns}"),
        values,
    )
    connection.execute(
        text("UPDATE audit_events SET mac = :mac WHERE id = :id"),
        {"mac": code(text_of(event)), "id": identifier},
    )
    return f"an event added at {under}"


@alteration
def flee_from_the_trace_into_the_future(chance: Random, connection: Connection) -> str:
    row = _row(chance, connection, "audit_events", f"xact >= {_end_of_the_trace(connection)}")
    later = 2**40 + chance.randint(1, 1000)
    _execute(connection, f"UPDATE audit_events SET xact = {later} WHERE ctid = '{row}'")
    return "a new event that no seal would ever reach"


@alteration
def alter_a_seal_of_the_trace(chance: Random, connection: Connection) -> str:
    column = chance.choice(list(SEALS_OF_THE_TRACE))
    row = _row(chance, connection, "audit_seals")
    return _set(chance, connection, "audit_seals", column, SEALS_OF_THE_TRACE[column], row)


@alteration
def swap_two_seals_of_the_trace(chance: Random, connection: Connection) -> str:
    _execute(
        connection,
        "UPDATE audit_seals s SET root = o.root, signature = o.signature FROM audit_seals o"
        " WHERE o.county_id = s.county_id AND o.number <> s.number AND s.number IN (1, 2)"
        " AND o.number IN (1, 2)",
    )
    return "two seals of the trace swapped"


def _set(chance: Random, connection: Connection, table: str, column: str, to: str, row: str) -> str:
    to = to.format(c=column, n=chance.randint(1, 50), id=_uuid7(chance))
    _execute(connection, f"UPDATE {table} SET {column} = {to} WHERE ctid = '{row}'")
    return f"{table}.{column} = {to}"


def _end_of_the_trace(connection: Connection) -> int:
    return connection.scalar(text("SELECT max(commits_before) FROM audit_seals"))


@alteration
def take_a_protection_away(chance: Random, connection: Connection) -> str:
    lie = chance.choice(
        [
            "ALTER TABLE ledger.transfers DISABLE TRIGGER never_changed",
            "ALTER TABLE cash_outs DISABLE TRIGGER ALL",
            "ALTER TABLE redemptions DROP CONSTRAINT ck_redemptions_points_positive",
            "GRANT INSERT ON ledger.transfers TO fen_app",
            "GRANT UPDATE (rules) ON policies TO PUBLIC",
            "GRANT INSERT ON audit_events TO fen_app",
            "ALTER TABLE audit_events DISABLE TRIGGER never_changed",
            "ALTER ROLE fen_app SUPERUSER",
            "INSERT INTO ledger.flows VALUES ('award', 'custody', 'household')",
            "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN old; END'",
        ]
    )
    _execute(connection, lie)
    return lie


@alteration
def rewrite_history(chance: Random, connection: Connection) -> str:
    """Change a sealed payment, its redemption, and every hash and balance after it.

    Without the seals nothing could tell.
    """
    payment = chance.choice(
        connection.execute(
            text(
                "SELECT id, reference, amount FROM ledger.transfers t"
                f" WHERE kind = 'redemption' AND xact < {_fence(connection)}"
                " AND NOT EXISTS (SELECT FROM subsidies s WHERE s.reference = t.reference)"
            )
        ).all()
    )
    amount = payment.amount + chance.choice([-3, -2, -1])
    _execute(connection, f"UPDATE ledger.transfers SET amount = {amount} WHERE id = '{payment.id}'")
    redemption = payment.reference.removeprefix("redemption:")
    _execute(connection, f"UPDATE redemptions SET points = {amount} WHERE id = '{redemption}'")
    rehash(connection)
    return f"history rewritten from a payment of {payment.amount} that became {amount}"


def rehash(connection: Connection) -> None:
    """Make every chain and balance follow from the transfers as they are now."""
    accounts = connection.execute(text("SELECT county_id, id FROM ledger.accounts")).all()
    for county_id, account in accounts:
        head = sha256(county_id.to_bytes(4, "big") + account.to_bytes(8, "big")).digest()
        posted = 0
        entries = connection.execute(
            text(
                "SELECT id, kind, reference, debit, credit, amount FROM ledger.transfers"
                " WHERE :account IN (debit, credit)"
                " ORDER BY CASE debit WHEN :account THEN debit_entry ELSE credit_entry END"
            ),
            {"account": account},
        ).all()
        for entry in entries:
            side = "debit" if entry.debit == account else "credit"
            posted += entry.amount if side == "credit" else -entry.amount
            numbers = (entry.debit, entry.credit, entry.amount)
            step = b"".join(number.to_bytes(8, "big") for number in numbers)
            words = f"{entry.kind} {entry.reference}".encode()
            head = sha256(head + entry.id.bytes + step + words).digest()
            connection.execute(
                text(
                    f"UPDATE ledger.transfers SET {side}_after = :posted, {side}_head = :head"
                    " WHERE id = :id"
                ),
                {"posted": posted, "head": head, "id": entry.id},
            )
        connection.execute(
            text(
                "UPDATE ledger.balances SET posted = :posted, head = :head"
                " WHERE account_id = :account"
            ),
            {"posted": posted, "head": head, "account": account},
        )


def _row(chance: Random, connection: Connection, table: str, where: str = "true") -> str:
    """The place of some row. A partitioned table is narrowed to the partition that has rows."""
    rows = connection.scalars(text(f"SELECT ctid::text FROM {table} WHERE {where}")).all()
    return chance.choice(sorted(rows))


def _fence(connection: Connection) -> str:
    fence = connection.scalar(text("SELECT max(commits_before) FROM ledger.seals"))
    return f"'{fence}'::xid8"


def _unique_constraints(connection: Connection, table: str) -> list[str]:
    found = text(
        "SELECT conname FROM pg_constraint"
        " WHERE conrelid = CAST(:table AS regclass) AND contype = 'u'"
    )
    return list(connection.scalars(found, {"table": table}))


def _uuid7(chance: Random) -> UUID:
    """An id of June 2026, so that a partition takes it."""
    milliseconds = 1_780_300_000_000 + chance.randrange(10**6)
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | chance.getrandbits(60))


def _execute(connection: Connection, statement: str) -> None:
    result = connection.exec_driver_sql(statement)
    if statement.startswith(("UPDATE", "DELETE", "INSERT")):
        assert result.rowcount > 0, f"nothing was altered: {statement}"
