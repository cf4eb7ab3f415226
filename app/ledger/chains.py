"""The hash chains, hashed again in Python from the transfers alone, account by account.

They must arrive at what the rows say, entry by entry, and end at the balance.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from app.ledger.findings import Proof

Fences = Mapping[int, int]  # by county: commits below it lie under seals that are trusted
_ROWS_AT_ONCE = 5_000
CHAINS = "every_chain_recomputes"
BALANCES = "a_balance_is_the_sum_of_its_entries"

# Every transfer twice, once for each account.
_ENTRIES = """
    SELECT county_id, debit AS account_id, debit_entry AS entry, debit_after AS after,
           debit_head AS head, -amount AS change, id, kind, reference, debit, credit, amount, xact
      FROM ledger.transfers
    UNION ALL
    SELECT county_id, credit, credit_entry, credit_after,
           credit_head, amount, id, kind, reference, debit, credit, amount, xact
      FROM ledger.transfers
"""

# In the order of the account's own numbers.
_EVERY_ENTRY = text(f"""
    SELECT * FROM ({_ENTRIES}) entries ORDER BY county_id, account_id, entry
""")  # noqa: S608 - no value is put in, here and below

# From the first recent entry of each account on. Entries are numbered in the order of locks, not
# of commits, so that an older commit may lie between two recent ones: it is read again too.
_RECENT_ENTRIES = text(f"""
    WITH entries AS ({_ENTRIES}),
         fences AS (SELECT * FROM unnest(CAST(:counties AS int[]), CAST(:fences AS bigint[]))
                               AS fence (county_id, commits_before)),
         recent AS (SELECT county_id, account_id, min(entry) AS first
                      FROM entries LEFT JOIN fences USING (county_id)
                     WHERE commits_before IS NULL
                        OR xact >= CAST(CAST(commits_before AS text) AS xid8)
                     GROUP BY 1, 2)
    SELECT entries.* FROM entries JOIN recent USING (county_id, account_id)
     WHERE entry >= first ORDER BY county_id, account_id, entry
""")  # noqa: S608

_BEYOND_FENCES = text("""
    SELECT count(*) FROM ledger.transfers
      LEFT JOIN unnest(CAST(:counties AS int[]), CAST(:fences AS bigint[]))
                AS fence (county_id, commits_before) USING (county_id)
     WHERE commits_before IS NULL OR xact >= CAST(CAST(commits_before AS text) AS xid8)
""")

_ENTRY_BEFORE = text("""
    SELECT debit_after AS after, debit_head AS head, CAST(CAST(xact AS text) AS bigint) AS xact
      FROM ledger.transfers
     WHERE county_id = :county_id AND debit = :account_id AND debit_entry = :entry
    UNION ALL
    SELECT credit_after, credit_head, CAST(CAST(xact AS text) AS bigint)
      FROM ledger.transfers
     WHERE county_id = :county_id AND credit = :account_id AND credit_entry = :entry
""")

_BALANCES = text("SELECT county_id, account_id, posted, entries, head FROM ledger.balances")

_FENCES = text("""
    SELECT county_id, max(commits_before) FROM ledger.seals WHERE sealed_at < :since GROUP BY 1
