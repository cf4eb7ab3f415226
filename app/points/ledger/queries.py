"""Questions to the ledger. Nothing here changes anything."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text

from app.kernel.db import db
from app.kernel.ids import derived_uuid7, first_id, instant_of
from app.points.ledger.accounts import Account, AccountKind, TransferKind


class Direction(StrEnum):
    """Which way an amount moved, as the owner of the account sees it."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True)
class Balance:
    posted: int
    held: int

    @property
    def available(self) -> int:
        return self.posted - self.held


@dataclass(frozen=True)
class Bucket:
    """Points of a household that share a last day; ``None`` never expires."""

    expires_on: date | None
    available: int


@dataclass(frozen=True)
class Movements:
    """A time on one account: what was on it before, and every transfer since, oldest first."""

    opening: int
    entries: "tuple[Entry, ...]"

    @property
    def closing(self) -> int:
        return self.opening + sum(entry.amount for entry in self.entries)


@dataclass(frozen=True)
class Entry:
    """A transfer as its owner sees it: what came in is positive."""

    id: UUID
    kind: TransferKind
    reference: str
    amount: int
    balance_after: int  # of the one account it touched
    expires_on: date | None

    @property
    def decided_at(self) -> datetime:
        """When what it rests on was decided; they are in this order. It was posted at once, or
        when there was money for it."""
        return instant_of(self.id)


@dataclass(frozen=True)
class EndingBucket:
    """Points of one household that share a last day, as expiry sees them."""

    account_id: int  # to go on from
    household_id: UUID
    expires_on: date
    available: int
    entries: int  # transfers on the account so far


@dataclass(frozen=True)
class Piece:
    """A part of what was spent, and the last day of those points."""

    expires_on: date | None
    amount: int


@dataclass(frozen=True)
class BudgetLevel:
    """How a village's budget stands. Amounts in fen."""

    allotted: int  # all that was ever allotted
    left: int
    level: int  # what was there right after the newest allotment
    newest_allotment: UUID  # the transfer
    first_allotment: UUID  # the transfer; its id says when

    @property
    def used(self) -> int:
        """What awards took, less what came back."""
        return self.allotted - self.left


# A household has an account for each expiry date it holds points of: rarely more than two.
BUCKETS_MAX = 12

# The one account. No index answers IS NOT DISTINCT FROM, so an owner is asked for by `=`.
_IS_THE_ACCOUNT = """
    a.county_id = :county_id AND a.kind = :kind
       AND (a.owner = :owner OR (a.owner IS NULL AND CAST(:owner AS uuid) IS NULL))
       AND a.expires_on IS NOT DISTINCT FROM :expires_on
"""

_BALANCE = text(f"""
    SELECT b.posted, b.held
      FROM ledger.accounts a
      JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
     WHERE {_IS_THE_ACCOUNT}
""")  # noqa: S608 - constants

_BALANCES = text("""
    SELECT a.owner, b.posted - b.held
      FROM ledger.accounts a
      JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
     WHERE a.county_id = :county_id AND a.kind = :kind AND a.owner = ANY (:owners)
       AND a.expires_on IS NULL
""")

_BUCKETS = text("""
    SELECT a.expires_on, b.posted - b.held
      FROM ledger.accounts a
      JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
     WHERE a.county_id = :county_id AND a.kind = 'household' AND a.owner = :owner
       AND NOT b.is_frozen AND (a.expires_on IS NULL OR a.expires_on >= :day)
       AND b.posted > b.held
     ORDER BY a.expires_on NULLS LAST
""")

_PROLONGED = text("""
    SELECT EXISTS (
        SELECT FROM ledger.accounts a
          JOIN ledger.transfers t
            ON t.county_id = a.county_id AND t.credit = a.id AND t.kind = 'prolonging'
         WHERE a.county_id = :county_id AND a.kind = 'household' AND a.owner = :owner
           AND a.expires_on = :expires_on)
""")

_WITH_POINTS = text("""
    SELECT DISTINCT a.owner
      FROM ledger.accounts a
      JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
     WHERE a.county_id = :county_id AND a.kind = 'household' AND a.owner = ANY (:owners)
       AND (a.expires_on IS NULL OR a.expires_on >= :day OR b.held > 0) AND b.posted > 0
""")

_ENDING = text("""
    SELECT a.id, a.owner, a.expires_on, b.posted - b.held, b.entries
      FROM ledger.accounts a
      JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
     WHERE a.county_id = :county_id AND a.kind = 'household'
       AND a.expires_on BETWEEN :first AND :last AND a.id > :after
       AND b.posted > b.held AND NOT b.is_frozen
     ORDER BY a.id LIMIT :limit
""")

