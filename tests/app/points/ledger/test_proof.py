"""The ledger's own proof finds what a superuser has altered."""

from datetime import date

import pytest
from sqlalchemy import create_engine, text

from app.kernel.db import db, transaction
from app.points import ledger
from tests.given.factories import COUNTY
from tests.given.ledger import SHOP
from tests.given.superuser import superuser_url


@pytest.fixture
def tamper(app):
    """Run statements as a superuser past all triggers, prove, and undo."""
    engine = create_engine(superuser_url(app.config["SETTINGS"]))

    def run(*statements):
        with engine.connect() as connection, connection.begin() as transaction_:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                assert connection.execute(text(statement)).rowcount > 0, "nothing was altered"
            findings = ledger.verify(connection).findings
            transaction_.rollback()
        return {finding.check for finding in findings}

    yield run
    engine.dispose()


def test_honest_books_hold_true(app, books):
    with app.app_context():
        proof = ledger.verify(db.session.connection())

    assert proof.findings == []
    assert (proof.transfers, proof.accounts, proof.holds) == (9, 7, 3)


CHAIN = "every_chain_recomputes"
SUM = "a_balance_is_the_sum_of_its_entries"
HOLDS = "held_is_the_sum_of_open_holds"
SETTLED = "a_hold_settles_as_it_says"
AWARD = "id = (SELECT min(id::text)::uuid FROM ledger.transfers WHERE kind = 'award')"


@pytest.mark.parametrize(
    ("alteration", "checks"),
    [
        (f"UPDATE ledger.transfers SET amount = amount + 1 WHERE {AWARD}", {CHAIN, SUM}),
        (f"UPDATE ledger.transfers SET reference = 'award:x' WHERE {AWARD}", {CHAIN, SUM}),
        (f"DELETE FROM ledger.transfers WHERE {AWARD}", {CHAIN, SUM}),
        (f"UPDATE ledger.transfers SET credit_after = 7 WHERE {AWARD}", {CHAIN}),
        (f"UPDATE ledger.transfers SET debit_head = '\\x00' WHERE {AWARD}", {CHAIN}),
        (
            f"UPDATE ledger.transfers SET debit = credit, credit = debit WHERE {AWARD}",
            {CHAIN, SUM, "amounts_move_along_listed_flows"},
        ),
        (
            "UPDATE ledger.balances SET posted = posted + 1 WHERE posted = 30",
            {SUM, "balances_sum_to_zero"},
        ),
        ("UPDATE ledger.balances SET head = sha256(head) WHERE posted > 0", {SUM}),
        ("UPDATE ledger.balances SET held = held + 1 WHERE posted = 100", {HOLDS}),
        (
            "UPDATE ledger.balances SET may_go_negative = true WHERE held = 30",
            {"nothing_below_zero"},
        ),
        ("DELETE FROM ledger.hold_resolutions WHERE settled = 0", {HOLDS}),
        ("DELETE FROM ledger.hold_resolutions WHERE settled = 20", {HOLDS, SETTLED}),
        ("UPDATE ledger.hold_resolutions SET settled = 21 WHERE settled = 20", {SETTLED}),
        ("UPDATE ledger.holds SET amount = 31", {HOLDS}),
        ("UPDATE ledger.holds SET amount = 10", {HOLDS, SETTLED}),
        (
            "UPDATE ledger.accounts SET kind = 'recycler' WHERE kind = 'shop'",
            {"amounts_move_along_listed_flows", "an_account_is_as_its_kind_says"},
        ),
        (
            "UPDATE ledger.accounts SET owner = gen_random_uuid() WHERE kind = 'custody'",
            {"an_account_is_as_its_kind_says"},
        ),
    ],
)
def test_an_alteration_is_found(books, tamper, alteration, checks):
    assert tamper(alteration) == checks


PROTECTED = "what_protects_the_ledger_is_in_place"


@pytest.mark.parametrize(
    ("removal", "problem"),
    [
        (
            "ALTER TABLE ledger.transfers DISABLE TRIGGER never_changed",
            "its rows can be changed: no trigger refuses it",
        ),
        (
            "DROP TRIGGER never_changed ON ledger.seals",
            "its rows can be changed: no trigger refuses it",
        ),
        (
            "GRANT UPDATE ON ledger.balances TO fen_app",
            "the application may write it past the functions",
        ),
        (
            "ALTER TABLE ledger.balances DROP CONSTRAINT not_overdrawn",
            "is not checked any more",
        ),
    ],
)
def test_a_removed_protection_is_found(app, books, removal, problem):
    engine = create_engine(superuser_url(app.config["SETTINGS"]))
    with engine.connect() as connection, connection.begin() as transaction_:
        connection.execute(text(removal))
        findings = ledger.verify(connection).findings
        transaction_.rollback()
    engine.dispose()

    assert {(finding.check, finding.problem) for finding in findings} == {(PROTECTED, problem)}


@pytest.fixture
def pieces(app, committed, given, noon):
    """Points on hold over two accounts each: settled in part, released, and open."""
    family = given.household(points=90)
    given.points(family, 30, expires_on=date(2028, 3, 31))
    named = {"county_id": COUNTY, "decided_at": noon()}
    with app.app_context(), transaction():
        for number, amount in enumerate((100, 95, 91)):
            held = {"held_as": f"order:{number}", "held_at": noon()}
            ledger.hold_points(
                household_id=family.id,
                reference=f"order:{number}",
                kind=ledger.TransferKind.REDEMPTION,
                credit=ledger.shop(SHOP),
                amount=amount,
                expires_at=None,
                **named,
            )
            if number == 0:
                ledger.settle_points(reference="s", amount=1, **held, **named)
            elif number == 1:
                ledger.release_points(reference="r", **held, **named)


TOGETHER = "held_points_are_resolved_together"


def test_honest_holds_of_points_hold_true(app, pieces):
    with app.app_context():
        proof = ledger.verify(db.session.connection())

    assert (proof.findings, proof.holds) == ([], 6)


@pytest.mark.parametrize(
    ("alteration", "checks"),
    [
        ("DELETE FROM ledger.hold_resolutions WHERE reference = 'r'", {HOLDS}),
        (
            "DELETE FROM ledger.hold_resolutions r USING ledger.holds h"
            " WHERE h.id = r.hold_id AND h.amount = 6",
            {HOLDS, TOGETHER},
        ),
        (
            "UPDATE ledger.hold_resolutions r SET reference = 'x' FROM ledger.holds h"
            " WHERE h.id = r.hold_id AND h.amount = 6",
            {TOGETHER},
        ),
        (
            "UPDATE ledger.hold_resolutions r SET settled = 1 FROM ledger.holds h"
            " WHERE h.id = r.hold_id AND h.amount = 10",
            {SETTLED, TOGETHER},
        ),
        ("UPDATE ledger.holds SET credit = debit WHERE amount = 2", {TOGETHER}),
        ("UPDATE ledger.holds SET amount = 3 WHERE amount = 2", {HOLDS}),
    ],
)
def test_an_altered_hold_of_points_is_found(pieces, tamper, alteration, checks):
    assert tamper(alteration) == checks
