"""The hash chains, hashed again in Python from the transfers alone, account by account.

They must arrive at what the rows say, entry by entry, and end at the balance.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from heapq import heappop, heappush
from struct import Struct
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.ledger.findings import Proof

Fences = Mapping[int, int]  # by county: commits below it lie under seals that are trusted
_ROWS_AT_ONCE = 5_000
CHAINS = "every_chain_recomputes"
BALANCES = "a_balance_is_the_sum_of_its_entries"

# Every transfer once, as the table lies: nearly the order in which they were posted.
_TRANSFERS = """
    SELECT county_id, uuid_send(id), debit, credit, amount, kind || ' ' || reference,
           debit_entry, debit_after, debit_head, credit_entry, credit_after, credit_head
      FROM ledger.transfers
"""
# Else a scan may begin in the middle of a table, where another scan happens to be.
_FROM_THE_BEGINNING = """
    SET LOCAL synchronize_seqscans = off; SET LOCAL max_parallel_workers_per_gather = 0
"""

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

# From the first recent entry of each account on, in the order of its own numbers. Entries are
# numbered in the order of locks, not of commits, so that an older commit may lie between two
# recent ones: it is read again too.
_RECENT_ENTRIES = text(f"""
    WITH entries AS ({_ENTRIES}),
         fences AS (SELECT * FROM unnest(CAST(:counties AS int[]), CAST(:fences AS bigint[]))
                               AS fence (county_id, commits_before)),
         recent AS (SELECT county_id, account_id, min(entry) AS first
                      FROM entries LEFT JOIN fences USING (county_id)
                     WHERE commits_before IS NULL
                        OR xact >= CAST(CAST(commits_before AS text) AS xid8)
                     GROUP BY 1, 2)
    SELECT county_id, account_id, entry, after, head, change, uuid_send(id) AS id,
           debit, credit, amount, kind || ' ' || reference AS label
      FROM entries JOIN recent USING (county_id, account_id)
     WHERE entry >= first ORDER BY county_id, account_id, entry
