"""Questions to the ledger. Nothing here changes anything."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from app.kernel.db import db
from app.kernel.ids import first_uuid7
from app.ledger.accounts import Account, AccountKind, TransferKind


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
    posted_at: datetime


_BALANCE = text("""
    SELECT b.posted, b.held
      FROM ledger.accounts a
      JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
     WHERE a.county_id = :county_id AND a.kind = :kind
       AND a.owner IS NOT DISTINCT FROM :owner AND a.expires_on IS NOT DISTINCT FROM :expires_on
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

# Both sides are walked from the newest id down, each by its own index.
_HISTORY = text("""
    SELECT e.id, e.kind, e.reference, e.amount, e.after, a.expires_on, e.posted_at
      FROM ledger.accounts a
      CROSS JOIN LATERAL (
        (SELECT id, kind, reference, -amount AS amount, debit_after AS after, posted_at
           FROM ledger.transfers
          WHERE county_id = a.county_id AND debit = a.id AND id < :before
          ORDER BY id DESC LIMIT :limit)
        UNION ALL
        (SELECT id, kind, reference, amount, credit_after, posted_at
           FROM ledger.transfers
          WHERE county_id = a.county_id AND credit = a.id AND id < :before
          ORDER BY id DESC LIMIT :limit)
      ) e
     WHERE a.county_id = :county_id AND a.kind = :kind AND a.owner = :owner
     ORDER BY e.id DESC LIMIT :limit
""")

# A transfer's id begins with the time of its decision, so a time on an account is a range of ids.
_BEFORE = text("""
    SELECT coalesce((SELECT sum(amount) FROM ledger.transfers
                      WHERE county_id = a.county_id AND credit = a.id AND id < :since), 0)
         - coalesce((SELECT sum(amount) FROM ledger.transfers
                      WHERE county_id = a.county_id AND debit = a.id AND id < :since), 0)
      FROM ledger.accounts a
     WHERE a.county_id = :county_id AND a.kind = :kind
       AND a.owner IS NOT DISTINCT FROM :owner AND a.expires_on IS NOT DISTINCT FROM :expires_on
""")

_BETWEEN = text("""
    SELECT t.id, t.kind, t.reference, CASE WHEN t.credit = a.id THEN t.amount ELSE -t.amount END,
           CASE WHEN t.credit = a.id THEN t.credit_after ELSE t.debit_after END,
           a.expires_on, t.posted_at
      FROM ledger.accounts a
      JOIN ledger.transfers t
        ON t.county_id = a.county_id AND a.id IN (t.debit, t.credit)
       AND t.id >= :since AND t.id < :until
     WHERE a.county_id = :county_id AND a.kind = :kind
       AND a.owner IS NOT DISTINCT FROM :owner AND a.expires_on IS NOT DISTINCT FROM :expires_on
     ORDER BY t.id
""")

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


def household_buckets(county_id: int, household_id: UUID, *, day: date) -> tuple[Bucket, ...]:
    """The points a household can spend on a day, those that expire first at the front."""
    rows = db.session.execute(_BUCKETS, {"county_id": county_id, "owner": household_id, "day": day})
    return tuple(Bucket(*row) for row in rows)


def household_points(county_id: int, household_id: UUID, *, day: date) -> int:
    """All the points a household can spend on a day."""
    return sum(b.available for b in household_buckets(county_id, household_id, day=day))


def history(
    county_id: int, *, kind: AccountKind, owner: UUID, limit: int, before: UUID | None = None
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
        },
    )
    return [Entry(row[0], TransferKind(row[1]), *row[2:]) for row in rows]


def movements(county_id: int, account: Account, *, since: datetime, until: datetime) -> Movements:
    """Every transfer decided from ``since`` until before ``until``, and the balance before them."""
    wanted = {
        "county_id": county_id,
        "kind": account.kind.value,
        "owner": account.owner,
        "expires_on": account.expires_on,
        "since": first_uuid7(since),
        "until": first_uuid7(until),
    }
    opening = db.session.scalar(_BEFORE, wanted)
    rows = db.session.execute(_BETWEEN, wanted)
    entries = tuple(Entry(row[0], TransferKind(row[1]), *row[2:]) for row in rows)
    return Movements(int(opening or 0), entries)
