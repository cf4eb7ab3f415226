"""Recomputing the ledger from its own rows: what ``flask ledger verify`` runs.

Nothing here trusts a function or a running total of the database. The chains are hashed again in
Python from the transfers alone, account by account, and must arrive at what the rows say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

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

# Every transfer twice, once for each account, in the order of the account's own numbers.
_ENTRIES = text("""
    SELECT county_id, debit AS account_id, debit_entry AS entry, debit_after AS after,
           debit_head AS head, -amount AS change, id, kind, reference, debit, credit, amount
      FROM ledger.transfers
    UNION ALL
    SELECT county_id, credit, credit_entry, credit_after,
           credit_head, amount, id, kind, reference, debit, credit, amount
      FROM ledger.transfers
     ORDER BY county_id, account_id, entry
""")

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


def _recompute_chains(
    connection: Connection, proof: Proof, on_progress: Callable[[int], None]
) -> None:
    balances = {(row.county_id, row.account_id): row for row in connection.execute(_BALANCES)}
    proof.accounts = len(balances)
    for chain in _chains(connection, proof, on_progress):
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
        untouched = _Chain.begin(county_id, account_id)
        if (row.posted, row.entries, bytes(row.head)) != (0, 0, untouched.head):
            problem = f"says {row.posted} after {row.entries} entries and has no transfer"
            _report(proof, "a_balance_is_the_sum_of_its_entries", untouched, problem)


def _chains(
    connection: Connection, proof: Proof, on_progress: Callable[[int], None]
) -> Iterator[_Chain]:
    """Follow every account to its end; yields each when its last entry was taken."""
    chain: _Chain | None = None
    entries = 0
    rows = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(_ENTRIES)
    for part in rows.partitions():
        for entry in part:
            place = (entry.county_id, entry.account_id)
            if chain is None or place != (chain.county_id, chain.account_id):
                if chain is not None:
                    yield chain
                chain = _Chain.begin(*place)
            problem = chain.take(entry)
            if problem is not None:
                _report(proof, "every_chain_recomputes", chain, f"transfer {entry.id} {problem}")
        entries += len(part)
        on_progress(len(part))
    proof.transfers = entries // 2
    if chain is not None:
        yield chain


def _report(proof: Proof, check: str, chain: _Chain, problem: str) -> None:
    proof.findings.append(Finding(check, chain.county_id, f"account {chain.account_id}", problem))