_HELD_PIECES = text(
    """
    SELECT a.expires_on, h.amount
      FROM ledger.holds h
      JOIN ledger.accounts a ON a.county_id = h.county_id AND a.id = h.debit
     WHERE h.county_id = :county_id AND h.id = ANY(:ids)
     ORDER BY a.expires_on
    """
)
_PIECES = text("""
    SELECT a.expires_on, t.amount
      FROM ledger.transfers t
      JOIN ledger.accounts a ON a.county_id = t.county_id AND a.id = t.debit
     WHERE t.county_id = :county_id AND t.id = ANY (:ids) AND t.reference = :reference
     ORDER BY a.id
""")

# What comes into a budget is little beside what goes out, and has an index of its own.
_BUDGETS = text("""
    SELECT a.owner, sum(t.amount), b.posted - b.held,
           (array_agg(t.credit_after ORDER BY t.credit_entry DESC))[1],
           (array_agg(t.id ORDER BY t.credit_entry DESC))[1],
           (array_agg(t.id ORDER BY t.credit_entry))[1]
      FROM ledger.accounts a
      JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
      JOIN ledger.transfers t ON t.county_id = a.county_id AND t.credit = a.id
                             AND t.kind = 'allotment'
     WHERE a.county_id = :county_id AND a.kind = 'village_budget' AND a.owner = ANY (:villages)
     GROUP BY a.owner, b.posted, b.held
""")

# Both sides are walked from the newest id down, each by its own index.
_HISTORY = text("""
    SELECT e.id, e.kind, e.reference, e.amount, e.after, a.expires_on
      FROM ledger.accounts a
      CROSS JOIN LATERAL (
        (SELECT id, kind, reference, -amount AS amount, debit_after AS after
           FROM ledger.transfers
          WHERE county_id = a.county_id AND debit = a.id AND id < :before AND :with_out
          ORDER BY id DESC LIMIT :limit)
        UNION ALL
        (SELECT id, kind, reference, amount, credit_after
           FROM ledger.transfers
          WHERE county_id = a.county_id AND credit = a.id AND id < :before AND :with_in
          ORDER BY id DESC LIMIT :limit)
      ) e
     WHERE a.county_id = :county_id AND a.kind = :kind AND a.owner = :owner
     ORDER BY e.id DESC LIMIT :limit
""")

# A transfer's id begins with the time of its decision, so a time on an account is a range of ids.
# What was there before it is what is there now without all that came since: a statement of last
# month reads two months, however many years lie before.
_BEFORE = text(f"""
    SELECT b.posted
         - coalesce((SELECT sum(amount) FROM ledger.transfers
                      WHERE county_id = a.county_id AND credit = a.id AND id >= :since), 0)
         + coalesce((SELECT sum(amount) FROM ledger.transfers
                      WHERE county_id = a.county_id AND debit = a.id AND id >= :since), 0)
      FROM ledger.accounts a
      JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
     WHERE {_IS_THE_ACCOUNT}
""")  # noqa: S608 - constants

_BETWEEN = text(f"""
    SELECT e.id, e.kind, e.reference, e.amount, e.after, a.expires_on
      FROM ledger.accounts a
      CROSS JOIN LATERAL (
        SELECT id, kind, reference, -amount AS amount, debit_after AS after
          FROM ledger.transfers
         WHERE county_id = a.county_id AND debit = a.id AND id >= :since AND id < :until
        UNION ALL
        SELECT id, kind, reference, amount, credit_after
          FROM ledger.transfers
         WHERE county_id = a.county_id AND credit = a.id AND id >= :since AND id < :until
      ) e
     WHERE {_IS_THE_ACCOUNT}
     ORDER BY e.id
""")  # noqa: S608 - constants

_NEWEST = UUID(int=2**128 - 1)


def balance(county_id: int, account: Account) -> Balance:
    """What is on an account; nothing on one that was never used."""
    row = db.session.execute(
        _BALANCE,
        {
            "county_id": county_id,
            "kind": account.kind.value,
            "owner": account.owner,
            "expires_on": account.expires_on,
        },
    ).one_or_none()
    return Balance(*row) if row else Balance(posted=0, held=0)


def balances(county_id: int, kind: AccountKind, owners: Collection[UUID]) -> dict[UUID, int]:
    """What is free on the accounts of one kind, by owner; one never used is left out."""
    rows = db.session.execute(
        _BALANCES, {"county_id": county_id, "kind": kind.value, "owners": list(owners)}
    )
    return {row[0]: row[1] for row in rows}


