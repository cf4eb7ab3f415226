"""The hash chains, hashed again in Python from the transfers alone, account by account.

They must arrive at what the rows say, entry by entry, and end at the balance.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from heapq import heappop, heappush
from struct import Struct
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.points.ledger.findings import Proof

Fences = Mapping[int, int]  # by county: commits below it lie under seals that are trusted
_ROWS_AT_ONCE = 5_000
CHAINS = "every_chain_recomputes"
BALANCES = "a_balance_is_the_sum_of_its_entries"

_COLUMNS = """
    t.county_id, uuid_send(t.id), t.debit, t.credit, t.amount, t.kind || ' ' || t.reference,
    t.debit_entry, t.debit_after, t.debit_head, t.credit_entry, t.credit_after, t.credit_head
"""

# Every transfer once, as the table lies: nearly the order in which they were posted.
_EVERY_TRANSFER = f"SELECT {_COLUMNS} FROM ledger.transfers t"  # noqa: S608 - names, here and below

# The first recent entry of each account. Entries are numbered in the order of locks, not of
# commits, so that an older commit may lie between two recent ones: it is read again too.
_FIRST_RECENT = """
    SELECT county_id, account_id, min(entry) AS first
      FROM ledger.transfers
      CROSS JOIN LATERAL (VALUES (debit, debit_entry), (credit, credit_entry))
                      AS side (account_id, entry)
      LEFT JOIN unnest(%(counties)s::int[], %(fences)s::bigint[])
                AS fence (county_id, commits_before) USING (county_id)
     WHERE commits_before IS NULL OR xact >= commits_before::text::xid8
     GROUP BY 1, 2
"""
_RECENT_TRANSFERS = f"""
    WITH recent AS ({_FIRST_RECENT})
    SELECT {_COLUMNS}
      FROM ledger.transfers t
      LEFT JOIN recent d ON d.county_id = t.county_id AND d.account_id = t.debit
                        AND d.first <= t.debit_entry
      LEFT JOIN recent c ON c.county_id = t.county_id AND c.account_id = t.credit
                        AND c.first <= t.credit_entry
     WHERE d.first IS NOT NULL OR c.first IS NOT NULL
"""  # noqa: S608

# Else a scan may begin in the middle of a table, where another scan happens to be.
_FROM_THE_BEGINNING = """
    SET LOCAL synchronize_seqscans = off; SET LOCAL max_parallel_workers_per_gather = 0
"""

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


class _Chain:
    """An account as its entries say it stands."""

    __slots__ = ("account_id", "begun_after", "county_id", "entries", "head", "posted", "waiting")

    def __init__(self, county_id: int, account_id: int) -> None:
        self.county_id = county_id
        self.account_id = account_id
        self.head = sha256(_GENESIS.pack(county_id, account_id)).digest()
        self.posted = 0
        self.entries = 0
        self.begun_after = 0  # the last entry that is believed and not followed
        self.waiting: list[_Entry] = []  # read before their turn, smallest number first

    def go_on_after(self, number: int, posted: int, head: bytes) -> None:
        """Begin behind an entry that is believed."""
        self.entries = self.begun_after = number
        self.posted, self.head = posted, head

    def follow(self, entry: "_Entry") -> str | None:
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


# A transfer as one of its accounts sees it: number, balance after, head after, change, leaf, id.
_Entry = tuple[int, int, bytes, int, bytes, bytes]
_GENESIS = Struct(">iq")
_LEAF = Struct(">16sqqq")


class _Chains:
    """Follows the chains of all accounts at once.

    The entries of one account must be taken in the order of their numbers, and that is nearly the
    order in which the table keeps them, so that sorting twice as many rows as there are transfers
    would be work for little. One that comes early waits in memory: a few, unless a row is gone.
    """

    def __init__(self, proof: Proof, *, is_whole: bool) -> None:
        self._proof = proof
        self._is_whole = is_whole  # else only the accounts that were put in before are followed
        self.chains: dict[tuple[int, int], _Chain] = {}

    def read(self, row: tuple[Any, ...]) -> None:
        """Take one transfer, on both of its accounts."""
        county_id, id_, debit, credit, amount, label, *sides = row
        debit_entry, debit_after, debit_head, credit_entry, credit_after, credit_head = sides
        leaf = _LEAF.pack(id_, debit, credit, amount) + label.encode()
        self._take(county_id, debit, (debit_entry, debit_after, debit_head, -amount, leaf, id_))
        self._take(county_id, credit, (credit_entry, credit_after, credit_head, amount, leaf, id_))

    def _take(self, county_id: int, account_id: int, entry: _Entry) -> None:
        chain = self.chains.get((county_id, account_id))
        if chain is None:
            if not self._is_whole:
                return
            chain = self.chains[county_id, account_id] = _Chain(county_id, account_id)
        if entry[0] > chain.entries + 1:
            heappush(chain.waiting, entry)
            return
        if 0 < entry[0] <= chain.begun_after:
            return  # it was read for its other account
        self._follow(chain, entry)
        while chain.waiting and chain.waiting[0][0] <= chain.entries + 1:
            self._follow(chain, heappop(chain.waiting))

    def end(self) -> None:
        """Take what still waits for an entry that does not exist."""
        for chain in self.chains.values():
            while chain.waiting:
                self._follow(chain, heappop(chain.waiting))

    def _follow(self, chain: _Chain, entry: _Entry) -> None:
        problem = chain.follow(entry)
        if problem is not None:
            name = f"transfer {UUID(bytes=entry[5])}"
            _report(self._proof, CHAINS, chain, f"{name} {problem}")


def _followed(
    connection: Connection, proof: Proof, fences: Fences, on_progress: Callable[[int], None]
) -> Iterable[_Chain]:
    """Every account that has entries in question, followed to its end."""
    chains = _Chains(proof, is_whole=not fences)
    query, values = _EVERY_TRANSFER, None
    if fences:
        query = _RECENT_TRANSFERS
        values = {"counties": list(fences), "fences": list(fences.values())}
        _go_on_behind_what_is_sealed(connection, proof, fences, chains)
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(_FROM_THE_BEGINNING)
    # Past SQLAlchemy: plain tuples in binary form, as many rows at once as fit a small memory.
    with driver.cursor(name="transfers", binary=True) as cursor:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            for row in rows:
                chains.read(row)
            proof.transfers += len(rows)
            on_progress(2 * len(rows))
    chains.end()
    return chains.chains.values()


def _go_on_behind_what_is_sealed(
    connection: Connection, proof: Proof, fences: Fences, chains: _Chains
) -> None:
    """Begin each account that has recent entries where its last sealed one left it."""
    values = {"counties": list(fences), "fences": list(fences.values())}
    driver = connection.connection.driver_connection
    assert driver is not None
    for county_id, account_id, first in driver.execute(_FIRST_RECENT, values).fetchall():
        chain = chains.chains[county_id, account_id] = _Chain(county_id, account_id)
        if county_id not in fences or first <= 1:
            continue
        where = {"county_id": county_id, "account_id": account_id, "entry": first - 1}
        before = connection.execute(_ENTRY_BEFORE, where).first()
        if before is None or before.xact >= fences[county_id]:
            _report(proof, CHAINS, chain, f"lacks entry {first - 1} among what is sealed")
            continue
        proof.anchors.add((county_id, before.xact))
        chain.go_on_after(first - 1, before.after, bytes(before.head))


def _report(proof: Proof, check: str, chain: _Chain, problem: str) -> None:
    proof.report(check, chain.county_id, f"account {chain.account_id}", problem)
