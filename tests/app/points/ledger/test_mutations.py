"""Every guard of the SQL is needed: without it, a test of ours fails.

Each mutation takes one guard out of a function (as the database has it, whichever migration wrote
it last) and runs the named test, which must fail, and for the expected reason.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text

from app.points import ledger
from tests.app.points.ledger import (
    test_guards,
    test_held_points,
    test_holds,
    test_posting,
    test_proof,
    test_races,
)
from tests.given.ledger import SHOP

TRIES = 20  # of a race, on a machine so busy that two do not meet at once
DAWDLE = """
    CREATE FUNCTION ledger.dawdle() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(0.03); RETURN NULL; END';
    CREATE TRIGGER dawdle AFTER INSERT ON ledger.accounts EXECUTE FUNCTION ledger.dawdle();
    CREATE TRIGGER dawdle AFTER UPDATE ON ledger.balances EXECUTE FUNCTION ledger.dawdle();
    CREATE TRIGGER dawdle AFTER INSERT ON ledger.transfers EXECUTE FUNCTION ledger.dawdle();
    CREATE TRIGGER dawdle AFTER INSERT ON ledger.holds EXECUTE FUNCTION ledger.dawdle();
    CREATE TRIGGER dawdle AFTER INSERT ON ledger.hold_resolutions EXECUTE FUNCTION ledger.dawdle();
