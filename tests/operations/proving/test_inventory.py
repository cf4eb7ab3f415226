"""What the database is made of is compared with what was shipped."""

import pytest
from sqlalchemy import text

from app.kernel.db import db
from app.points import ledger
from app.register.households.models import Household
from operations.proving import inventory

UNWATCHED_MONTH = """
    DO $$ BEGIN EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', (
        SELECT min(inhrelid)::regclass FROM pg_inherits
         WHERE inhparent = 'ledger.transfers'::regclass)); END $$
"""


def test_a_migrated_database_is_as_it_was_shipped(app, superuser):
    """After a migration: make inventory."""
    with superuser.connect() as connection:
        found = inventory.parts(connection)

    assert "".join(inventory.lines(found)) == inventory.FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("lie", "subject"),
    [
        (
            "ALTER TABLE cash_outs DROP CONSTRAINT ck_cash_outs_amount_positive",
            "constraints of public.cash_outs",
        ),
        ("ALTER TABLE awards ALTER points DROP NOT NULL", "columns of public.awards"),
        ("DROP INDEX ix_checks_household", "indexes of public.checks"),
        (UNWATCHED_MONTH, "triggers of ledger.transfers by month"),
        ("ALTER TABLE bindings DISABLE TRIGGER ALL", "triggers of public.bindings"),
        (
            "CREATE RULE quietly AS ON DELETE TO awards DO INSTEAD NOTHING",
            "rules of public.awards",
        ),
        (
            "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN new; END'",
            "function ledger.refuse_change()",
        ),
        (
            "GRANT UPDATE (head) ON ledger.balances TO fen_app",
            "rights of fen_app on ledger.balances",
        ),
        ("GRANT DELETE ON awards TO PUBLIC", "rights of everybody on public.awards"),
        ("ALTER ROLE fen_app BYPASSRLS", "role fen_app"),
        ("GRANT fen_owner TO fen_app", "role fen_app"),
        (
            "INSERT INTO ledger.flows VALUES ('award', 'reserve', 'household')",
            "way of the ledger award reserve household",
        ),
        (
            "UPDATE ledger.account_kinds SET may_go_negative = true WHERE kind = 'shop'",
            "kind of account shop",
        ),
        ("CREATE TABLE public.beside (id int)", "table public.beside"),
    ],
)
def test_who_changes_what_refuses_them_is_named_by_the_proof(altered_inventory, lie, subject):
    assert subject in altered_inventory(lie)


@pytest.fixture
def altered_inventory(app, superuser):
    """What differs after a statement of the superuser, which is undone."""

    def run(statement: str) -> set[str]:
        with superuser.connect() as connection, connection.begin() as undone:
            connection.execute(text(statement))
            proof = ledger.Proof()
            inventory.compare(connection, proof)
            undone.rollback()
        assert {finding.check for finding in proof.findings} == {inventory.CHECK}
        return {finding.subject for finding in proof.findings}

    return run


def test_who_may_not_change_a_column_is_told_even_when_its_value_stays(app, given):
    with app.app_context():
        household = db.session.get_one(Household, given.household().id)

        with pytest.raises(AssertionError, match=r"may not change Household\.village_id"):
            household.village_id = household.village_id
