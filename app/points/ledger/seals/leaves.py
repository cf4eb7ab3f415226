"""The leaf of a transfer: every fact of it in one hash, each side in a hash of its own.

A receipt shows its owner one side in clear and the other as a digest. The chain's head is part of
a side, so nobody can guess the other side by trying accounts and balances.

    identity = sha256(JSON array: county, account, kind, owner, last day)
    side     = sha256(identity ‖ entry ‖ balance after ‖ head)
    leaf     = sha256(0x00 ‖ county ‖ id ‖ amount ‖ posted at ‖ hold ‖ debit side ‖ credit side
                      ‖ JSON array: kind, reference)

Numbers are big-endian with a sign: the county has 4 bytes, all others 8. ``posted at`` counts
microseconds since 1970; ``hold`` is 16 bytes, zero when there is none.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from struct import Struct
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from app.kernel.seals import merkle

_SIDE = Struct(">qq")
_LEAF = Struct(">i16sqq16s32s32s")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NO_HOLD = bytes(16)


class Side(NamedTuple):
    """One account as the transfer left it."""

    account: int
    kind: str
    owner: UUID | None
    expires_on: str | None  # ISO 8601
    entry: int  # its number on the account
    balance_after: int
    head: bytes

    def digest(self, county_id: int) -> bytes:
        identity = _identity(county_id, self.account, self.kind, self.owner, self.expires_on)
        numbers = _SIDE.pack(self.entry, self.balance_after)
        return sha256(identity + numbers + self.head).digest()


class TransferFacts(NamedTuple):
    """What both sides may know of a transfer."""

    county_id: int
    id: UUID
    kind: str
    reference: str
    amount: int
    posted_at: datetime
    hold_id: UUID | None

    def leaf(self, debit: bytes, credit: bytes) -> bytes:
        """The hashed leaf, given the digests of both sides."""
        words = json.dumps([self.kind, self.reference], ensure_ascii=False, separators=(",", ":"))
        return merkle.leaf_hash(
            _LEAF.pack(
                self.county_id,
                self.id.bytes,
                self.amount,
                (self.posted_at - _EPOCH) // _MICROSECOND,
                self.hold_id.bytes if self.hold_id else _NO_HOLD,
                debit,
                credit,
            )
            + words.encode()
        )


class SealedTransfer(NamedTuple):
    """A transfer with both its sides, as the ledger has them."""

    facts: TransferFacts
    debit: Side
    credit: Side

    def leaf(self) -> bytes:
        county_id = self.facts.county_id
        return self.facts.leaf(self.debit.digest(county_id), self.credit.digest(county_id))


# Accounts that are missing leave gaps of nulls: the leaf is then another, and the proof says so.
_TRANSFERS = text("""
    SELECT t.county_id, t.id, t.kind, t.reference, t.amount, t.posted_at, t.hold_id,
           t.debit, d.kind, d.owner, d.expires_on, t.debit_entry, t.debit_after, t.debit_head,
           t.credit, c.kind, c.owner, c.expires_on, t.credit_entry, t.credit_after, t.credit_head
      FROM ledger.transfers t
      LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
      LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
     WHERE t.county_id = :county_id
       AND t.xact >= CAST(CAST(:commits_from AS text) AS xid8)
       AND t.xact < CAST(CAST(:commits_before AS text) AS xid8)
     ORDER BY t.id
""")


def sealed_transfers(
    connection: Connection, county_id: int, commits_from: int, commits_before: int
) -> list[SealedTransfer]:
    """The transfers of a range of commits, in the order of their leaves."""
    rows = connection.execute(
        _TRANSFERS,
        {
            "county_id": county_id,
            "commits_from": commits_from,
            "commits_before": commits_before,
        },
    )
    return [
        SealedTransfer(TransferFacts(*row[:7]), _side(row[7:14]), _side(row[14:21])) for row in rows
    ]


def _side(columns: Sequence[Any]) -> Side:
    account, kind, owner, expires_on, entry, after, head = columns
    day = expires_on.isoformat() if expires_on else None
    return Side(account, kind or "", owner, day, entry, after, bytes(head))


@lru_cache(maxsize=100_000)
def _identity(
    county_id: int, account: int, kind: str, owner: UUID | None, expires_on: str | None
) -> bytes:
    names = [county_id, account, kind, str(owner) if owner else None, expires_on]
    return sha256(json.dumps(names, separators=(",", ":")).encode()).digest()