"""
TWICE = "duplicate key value violates unique constraint"
NOT_REFUSED = "DID NOT RAISE"


@dataclass(frozen=True)
class Mutation:
    """A guard, how to take it out, and the test that then fails."""

    guard: str
    function: str  # of the schema ledger; or a statement that removes it
    old: str | None
    new: str
    test: Callable[..., None]
    fails_with: str
    given: dict[str, Any] = field(default_factory=dict)  # what pytest would give by parameters
    occurrence: int = 1


def removed(guard, function, old, test, fails_with, *, new="", occurrence=1, **given) -> Mutation:
    return Mutation(guard, function, old, new, test, fails_with, given, occurrence)


NOT_FROZEN = " AND NOT b.is_frozen"
MUTATIONS = [
    # Floor
    removed(
        "the conditional update refuses an overdraft kindly",
        "move",
        "AND (b.may_go_negative OR b.posted - p_amount >= b.held - p_release)",
        test_posting.test_a_budget_that_is_used_up_pays_nothing,
        "not_overdrawn",  # the CHECK behind it
    ),
    removed(
        "the CHECK stands behind the conditional update",
        "ALTER TABLE ledger.balances DROP CONSTRAINT not_overdrawn",
        None,
        test_proof.test_honest_books_hold_true,
        "rule not_overdrawn",
    ),
    removed(
        "held is never negative",
        "ALTER TABLE ledger.balances DROP CONSTRAINT held_not_negative",
        None,
        test_proof.test_honest_books_hold_true,
        "rule held_not_negative",
    ),
    removed(
        "a hold needs what it holds",
        "hold",
        "AND (b.may_go_negative OR b.posted - b.held >= p_amount)",
        test_holds.test_what_is_held_cannot_be_held_again,
        "not_overdrawn",
    ),
    removed(
        "a household has what it spends",
        "spend",
        "OR available < p_amount",
        test_posting.test_a_household_spends_365_once_by_200_and_no_more,
        NOT_REFUSED,
    ),
    removed(
        "an amount is positive",
        "ALTER TABLE ledger.transfers DROP CONSTRAINT amount_positive",
        None,
        test_guards.test_an_amount_is_positive_whoever_calls,
        NOT_REFUSED,
        amount=-5,
    ),
    # Repeats
    removed(
        "a repeated post finds its first outcome",
        "first_outcome",
        "IF NOT FOUND THEN RETURN NULL; END IF;",
        test_posting.test_a_repeat_returns_the_first_outcome_and_moves_nothing,
        TWICE,
        new="RETURN NULL;",
    ),
    removed(
        "a repeated post has the same contents",
        "first_outcome",
        "IF (t.kind, t.reference, t.debit, t.credit, t.amount)",
        test_posting.test_the_same_decision_with_another_amount_is_refused,
        NOT_REFUSED,
        new="IF false AND (t.kind, t.reference, t.debit, t.credit, t.amount)",
    ),
    removed(
        "a repeated payment finds its first outcome",
        "spend",
        "IF earlier IS NOT NULL THEN",
        test_posting.test_a_repeated_payment_is_paid_once_from_the_same_accounts,
        "ledger.insufficient_points",
        new="IF false THEN",
    ),
    removed(
        "a repeated payment has the same amount",
        "spend",
        "IF earlier <> p_amount THEN",
        test_posting.test_a_repeated_payment_is_paid_once_from_the_same_accounts,
        NOT_REFUSED,
        new="IF false THEN",
    ),
    removed(
        "a repeated hold finds its first outcome",
        "hold",
        "IF FOUND THEN",
        test_holds.test_a_repeated_hold_holds_once,
        "ledger.insufficient_points",
        new="IF false THEN",
    ),
    removed(
        "a repeated hold has the same contents",
        "hold",
        "IF (h.kind, h.reference, h.debit, h.credit, h.amount)",
        test_holds.test_a_repeated_hold_holds_once,
        NOT_REFUSED,
        new="IF false AND (h.kind, h.reference, h.debit, h.credit, h.amount)",
    ),
    # Holds, at most once
    removed(
        "a hold is resolved once",
        "settle",
        "IF FOUND THEN\n",
        test_holds.test_a_hold_is_resolved_at_most_once,
        TWICE,
        new="IF false THEN\n",
        first=70,
        second=0,
    ),
    removed(
        "another resolution of a hold is refused",
        "settle",
        "IF (r.resolved_by, r.reference, r.settled)",
        test_holds.test_a_hold_is_resolved_at_most_once,
        NOT_REFUSED,
        new="IF false AND (r.resolved_by, r.reference, r.settled)",
        first=70,
        second=0,
    ),
    removed(
        "a hold is not settled for more than was held",
        "settle",
        "OR p_amount > h.amount",
        test_holds.test_more_than_was_held_is_not_settled,
        NOT_REFUSED,
    ),
    # Points on hold, over several accounts
    removed(
        "a household has what is held of it",
        "hold_points",
        "OR available < p_amount",
        test_held_points.test_what_is_held_is_neither_spent_nor_held_again,
        NOT_REFUSED,
    ),
    removed(
        "points are held along listed flows only",
        "hold_points",
        "PERFORM refuse_unlisted_flow(p_kind, 'household', p_credit_kind);",
        test_held_points.test_points_are_held_along_listed_flows_only,
        NOT_REFUSED,
    ),
    removed(
        "a repeated hold of points finds its first outcome",
        "hold_points",
        "IF earlier.amount IS NOT NULL THEN",
        test_held_points.test_a_repeated_hold_of_points_holds_once,
        "ledger.insufficient_points",
        new="IF false THEN",
    ),
    removed(
        "a repeated hold of points has the same amount",
        "hold_points",
        "OR earlier.amount <> p_amount",
        test_held_points.test_a_hold_repeated_with_other_contents_is_refused,
        NOT_REFUSED,
    ),
    removed(
        "a repeated hold of points has the same contents",
        "hold_points",
        "NOT earlier.is_same OR",
        test_held_points.test_a_hold_repeated_with_other_contents_is_refused,
        NOT_REFUSED,
    ),
    removed(
        "points whose day has passed do not count as free to hold",
        "hold_points",
        "AND (a.expires_on IS NULL OR a.expires_on >= p_day)",
        test_held_points.test_points_whose_day_has_passed_are_not_held,
        NOT_REFUSED,
    ),
    removed(
        "frozen points do not count as free to hold",
        "hold_points",
        "AND NOT b.is_frozen",
        test_held_points.test_frozen_points_are_not_held,
        NOT_REFUSED,
    ),
    removed(
        "frozen points are passed over by a hold",
        "hold_points",
        "AND NOT b.is_frozen",
        test_held_points.test_frozen_points_are_not_held,
        "assert",
        occurrence=2,
    ),
    removed(
        "what expires first is held first",
        "hold_points",
        "ORDER BY a.expires_on NULLS LAST\n    LOOP",
        test_held_points.test_points_are_held_in_the_order_in_which_they_expire,
        "assert",
        new="ORDER BY a.expires_on DESC NULLS FIRST\n    LOOP",
    ),
    removed(
        "what expires first is settled first",
        "settle_points",
        "ORDER BY a.expires_on NULLS LAST",
        test_held_points.test_settling_a_part_gives_back_what_expires_last,
        "assert",
        new="ORDER BY a.expires_on DESC NULLS FIRST",
    ),
    removed(
        "held points are resolved once",
        "settle_points",
        "IF earlier.settled IS NOT NULL THEN",
        test_held_points.test_a_hold_of_points_is_resolved_at_most_once,
        TWICE,
        new="IF false THEN",
        first=60,
        second=0,
    ),
    removed(
        "another resolution of held points is refused",
        "settle_points",
        "NOT earlier.is_same OR",
        test_held_points.test_a_hold_of_points_is_resolved_at_most_once,
        NOT_REFUSED,
        first=60,
        second=60,
    ),
    removed(
        "a repeated resolution of held points has the same amount",
        "settle_points",
        "OR earlier.settled <> p_amount",
        test_held_points.test_the_same_resolution_with_another_amount_is_refused,
        NOT_REFUSED,
    ),
    removed(
        "no more points are settled than were held",
        "settle_points",
        "OR p_amount > whole",
        test_held_points.test_more_points_than_were_held_are_not_settled,
        NOT_REFUSED,
    ),
    # Frozen
    removed(
        "a frozen account is not debited",
        "move",
        NOT_FROZEN,
        test_guards.test_a_frozen_account_is_not_debited_by_a_posting,
        NOT_REFUSED,
    ),
    removed(
        "a frozen account is not credited",
        "move",
        NOT_FROZEN,
        test_posting.test_a_frozen_account_neither_pays_nor_receives,
        NOT_REFUSED,
        occurrence=2,
    ),
    removed(
        "nothing is held on a frozen account",
        "hold",
        NOT_FROZEN,
        test_guards.test_nothing_is_held_on_a_frozen_account,
        NOT_REFUSED,
    ),
    removed(
        "frozen points do not count as spendable",
        "spend",
        "AND NOT b.is_frozen",
        test_posting.test_a_frozen_account_neither_pays_nor_receives,
        NOT_REFUSED,
    ),
    removed(
        "frozen points are passed over",
        "spend",
        "AND NOT b.is_frozen",
        test_guards.test_a_household_pays_past_its_frozen_points,
        "ledger.account_frozen",
        occurrence=2,
    ),
    # Flows, kinds of accounts, expiry, history
    removed(
        "amounts move along listed flows only",
        "refuse_unlisted_flow",
        "IF NOT FOUND THEN",
        test_posting.test_points_move_only_along_listed_flows,
        "ledger.insufficient_points",
        new="IF false THEN",
        kind="cash_out",
        debit=ledger.household(SHOP),
        credit=ledger.payout_in_flight(),
    ),
    removed(
        "an account has an owner where its kind does",
        "account_id",
        "OR is_of.has_owner <> (p_owner IS NOT NULL)",
        test_posting.test_an_account_has_an_owner_and_a_last_day_only_where_its_kind_does,
        NOT_REFUSED,
        account=ledger.Account(ledger.AccountKind.SHOP),
    ),
    removed(
        "an account has a last day where its kind does",
        "account_id",
        "OR (p_expires_on IS NOT NULL AND NOT is_of.may_expire)",
        test_posting.test_an_account_has_an_owner_and_a_last_day_only_where_its_kind_does,
        NOT_REFUSED,
        account=ledger.Account(ledger.AccountKind.SHOP, SHOP, test_posting.THIS_YEARS),
    ),
    removed(
        "expired points do not count as spendable",
        "spend",
        "AND (a.expires_on IS NULL OR a.expires_on >= p_day)",
        test_posting.test_expired_points_are_not_spent_even_before_they_are_taken_back,
        NOT_REFUSED,
    ),
    removed(
        "rows are never changed",
        "refuse_change",
        "RAISE EXCEPTION 'rows of ledger.% are never changed', TG_TABLE_NAME"
        " USING ERRCODE = 'LG009';",
        test_guards.test_not_even_the_owner_changes_a_row,
        NOT_REFUSED,
        new="RETURN OLD;",
        table="hold_resolutions",
        statement="DELETE FROM {0}",
    ),
]
RACES = [
    removed(
        "posts of one id take turns",
        "first_outcome",
        "FOR UPDATE",
        test_races.test_one_decision_posted_by_thirty_two_at_once_moves_once,
        TWICE,
    ),
    removed(
        "accounts are locked in the order of their ids",
        "first_outcome",
        "least(p_debit, p_credit)",
        test_races.test_payments_and_voids_between_two_accounts_do_not_deadlock,
        "deadlock detected",
        new="greatest(p_debit, p_credit)",
    ),
    removed(
        "payments of one household take turns",
        "spend",
        "ORDER BY b.account_id FOR UPDATE",
        test_races.test_one_payment_sent_by_thirty_two_at_once_pays_once,
        f"InsufficientPoints|{TWICE}",
    ),
    removed(
        "holds of one id take turns",
        "hold",
        "FOR UPDATE",
        test_guards.test_one_hold_asked_for_by_thirty_two_at_once_holds_once,
        TWICE,
    ),
    removed(
        "resolutions of one hold take turns",
        "settle",
        "FOR UPDATE",
        test_races.test_a_hold_settled_and_released_at_once_is_resolved_once,
        TWICE,
    ),
    removed(
        "holds of one household's points take turns",
        "hold_points",
        "ORDER BY b.account_id FOR UPDATE",
        test_held_points.test_one_hold_of_points_asked_for_by_thirty_two_at_once_holds_once,
        f"not_overdrawn|InsufficientPoints|{TWICE}",
    ),
    removed(
        "resolutions of held points take turns",
        "settle_points",
        "ORDER BY b.account_id FOR UPDATE",
        test_held_points.test_a_hold_of_points_settled_and_released_at_once_is_resolved_once,
        TWICE,
    ),
    removed(
        "an account is opened once",
        "account_id",
        "ON CONFLICT ON CONSTRAINT one_account_each DO NOTHING",
        test_races.test_an_account_first_used_by_many_at_once_is_opened_once,
        TWICE,
    ),
]


@pytest.fixture
def without_guard(committed, empty_tables, owner):
    """Take a guard out, until the end of the test. What was written meanwhile is removed."""
    restored = []

    def mutate(mutation: Mutation) -> None:
        with owner.connect() as connection:
            restored.extend(_mutate(connection, mutation))

    yield mutate
    empty_tables()
    with owner.connect() as connection:
        for statement in restored:
            _execute(connection, statement)


@pytest.fixture
def dawdling(owner):
    """Whoever writes to the ledger stays a while before committing, so that others look meanwhile.

    Two then meet at the first try, where without it a race needed luck.
    """
    with owner.connect() as connection:
        _execute(connection, DAWDLE)
    yield
    with owner.connect() as connection:
        _execute(connection, "DROP FUNCTION ledger.dawdle CASCADE")


def _mutate(connection, mutation: Mutation) -> list[str]:
    """Take the guard out; returns what puts it back."""
    if mutation.function.startswith("ALTER TABLE"):
        table, name = mutation.function.split()[2], mutation.function.split()[-1]
        definition = connection.scalar(
            text(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = CAST(:table AS regclass) AND conname = :name"
            ),
            {"table": table, "name": name},
        )
        _execute(connection, mutation.function)
        return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"]
    whole = connection.scalar(
        text("SELECT pg_get_functiondef(CAST(:name AS regproc))"),
        {"name": f"ledger.{mutation.function}"},
    )
    parts = whole.split(mutation.old)
    assert len(parts) > mutation.occurrence, f"the guard is not there any more: {mutation.old}"
    before = mutation.old.join(parts[: mutation.occurrence])
    after = mutation.old.join(parts[mutation.occurrence :])
    _execute(connection, before + mutation.new + after)
    return [whole]


def _execute(connection, statement: str) -> None:
    # Past SQLAlchemy, which would take the percent signs for parameters.
    connection.connection.driver_connection.execute(statement)


def run(request, mutation: Mutation) -> None:
    """Run the named test with its fixtures."""
    wanted = set(inspect.signature(mutation.test).parameters) - set(mutation.given)
    fixtures = {name: request.getfixturevalue(name) for name in sorted(wanted)}
    mutation.test(**fixtures, **mutation.given)


def by_guard(mutations: list[Mutation]):
    return pytest.mark.parametrize("mutation", mutations, ids=[m.guard for m in mutations])


@by_guard(MUTATIONS)
def test_without_a_guard_a_test_fails(request, without_guard, mutation):
    without_guard(mutation)

    with pytest.raises((Exception, pytest.fail.Exception), match=f"(?s){mutation.fails_with}"):
        run(request, mutation)


@by_guard(RACES)
def test_without_a_lock_a_race_is_lost(
    request, given, empty_tables, without_guard, dawdling, mutation
):
    without_guard(mutation)

    def until_two_meet() -> None:
        for _ in range(TRIES):
            run(request, mutation)
            empty_tables()
            given.forget()

    with pytest.raises((Exception, pytest.fail.Exception), match=f"(?s){mutation.fails_with}"):
        until_two_meet()
