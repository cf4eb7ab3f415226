"""Asking everything that must hold, of one snapshot."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import Connection, text

import app.awards.proof
import app.inspections.proof
import app.ranks.proof
import app.rates.proof
import app.rounds.proof
import app.sales.proof
import app.scores.proof
import app.sorting.proof
import mall.campaigns.proof
import mall.cards.proof
import mall.catalogue.proof
import mall.deposits.proof
import mall.orders.proof
import mall.redemption.proof
import mall.reversals.proof
import mall.settlement.proof
import mall.vouchers.proof
from app import ledger
from app.kernel.signing import PublicKeys
from app.ledger import seals

QUESTIONS = {
    **app.awards.proof.QUESTIONS,
    **app.sorting.proof.QUESTIONS,
    **app.inspections.proof.QUESTIONS,
    **mall.campaigns.proof.QUESTIONS,
    **app.rates.proof.QUESTIONS,
    **app.rounds.proof.QUESTIONS,
    **mall.catalogue.proof.QUESTIONS,
    **app.sales.proof.QUESTIONS,
    **app.scores.proof.QUESTIONS,
    **app.ranks.proof.QUESTIONS,
    **mall.cards.proof.QUESTIONS,
    **mall.orders.proof.QUESTIONS,
    **mall.redemption.proof.QUESTIONS,
    **mall.reversals.proof.QUESTIONS,
    **mall.settlement.proof.QUESTIONS,
    **mall.deposits.proof.QUESTIONS,
    **mall.vouchers.proof.QUESTIONS,
}


def prove(
    connection: Connection,
    *,
    public_keys: PublicKeys,
    since: datetime | None = None,
    handed_out: Collection[seals.Seal] = (),
    on_progress: Callable[[int], None] = lambda _: None,
) -> ledger.Proof:
    """Recompute the ledger and its seals, and compare it with the rows that decided.

    Run it in a REPEATABLE READ transaction; it may run beside traffic and changes nothing.
    ``since`` rereads only the transfers that no seal made before it covers; all questions about
    business rows and balances are asked whole. ``handed_out`` are seals as others keep them.
    ``on_progress`` is told how many of ``steps`` were made since the last call.
    """
    # Recomputing a county's years takes longer than any request may.
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    proof = ledger.verify(connection, since=since, on_progress=on_progress)
    seals.verify_seals(connection, proof, public_keys, since=since, on_progress=on_progress)
    if handed_out:
        seals.compare_seals(connection, proof, handed_out)
    proof.ask(connection, QUESTIONS)
    return proof


def steps(connection: Connection, *, since: datetime | None = None) -> int:
    """How much a proof has to hash: each transfer on both accounts, and once under its seal."""
    return ledger.entries_to_hash(connection, since) + seals.transfers_to_hash(connection, since)