def household_buckets(county_id: int, household_id: UUID, *, day: date) -> tuple[Bucket, ...]:
    """The points a household can spend on a day, those that expire first at the front."""
    rows = db.session.execute(_BUCKETS, {"county_id": county_id, "owner": household_id, "day": day})
    return tuple(Bucket(*row) for row in rows)


def household_points(county_id: int, household_id: UUID, *, day: date) -> int:
    """All the points a household can spend on a day."""
    return sum(b.available for b in household_buckets(county_id, household_id, day=day))


def was_prolonged(county_id: int, household_id: UUID, expires_on: date | None) -> bool:
    """Whether points of a household have this last day because they were prolonged to it."""
    of = {"county_id": county_id, "owner": household_id, "expires_on": expires_on}
    return bool(db.session.scalar(_PROLONGED, of))


def households_with_points(
    county_id: int, household_ids: Collection[UUID], *, day: date
) -> set[UUID]:
    """Which of the households have anything on a day, in one query: what is held for an order or
    frozen is theirs too."""
    rows = db.session.execute(
        _WITH_POINTS, {"county_id": county_id, "owners": list(household_ids), "day": day}
    )
    return {row[0] for row in rows}


def history(
    county_id: int,
    *,
    kind: AccountKind,
    owner: UUID,
    limit: int,
    before: UUID | None = None,
    direction: Direction | None = None,
) -> list[Entry]:
    """The owner's transfers, newest first; ``before`` is the id to go on from."""
    rows = db.session.execute(
        _HISTORY,
        {
            "county_id": county_id,
            "kind": kind.value,
            "owner": owner,
            "limit": limit,
            "before": before or _NEWEST,
            "with_in": direction is not Direction.OUT,
            "with_out": direction is not Direction.IN,
        },
    )
    return [Entry(row[0], TransferKind(row[1]), *row[2:]) for row in rows]


def months_ahead(at: datetime) -> int:
    """For how many months, this one among them, there is room for transfers; at most 36."""
    found: int = db.session.execute(
        text("SELECT ledger.months_ahead(:at)"), {"at": at}
    ).scalar_one()
    return found


def ending_buckets(
    county_id: int, *, first: date, last: date, after: int, limit: int
) -> list[EndingBucket]:
    """What households can lose on the days from ``first`` to ``last``, in the order of accounts.

    ``after`` is the account to go on from, 0 at the beginning. Held and frozen points are left out.
    """
    rows = db.session.execute(
        _ENDING,
        {"county_id": county_id, "first": first, "last": last, "after": after, "limit": limit},
    )
    return [EndingBucket(*row) for row in rows]


def spent_pieces(county_id: int, *, reference: str, decided_at: datetime) -> list[Piece]:
    """From which of its accounts a household spent what was spent under the reference."""
    rows = db.session.execute(
        _PIECES,
        {
            "county_id": county_id,
            "ids": piece_ids(reference, decided_at),
            "reference": reference,
        },
    )
    return [Piece(*row) for row in rows]


def held_pieces(county_id: int, *, reference: str, held_at: datetime) -> list[Piece]:
    """On which of its accounts a household's points were held under the reference."""
    rows = db.session.execute(
        _HELD_PIECES, {"county_id": county_id, "ids": piece_ids(reference, held_at)}
    )
    return [Piece(*row) for row in rows]


def piece_ids(reference: str, decided_at: datetime) -> list[UUID]:
    """The ids of the transfers that one command may make, one for each account it takes from."""
    return [derived_uuid7(decided_at, f"{reference}#{n}") for n in range(BUCKETS_MAX)]


def budget_levels(county_id: int, village_ids: Collection[UUID]) -> dict[UUID, BudgetLevel]:
    """How the budgets stand, by village; one that was never allotted anything is left out."""
    rows = db.session.execute(_BUDGETS, {"county_id": county_id, "villages": list(village_ids)})
    return {village_id: BudgetLevel(int(allotted), *rest) for village_id, allotted, *rest in rows}


def movements(county_id: int, account: Account, *, since: datetime, until: datetime) -> Movements:
    """Every transfer decided from ``since`` until before ``until``, and the balance before them."""
    wanted = {
        "county_id": county_id,
        "kind": account.kind.value,
        "owner": account.owner,
        "expires_on": account.expires_on,
        "since": first_id(since),
        "until": first_id(until),
    }
    opening = db.session.scalar(_BEFORE, wanted)
    rows = db.session.execute(_BETWEEN, wanted)
    entries = tuple(Entry(row[0], TransferKind(row[1]), *row[2:]) for row in rows)
    return Movements(int(opening or 0), entries)
