"""The books as an auditor walks through them: sums, flows of days, accounts, transfers, seals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db
from app.kernel.ids import first_id, instant_of
from app.points.ledger.accounts import AccountKind, TransferKind


@dataclass(frozen=True)
class KindTotal:
    """All accounts of one kind together, in fen."""

    kind: AccountKind
    accounts: int
    posted: int
    held: int


@dataclass(frozen=True)
class DayFlow:
    """What moved in one way on a day."""

    on: date
    kind: TransferKind
    amount: int
    count: int


@dataclass(frozen=True)
class AccountRow:
    """An account and how it stands."""

    id: int
    kind: AccountKind
    owner: UUID | None
    expires_on: date | None
    posted: int
    held: int
    entries: int
    is_frozen: bool


@dataclass(frozen=True)
class Side:
    """One of the two accounts of a transfer."""

    account_id: int
    kind: AccountKind
    owner: UUID | None
    after: int  # the balance after the transfer


@dataclass(frozen=True)
class TransferRow:
    """A transfer with both its sides."""

    id: UUID
    kind: TransferKind
    reference: str
    amount: int
    posted_at: datetime
    debit: Side
    credit: Side
    seal_number: int | None  # none: not sealed yet

    @property
    def decided_at(self) -> datetime:
        return instant_of(self.id)


@dataclass(frozen=True)
class SealRow:
    """A seal over transfers, as it can be compared with a copy."""

    number: int
    transfers: int
    sealed_at: datetime
    root: str
    previous: str
    key_id: str


_TOTALS = text("""
    SELECT a.kind, count(*), coalesce(sum(b.posted), 0), coalesce(sum(b.held), 0)
      FROM ledger.accounts a
      JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
     WHERE a.county_id = :county GROUP BY a.kind
""")
_FLOWS = text("""
    SELECT d.day, t.kind, t.amount, t.count
      FROM unnest(CAST(:days AS date[]), CAST(:since AS uuid[]), CAST(:until AS uuid[]))
           AS d (day, since, until)
      CROSS JOIN LATERAL (
        SELECT kind, sum(amount) AS amount, count(*) AS count FROM ledger.transfers
         WHERE county_id = :county AND id >= d.since AND id < d.until GROUP BY kind) t
     ORDER BY d.day, t.kind
""")
_ACCOUNTS = text("""
    SELECT a.id, a.kind, a.owner, a.expires_on, b.posted, b.held, b.entries, b.is_frozen
      FROM ledger.accounts a
      JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
     WHERE a.county_id = :county AND a.id > :after
       AND (CAST(:kind AS text) IS NULL OR a.kind = :kind)
       AND (CAST(:owner AS uuid) IS NULL OR a.owner = :owner)
     ORDER BY a.id LIMIT :limit
""")
_TRANSFER = """
    SELECT t.id, t.kind, t.reference, t.amount, t.posted_at,
           t.debit, d.kind AS debit_kind, d.owner AS debit_owner, t.debit_after,
           t.credit, c.kind AS credit_kind, c.owner AS credit_owner, t.credit_after,
           (SELECT s.number FROM ledger.seals s
             WHERE s.county_id = t.county_id
               AND s.commits_before > CAST(CAST(t.xact AS text) AS bigint)
             ORDER BY s.commits_before LIMIT 1) AS seal_number
      FROM {source} t
      JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
      JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
     ORDER BY t.id DESC
"""
_WHICH = """
    SELECT * FROM ledger.transfers
     WHERE county_id = :county AND id < :before AND id >= :since
       AND (CAST(:kind AS text) IS NULL OR kind = :kind) {account}
     ORDER BY id DESC LIMIT :limit
"""
_TRANSFERS = text(_TRANSFER.format(source="(" + _WHICH.format(account="") + ")"))
# Each side of an account is walked by its own index.
_SIDES = """
    (SELECT * FROM (({debits}) UNION ALL ({credits})) sides ORDER BY id DESC LIMIT :limit)
"""
_OF_ACCOUNT = text(
    _TRANSFER.format(
        source=_SIDES.format(
            debits=_WHICH.format(account="AND debit = :account"),
            credits=_WHICH.format(account="AND credit = :account"),
        )
    )
)
_SEALS = text("""
    SELECT number, transfers, sealed_at, encode(root, 'hex'), encode(previous, 'hex'), key_id
      FROM ledger.seals WHERE county_id = :county AND number < :before
     ORDER BY number DESC LIMIT :limit
""")
_NUMBER_MAX = 2**62


def totals(county_id: int) -> dict[AccountKind, KindTotal]:
    """What is on the accounts of each kind together; a kind without accounts has nothing."""
    found = {kind: KindTotal(kind, 0, 0, 0) for kind in AccountKind}
    for kind, count, posted, held in db.session.execute(_TOTALS, {"county": county_id}):
        found[AccountKind(kind)] = KindTotal(AccountKind(kind), count, int(posted), int(held))
    return found


def flows(county_id: int, days: Sequence[date]) -> list[DayFlow]:
    """What moved on each of the days, by the time at which it was decided."""
    asked = {
        "county": county_id,
        "days": list(days),
        "since": [first_id(clock.day_start(day)) for day in days],
        "until": [first_id(clock.day_end(day)) for day in days],
    }
    return [
        DayFlow(day, TransferKind(kind), int(amount), count)
        for day, kind, amount, count in db.session.execute(_FLOWS, asked)
    ]


def accounts(
    county_id: int, *, kind: AccountKind | None, owner: UUID | None, after: int, limit: int
) -> list[AccountRow]:
    """The county's accounts in the order of their numbers, after one of them."""
    asked = {
        "county": county_id,
        "kind": kind.value if kind else None,
        "owner": owner,
        "after": after,
        "limit": limit,
    }
    rows = db.session.execute(_ACCOUNTS, asked)
    return [AccountRow(row[0], AccountKind(row[1]), *row[2:]) for row in rows]


@dataclass(frozen=True)
class Wish:
    """Which transfers are looked for; what is left out does not matter."""

    kind: TransferKind | None = None
    account_id: int | None = None
    from_on: date | None = None
    to_on: date | None = None


def transfers(county_id: int, wish: Wish, *, before: UUID | None, limit: int) -> list[TransferRow]:
    """The county's transfers, newest first."""
    end = first_id(clock.day_end(wish.to_on)) if wish.to_on else UUID(int=2**128 - 1)
    asked = {
        "county": county_id,
        "kind": wish.kind.value if wish.kind else None,
        "account": wish.account_id,
        "since": first_id(clock.day_start(wish.from_on)) if wish.from_on else UUID(int=0),
        "before": min(before, end) if before else end,
        "limit": limit,
    }
    rows = db.session.execute(_OF_ACCOUNT if wish.account_id else _TRANSFERS, asked)
    return [_transfer(row) for row in rows]


def seals(county_id: int, *, before: int | None, limit: int) -> list[SealRow]:
    """The county's seals over transfers, newest first; before a number."""
    asked = {"county": county_id, "before": before or _NUMBER_MAX, "limit": limit}
    return [SealRow(*row) for row in db.session.execute(_SEALS, asked)]


def _transfer(row: Any) -> TransferRow:
    return TransferRow(
        id=row.id,
        kind=TransferKind(row.kind),
        reference=row.reference,
        amount=row.amount,
        posted_at=row.posted_at,
        debit=Side(row.debit, AccountKind(row.debit_kind), row.debit_owner, row.debit_after),
        credit=Side(row.credit, AccountKind(row.credit_kind), row.credit_owner, row.credit_after),
        seal_number=row.seal_number,
    )