""")  # noqa: S608 - no value is put in

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
    for chain in _followed(connection, proof, fences, on_progress):
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
        untouched = _Chain(county_id, account_id)
        is_old = county_id in fences and row.entries > 0
        if not is_old and (row.posted, row.entries, bytes(row.head)) != (0, 0, untouched.head):
            problem = f"says {row.posted} after {row.entries} entries and has no transfer"
            _report(proof, BALANCES, untouched, problem)


# A transfer as one of its accounts sees it: number, balance after, head after, change, leaf, id.
_Entry = tuple[int, int, bytes, int, bytes, bytes]
_GENESIS = Struct(">iq")
_LEAF = Struct(">16sqqq")


class _Chain:
    """An account as its entries say it stands."""

    __slots__ = ("account_id", "county_id", "entries", "head", "posted", "waiting")

    def __init__(self, county_id: int, account_id: int) -> None:
        self.county_id = county_id
        self.account_id = account_id
        self.head = sha256(_GENESIS.pack(county_id, account_id)).digest()
        self.posted = 0
        self.entries = 0
        self.waiting: list[_Entry] = []  # read before their turn, smallest number first

    def follow(self, entry: _Entry) -> str | None:
        """Take an entry, whatever its number; returns what is wrong with it."""
        number, after, head, change, leaf, _ = entry
        self.entries += 1
        self.posted += change
        self.head = sha256(self.head + leaf).digest()
        if number == self.entries and after == self.posted and head == self.head:
            return None
        if number != self.entries:
            return f"is entry {number} where {self.entries} was due"
        if after != self.posted:
            return f"leaves {after} where its entries leave {self.posted}"
        return "does not continue the hash chain"


class _Chains:
    """Follows the chains of all accounts at once.

    The entries of one account must be taken in the order of their numbers, and that is nearly the
    order in which the table keeps them, so that sorting twice as many rows as there are transfers
    would be work for little. One that comes early waits in memory: a few, unless a row is gone.
    """

    def __init__(self, proof: Proof, begin: Callable[[int, int, int], _Chain]) -> None:
        self._proof = proof
        self._begin = begin
        self._chains: dict[tuple[int, int], _Chain] = {}

    def take(self, county_id: int, account_id: int, entry: _Entry) -> None:
        """Take one entry of one account, now or when its turn has come."""
        chain = self._chains.get((county_id, account_id))
        if chain is None:
            chain = self._begin(county_id, account_id, entry[0])
            self._chains[county_id, account_id] = chain
        if entry[0] > chain.entries + 1:
            heappush(chain.waiting, entry)
            return
        self._follow(chain, entry)
        while chain.waiting and chain.waiting[0][0] <= chain.entries + 1:
            self._follow(chain, heappop(chain.waiting))

    def ended(self) -> Iterable[_Chain]:
        """Every account, after taking also what still waits for an entry that does not exist."""
        for chain in self._chains.values():
            while chain.waiting:
                self._follow(chain, heappop(chain.waiting))
        return self._chains.values()

    def _follow(self, chain: _Chain, entry: _Entry) -> None:
        problem = chain.follow(entry)
        if problem is not None:
            _report(self._proof, CHAINS, chain, f"transfer {UUID(bytes=entry[5])} {problem}")


def _followed(
    connection: Connection, proof: Proof, fences: Fences, on_progress: Callable[[int], None]
) -> Iterable[_Chain]:
    """Every account that has entries to follow, followed to its end."""
    if fences:
        chains = _Chains(proof, lambda *first: _anchored(connection, proof, fences, *first))
        entries = _follow_recent(connection, chains, fences, on_progress)
    else:
        chains = _Chains(proof, lambda county_id, account_id, _: _Chain(county_id, account_id))
        entries = _follow_all(connection, chains, on_progress)
    proof.transfers = entries // 2
    return chains.ended()


def _follow_all(connection: Connection, chains: _Chains, on_progress: Callable[[int], None]) -> int:
    """Read each transfer once and take it on both of its accounts; returns the entries taken."""
    entries = 0
    for rows in _transfers(connection):
        for county_id, id_, debit, credit, amount, label, *sides in rows:
            debit_entry, debit_after, debit_head, credit_entry, credit_after, credit_head = sides
            leaf = _LEAF.pack(id_, debit, credit, amount) + label.encode()
            chains.take(
                county_id, debit, (debit_entry, debit_after, debit_head, -amount, leaf, id_)
            )
            chains.take(
                county_id, credit, (credit_entry, credit_after, credit_head, amount, leaf, id_)
            )
        entries += 2 * len(rows)
        on_progress(2 * len(rows))
    return entries


def _transfers(connection: Connection) -> Iterator[list[Any]]:
    """Past SQLAlchemy: plain tuples in binary form, as many at once as fit a small memory."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(_FROM_THE_BEGINNING)
    with driver.cursor(name="transfers", binary=True) as cursor:
        cursor.execute(_TRANSFERS)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            yield rows


def _follow_recent(
    connection: Connection, chains: _Chains, fences: Fences, on_progress: Callable[[int], None]
) -> int:
    """Take the entries beyond the fences; returns how many."""
    entries = 0
    values = {"counties": list(fences), "fences": list(fences.values())}
    options = {"yield_per": _ROWS_AT_ONCE}
    result = connection.execute(_RECENT_ENTRIES, values, execution_options=options)
    for rows in result.partitions():
        for row in rows:
            leaf = _LEAF.pack(row.id, row.debit, row.credit, row.amount) + row.label.encode()
            entry = (row.entry, row.after, bytes(row.head), row.change, leaf, bytes(row.id))
            chains.take(row.county_id, row.account_id, entry)
        entries += len(rows)
        on_progress(len(rows))
    return entries


def _anchored(
    connection: Connection,
    proof: Proof,
    fences: Fences,
    county_id: int,
    account_id: int,
    first_entry: int,
) -> _Chain:
    """The chain before an account's first recent entry: empty, or as a sealed entry left it."""
    chain = _Chain(county_id, account_id)
    if county_id not in fences or first_entry <= 1:
        return chain
    where = {**_place(chain), "entry": first_entry - 1}
    before = connection.execute(_ENTRY_BEFORE, where).first()
    if before is None or before.xact >= fences[county_id]:
        _report(proof, CHAINS, chain, f"lacks entry {first_entry - 1} among what is sealed")
        return chain
    proof.anchors.add((county_id, before.xact))
    chain.posted, chain.head = before.after, bytes(before.head)
    chain.entries = first_entry - 1
    return chain


def _place(chain: _Chain) -> dict[str, int]:
    return {"county_id": chain.county_id, "account_id": chain.account_id}


def _report(proof: Proof, check: str, chain: _Chain, problem: str) -> None:
    proof.report(check, chain.county_id, f"account {chain.account_id}", problem)