""")


def fences_before(connection: Connection, since: datetime | None) -> Fences:
    """Up to which commit the seals made before an instant reach, by county; none without one."""
    if since is None:
        return {}
    rows = connection.execute(_FENCES, {"since": since})
    return {row[0]: row[1] for row in rows}


def entries_to_hash(connection: Connection, since: datetime | None) -> int:
    """About how many entries a proof follows (two for each transfer)."""
    fences = fences_before(connection, since)
    values = {"counties": list(fences), "fences": list(fences.values())}
    return 2 * int(connection.execute(_BEYOND_FENCES, values).scalar_one())


def recompute_chains(
    connection: Connection, proof: Proof, fences: Fences, on_progress: Callable[[int], None]
) -> None:
    """Follow every account from its first entry, or from its last one below the fence."""
    proof.begin(CHAINS, BALANCES)
    balances = {(row.county_id, row.account_id): row for row in connection.execute(_BALANCES)}
    proof.accounts = len(balances)
    for chain in _chains(connection, proof, fences, on_progress):
        stands = balances.pop((chain.county_id, chain.account_id), None)
        if stands is None:
            problem = "has transfers and no balance"
        elif (stands.posted, stands.entries) != (chain.posted, chain.entries):
            problem = (
                f"says {stands.posted} after {stands.entries} entries, "
                f"its transfers say {chain.posted} after {chain.entries}"
            )
        elif bytes(stands.head) != chain.head:
            problem = "ends in another hash than its transfers"
        else:
            continue
        _report(proof, BALANCES, chain, problem)
    for (county_id, account_id), row in balances.items():
        untouched = _Chain.begin(county_id, account_id)
        is_old = county_id in fences and row.entries > 0
        if not is_old and (row.posted, row.entries, bytes(row.head)) != (0, 0, untouched.head):
            problem = f"says {row.posted} after {row.entries} entries and has no transfer"
            _report(proof, BALANCES, untouched, problem)


@dataclass
class _Chain:
    """An account as its entries say it stands."""

    county_id: int
    account_id: int
    head: bytes
    posted: int = 0
    entries: int = 0

    @classmethod
    def begin(cls, county_id: int, account_id: int) -> "_Chain":
        seed = county_id.to_bytes(4, "big") + account_id.to_bytes(8, "big")
        return cls(county_id, account_id, sha256(seed).digest())

    def take(self, entry: Any) -> str | None:
        """Follow one entry; returns what is wrong with it."""
        self.entries += 1
        self.posted += entry.change
        self.head = sha256(self.head + _leaf(entry)).digest()
        if entry.entry != self.entries:
            return f"is entry {entry.entry} where {self.entries} was due"
        if entry.after != self.posted:
            return f"leaves {entry.after} where its entries leave {self.posted}"
        if bytes(entry.head) != self.head:
            return "does not continue the hash chain"
        return None


def _leaf(entry: Any) -> bytes:
    numbers = (entry.debit, entry.credit, entry.amount)
    packed = b"".join(number.to_bytes(8, "big", signed=True) for number in numbers)
    return bytes(entry.id.bytes) + packed + f"{entry.kind} {entry.reference}".encode()


def _chains(
    connection: Connection, proof: Proof, fences: Fences, on_progress: Callable[[int], None]
) -> Iterator[_Chain]:
    """Follow every account to its end; yields each when its last entry was taken."""
    chain: _Chain | None = None
    entries = 0
    for part in _parts(connection, fences):
        for entry in part:
            place = (entry.county_id, entry.account_id)
            if chain is None or place != (chain.county_id, chain.account_id):
                if chain is not None:
                    yield chain
                chain = _begun(connection, proof, fences, entry)
            problem = chain.take(entry)
            if problem is not None:
                _report(proof, CHAINS, chain, f"transfer {entry.id} {problem}")
        entries += len(part)
        on_progress(len(part))
    proof.transfers = entries // 2
    if chain is not None:
        yield chain


def _parts(connection: Connection, fences: Fences) -> Iterator[Any]:
    query, values = _EVERY_ENTRY, {}
    if fences:
        query = _RECENT_ENTRIES
        values = {"counties": list(fences), "fences": list(fences.values())}
    options = {"yield_per": _ROWS_AT_ONCE}
    yield from connection.execute(query, values, execution_options=options).partitions()


def _begun(connection: Connection, proof: Proof, fences: Fences, first: Any) -> _Chain:
    """The chain before an account's first entry here: empty, or as a sealed entry left it."""
    chain = _Chain.begin(first.county_id, first.account_id)
    if first.county_id not in fences or first.entry <= 1:
        return chain
    where = {**_place(chain), "entry": first.entry - 1}
    before = connection.execute(_ENTRY_BEFORE, where).first()
    if before is None or before.xact >= fences[first.county_id]:
        _report(proof, CHAINS, chain, f"lacks entry {first.entry - 1} among what is sealed")
        return chain
    proof.anchors.add((first.county_id, before.xact))
    chain.posted, chain.head = before.after, bytes(before.head)
    chain.entries = first.entry - 1
    return chain


def _place(chain: _Chain) -> dict[str, int]:
    return {"county_id": chain.county_id, "account_id": chain.account_id}


def _report(proof: Proof, check: str, chain: _Chain, problem: str) -> None:
    proof.report(check, chain.county_id, f"account {chain.account_id}", problem)
