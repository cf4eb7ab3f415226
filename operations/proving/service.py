"""Asking everything that must hold, of one snapshot."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import Connection, text

from app.kernel.audit import verifying
from app.kernel.seals import Seal
from app.kernel.signing import PublicKeys
from app.points import ledger
from operations import domains
from operations.proving import inventory


def prove(
    connection: Connection,
    *,
    public_keys: PublicKeys,
    since: datetime | None = None,
    handed_out: Collection[Seal] = (),
    on_progress: Callable[[int], None] = lambda _: None,
) -> ledger.Proof:
    """Recompute the ledger, the trace and their seals, and compare them with the rows that decided.

    Also compares what the database is made of with what was shipped.

    Run it in a REPEATABLE READ transaction; it may run beside traffic and changes nothing.
    ``since`` rereads only the transfers and events that no seal made before it covers; all
    questions about business rows and balances are asked whole. ``handed_out`` are seals as others
    keep them.
    ``on_progress`` is told how many of ``length`` were made since the last call.
    """
    # Recomputing a county's years takes longer than any request may.
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    proof = ledger.verify(connection, since=since, on_progress=on_progress)
    ledger.seals.verify_seals(connection, proof, public_keys, since=since, on_progress=on_progress)
    verifying.verify(connection, proof, public_keys, since=since)
    if handed_out:
        ledger.seals.compare_seals(connection, proof, handed_out)
        verifying.compare(connection, proof, handed_out)
    proof.ask(connection, domains.questions())
    inventory.compare(connection, proof)
    return proof


def length(connection: Connection, *, since: datetime | None = None) -> int:
    """How much a proof has to hash: each transfer on both accounts, and once under its seal."""
    entries = ledger.entries_to_hash(connection, since)
    return entries + ledger.seals.transfers_to_hash(connection, since)
