"""Moving amounts between accounts. The work is done by functions in the database, in one round
trip each (migrations/versions/0002_ledger.sql); here are their names, types and refusals.

``reference`` names the row that decided, say ``award:<id>``, and ``decided_at`` is that row's own
time. Together they make the id of the transfer, so a repeated call returns the first outcome.
Take business locks before calling, and call last: accounts are locked until the commit.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import DomainError
from app.kernel.ids import derived_uuid7
from app.points.ledger import queries
from app.points.ledger.accounts import Account, TransferKind, expired, reserve
from app.points.ledger.errors import (
    AccountFrozen,
    FlowNotAllowed,
    HoldResolved,
    InsufficientPoints,
    ReferenceReused,
)

# Households of a batch are locked until its commit: more than this is several batches.
BATCH_MAX = 5_000

_REFUSALS: dict[str, type[DomainError]] = {
    "LG001": InsufficientPoints,
    "LG002": AccountFrozen,
    "LG003": HoldResolved,
    "LG004": ReferenceReused,
    "LG005": FlowNotAllowed,
}


@dataclass(frozen=True)
class Posted:
    """A transfer as it stands in the ledger; balances are those right after it."""

    id: UUID
    is_replay: bool
    amount: int
    debit_after: int
    credit_after: int


@dataclass(frozen=True)
class Award:
    """Points for a household, as one of many."""

    reference: str
    decided_at: datetime
    household_id: UUID
    expires_on: date | None  # their last day
    amount: int


@dataclass(frozen=True)
class Batch:
    """What a batch moved, and how many of it had been posted before."""

    posted: int
    skipped: int
    amount: int


@dataclass(frozen=True)
class Held:
    id: UUID
    is_replay: bool


@dataclass(frozen=True)
class Expired:
    """How many accounts of households a batch emptied, and of how many points."""

    accounts: int
    points: int
    after: int | None  # the account to go on from; none after the last batch


def post(
    *,
    county_id: int,
    reference: str,
    decided_at: datetime,
    kind: TransferKind,
    debit: Account,
    credit: Account,
    amount: int,
) -> Posted:
    """Move ``amount`` fen from one account to another.

    Raises:
        InsufficientPoints: the debit account would go below zero.
        AccountFrozen: one of the accounts is frozen.
        ReferenceReused: the same decision was posted with other contents.
        FlowNotAllowed: this kind may not move between these accounts.
    """
    assert amount > 0, "a transfer moves something; a correction is another transfer"
    rows = call(
        "SELECT * FROM ledger.post(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        county_id,
        derived_uuid7(decided_at, reference),
        kind.value,
        reference,
        *_named(debit),
        *_named(credit),
        amount,
    )
    return Posted(*rows[0])


def award_many(*, county_id: int, village_id: UUID, awards: Sequence[Award]) -> Batch:
    """Award to many households out of one village budget, all or none.

    Each award becomes the transfer that ``post`` would make of it, and one that was posted before,
    either way, is skipped.

    Raises:
        InsufficientPoints: the budget has less than the awards that are new add up to.
        AccountFrozen: the budget, or one of the households' accounts, is frozen.
        ReferenceReused: one of the awards was posted with other contents.
    """
    assert len(awards) <= BATCH_MAX
    assert all(award.amount > 0 for award in awards)
    if not awards:
        return Batch(posted=0, skipped=0, amount=0)
    rows = call(
        "SELECT * FROM ledger.award_batch(%s, %s, %s, %s, %s, %s::date[], %s)",
        county_id,
        village_id,
        [derived_uuid7(award.decided_at, award.reference) for award in awards],
        [award.reference for award in awards],
        [award.household_id for award in awards],
        [award.expires_on for award in awards],
        [award.amount for award in awards],
    )
    return Batch(*rows[0])


def spend(
    *,
    county_id: int,
    household_id: UUID,
    reference: str,
    decided_at: datetime,
    kind: TransferKind,
    credit: Account,
    amount: int,
) -> tuple[Posted, ...]:
    """Move ``amount`` points out of a household, those that expire first before the others.

    Points whose last day has passed are not spent, whether or not they were taken back yet.

    Raises:
        InsufficientPoints: the household can spend less than this.
    """
    assert amount > 0
    rows = call(
        "SELECT * FROM ledger.spend(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        county_id,
        queries.piece_ids(reference, decided_at),
        kind.value,
        reference,
        household_id,
        clock.day_of(decided_at),
        credit.kind.value,
        credit.owner,
        amount,
    )
    return tuple(Posted(*row) for row in rows)


def take_back(
    *,
    county_id: int,
    household_id: UUID,
    reference: str,
    decided_at: datetime,
    kind: TransferKind,
    credit: Account,
    amount: int,
) -> tuple[Posted, ...]:
    """Take up to ``amount`` of the points that a household earned, as far as it still has them.

    Points that never expire are not touched: they are the price of what the household sold. The
    caller sees from the amounts what was missing.

    Raises:
        AccountFrozen: the household's points are frozen.
    """
    assert amount > 0
    rows = call(
        "SELECT * FROM ledger.take_back(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        county_id,
        queries.piece_ids(reference, decided_at),
        kind.value,
        reference,
        household_id,
        clock.day_of(decided_at),
        credit.kind.value,
        credit.owner,
        amount,
    )
    return tuple(Posted(*row) for row in rows)


def expire(*, county_id: int, day: date, after: int, limit: int) -> Expired:
    """Return to the reserve what is left of points whose last day is before ``day``.

    Takes at most ``limit`` accounts behind ``after``, 0 at the beginning. Points without a last day
    are never touched, nor what is held or frozen: that part follows when it is free again.
    """
    buckets = queries.ending_buckets(
        county_id, first=date.min, last=day - timedelta(days=1), after=after, limit=limit
    )
    if not buckets:
        return Expired(accounts=0, points=0, after=None)
    decided_at = clock.day_start(day)
    # The count of entries tells this emptying from a later one of the same account.
    references = [f"expiry:{b.household_id}:{b.expires_on}:{b.entries}" for b in buckets]
    rows = call(
        "SELECT * FROM ledger.expire(%s, %s, %s::uuid[], %s::date[], %s::uuid[], %s::text[])",
        county_id,
        day,
        [b.household_id for b in buckets],
        [b.expires_on for b in buckets],
        [derived_uuid7(decided_at, reference) for reference in references],
        references,
    )
    moved = [Posted(*row) for row in rows]
    points = sum(posted.amount for posted in moved)
    if points:
        post(
            county_id=county_id,
            reference=f"reclaim:{moved[0].id}",
            decided_at=decided_at,
            kind=TransferKind.RECLAIM,
            debit=expired(),
            credit=reserve(),
            amount=points,
        )
    more = buckets[-1].account_id if len(buckets) == limit else None
    return Expired(accounts=len(moved), points=points, after=more)


def hold(
    *,
    county_id: int,
    reference: str,
    decided_at: datetime,
    kind: TransferKind,
    debit: Account,
    credit: Account,
    amount: int,
    expires_at: datetime | None,
) -> Held:
    """Reserve ``amount`` on the debit account for a later transfer to the credit account.

    Raises:
        InsufficientPoints: less than this is free on the debit account.
    """
    assert amount > 0
    assert debit.expires_on is None
    assert credit.expires_on is None
    hold_id = derived_uuid7(decided_at, reference)
    rows = call(
        "SELECT ledger.hold(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        county_id,
        hold_id,
        kind.value,
        reference,
        debit.kind.value,
        debit.owner,
        credit.kind.value,
        credit.owner,
        amount,
        expires_at,
    )
    return Held(hold_id, is_replay=rows[0][0])


def settle(
    *, county_id: int, hold_id: UUID, reference: str, decided_at: datetime, amount: int
) -> Posted:
    """Move ``amount`` of what is held, and release the rest.

    Raises:
        HoldResolved: it was settled or released before, or more is asked than was held.
    """
    assert amount > 0
    return _resolve(county_id, hold_id, reference, decided_at, amount)


def release(*, county_id: int, hold_id: UUID, reference: str, decided_at: datetime) -> None:
    """Give back all that is held.

    Raises:
        HoldResolved: it was settled, or released by something else.
    """
    _resolve(county_id, hold_id, reference, decided_at, 0)


def _resolve(
    county_id: int, hold_id: UUID, reference: str, decided_at: datetime, amount: int
) -> Posted:
    rows = call(
        "SELECT * FROM ledger.settle(%s, %s, %s, %s, %s)",
        county_id,
        hold_id,
        derived_uuid7(decided_at, reference),
        reference,
        amount,
    )
    return Posted(*rows[0])


def freeze(*, county_id: int, account: Account) -> None:
    """Stop every movement on an account until it is thawed."""
    call("SELECT ledger.freeze(%s, %s, %s, %s, true)", county_id, *_named(account))


def thaw(*, county_id: int, account: Account) -> None:
    """Let a frozen account move again."""
    call("SELECT ledger.freeze(%s, %s, %s, %s, false)", county_id, *_named(account))


def open_months(*, at: datetime, months: int) -> int:
    """Make the partitions of the coming months; returns how many were missing."""
    made = call("SELECT ledger.open_months(%s, %s)", at.date(), months)[0][0]
    assert isinstance(made, int)
    return made


def _named(account: Account) -> tuple[str, UUID | None, Any]:
    return account.kind.value, account.owner, account.expires_on


def call(statement: str, *values: Any) -> Any:
    """Run one function of the ledger; its refusals come back as ours."""
    try:
        return db.session.connection().exec_driver_sql(statement, values).fetchall()
    except DBAPIError as error:
        refusal = _REFUSALS.get(getattr(error.orig, "sqlstate", None) or "")
        if refusal is None:
            raise
        detail = getattr(getattr(error.orig, "diag", None), "message_detail", None)
        raise refusal(**(json.loads(detail) if detail else {})) from None
