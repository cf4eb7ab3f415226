"""Questions to the ledger. Nothing here changes anything."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from app.kernel.db import db
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
       AND (a.owner = :owner OR (a.owner IS NULL AND CAST(:owner AS uuid) IS NULL))
       AND a.expires_on IS NOT DISTINCT FROM :expires_on
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


def months_ahead(at: datetime) -> int:
    """For how many months, this one among them, there is room for transfers; at most 36."""
    found: int = db.session.execute(
        text("SELECT ledger.months_ahead(:at)"), {"at": at}
    ).scalar_one()
    return found
