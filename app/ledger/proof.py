"""Recomputing the ledger from its own rows: what ``flask ledger verify`` runs.

Nothing here trusts a function or a running total of the database. The chains are hashed again in
Python from the transfers alone, account by account, and must arrive at what the rows say.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from heapq import heappop, heappush
from struct import Struct
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True)
class Finding:
    """One lie: which check met it, where, and what is wrong."""

    check: str
    county_id: int
    subject: str
    problem: str


@dataclass
class Proof:
    """What was recomputed, and every lie that was found."""

    transfers: int = 0
    accounts: int = 0
    holds: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds_true(self) -> bool:
        return not self.findings


# Each yields county_id, subject, problem.
_QUESTIONS = {
    "balances_sum_to_zero": """
        SELECT county_id, 'county', 'balances sum to ' || sum(posted)
          FROM ledger.balances GROUP BY county_id HAVING sum(posted) <> 0
    """,
    "nothing_below_zero": """
        SELECT b.county_id, 'account ' || b.account_id,
               'posted ' || b.posted || ', held ' || b.held
          FROM ledger.balances b
          LEFT JOIN ledger.accounts a ON a.county_id = b.county_id AND a.id = b.account_id
         WHERE b.held < 0 OR (a.kind IS DISTINCT FROM 'custody'
                              AND (b.posted < b.held OR b.may_go_negative))
    """,
    "held_is_the_sum_of_open_holds": """
        SELECT county_id, 'account ' || account_id,
               'held ' || coalesce(b.held, 0) || ', open holds ' || coalesce(h.held, 0)
          FROM ledger.balances b
          FULL JOIN (
            SELECT h.county_id, h.debit AS account_id, sum(h.amount) AS held
              FROM ledger.holds h
             WHERE NOT EXISTS (SELECT FROM ledger.hold_resolutions r
                                WHERE r.county_id = h.county_id AND r.hold_id = h.id)
             GROUP BY 1, 2) h USING (county_id, account_id)
         WHERE coalesce(b.held, 0) <> coalesce(h.held, 0)
    """,
    "a_hold_settles_as_it_says": """
        SELECT coalesce(r.county_id, t.county_id), 'hold ' || coalesce(r.hold_id, t.hold_id),
               CASE WHEN h.id IS NULL THEN 'resolved but never made'
                    WHEN r.settled > h.amount THEN 'settled for more than was held'
                    WHEN r.hold_id IS NULL THEN 'settled without a resolution'
                    ELSE 'resolution and transfer differ' END
          FROM (SELECT * FROM ledger.hold_resolutions WHERE settled > 0) r
          FULL JOIN (SELECT * FROM ledger.transfers WHERE hold_id IS NOT NULL) t
            ON t.county_id = r.county_id AND t.hold_id = r.hold_id
          LEFT JOIN ledger.holds h ON h.county_id = coalesce(r.county_id, t.county_id)
                                  AND h.id = coalesce(r.hold_id, t.hold_id)
         WHERE h.id IS NULL OR r.hold_id IS NULL OR t.id IS NULL OR r.settled > h.amount
            OR (r.resolved_by, r.settled, r.reference, h.kind, h.debit, h.credit)
               IS DISTINCT FROM (t.id, t.amount, t.reference, t.kind, t.debit, t.credit)
    """,
    "a_release_has_a_hold": """
        SELECT r.county_id, 'hold ' || r.hold_id, 'released but never made'
          FROM ledger.hold_resolutions r
         WHERE r.settled = 0
           AND NOT EXISTS (SELECT FROM ledger.holds h
                            WHERE h.county_id = r.county_id AND h.id = r.hold_id)
    """,
    "amounts_move_along_listed_flows": """
        SELECT t.county_id, 'transfer ' || t.id,
               t.kind || ' from ' || coalesce(d.kind, 'nowhere') || ' to '
               || coalesce(c.kind, 'nowhere')
          FROM ledger.transfers t
          LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
          LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
         WHERE NOT EXISTS (SELECT FROM ledger.flows f
                            WHERE f.kind = t.kind AND f.debit = d.kind AND f.credit = c.kind)
    """,
    "every_account_has_a_balance": """
        SELECT county_id, 'account ' || id, 'has no balance row'
          FROM ledger.accounts a
         WHERE NOT EXISTS (SELECT FROM ledger.balances b
                            WHERE b.county_id = a.county_id AND b.account_id = a.id)
    """,
}

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

_BALANCES = text("SELECT county_id, account_id, posted, entries, head FROM ledger.balances")


def verify(connection: Connection, *, on_progress: Callable[[int], None] = lambda _: None) -> Proof:
    """Recompute all that must hold. Run it in a REPEATABLE READ transaction beside traffic.

    ``on_progress`` is told how many entries (two for each transfer) have been hashed since the
    last call.
    """
    proof = Proof()
    for check, question in _QUESTIONS.items():
        for row in connection.execute(text(question)):
            proof.findings.append(Finding(check, *row))
    proof.holds = connection.execute(text("SELECT count(*) FROM ledger.holds")).scalar_one()
    _recompute_chains(connection, proof, on_progress)
    return proof


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

    def __init__(self, proof: Proof) -> None:
        self._proof = proof
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
            chain = self.chains[county_id, account_id] = _Chain(county_id, account_id)
        if entry[0] > chain.entries + 1:
            heappush(chain.waiting, entry)
            return
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
            _report(self._proof, "every_chain_recomputes", chain, f"{name} {problem}")


def _recompute_chains(
    connection: Connection, proof: Proof, on_progress: Callable[[int], None]
) -> None:
    balances = {(row.county_id, row.account_id): row for row in connection.execute(_BALANCES)}
    proof.accounts = len(balances)
    for chain in _followed(connection, proof, on_progress):
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
        _report(proof, "a_balance_is_the_sum_of_its_entries", chain, problem)
    for (county_id, account_id), row in balances.items():
        untouched = _Chain(county_id, account_id)
        if (row.posted, row.entries, bytes(row.head)) != (0, 0, untouched.head):
            problem = f"says {row.posted} after {row.entries} entries and has no transfer"
            _report(proof, "a_balance_is_the_sum_of_its_entries", untouched, problem)


def _followed(
    connection: Connection, proof: Proof, on_progress: Callable[[int], None]
) -> Iterable[_Chain]:
    """Every account that has entries, followed to its end."""
    chains = _Chains(proof)
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(_FROM_THE_BEGINNING)
    # Past SQLAlchemy: plain tuples in binary form, as many rows at once as fit a small memory.
    with driver.cursor(name="transfers", binary=True) as cursor:
        cursor.execute(_TRANSFERS)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            for row in rows:
                chains.read(row)
            proof.transfers += len(rows)
            on_progress(2 * len(rows))
    chains.end()
    return chains.chains.values()


def _report(proof: Proof, check: str, chain: _Chain, problem: str) -> None:
    proof.findings.append(Finding(check, chain.county_id, f"account {chain.account_id}", problem))
