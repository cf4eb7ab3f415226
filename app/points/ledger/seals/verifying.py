"""Whether the seals are whole, in order, signed, and true of the transfers."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from app.kernel.seals import Seal, merkle
from app.kernel.signing import PublicKeys
from app.points.ledger.chains import Fences, fences_before
from app.points.ledger.findings import Proof
from app.points.ledger.seals.leaves import sealed_transfers
from app.points.ledger.seals.sealing import TRANSFERS

CHAINED = "seals_are_chained_and_signed"
TRUE = "seals_are_true_of_the_transfers"
COVERED = "old_transfers_are_sealed"
KEPT = "seals_are_those_that_were_handed_out"
LATE = timedelta(days=1)  # a transfer this old lies under a seal, or the sealing has stopped

# What no seal covers although its time has come, or whose commit lies in the future.
_UNCOVERED = text("""
    SELECT t.county_id, t.id FROM ledger.transfers t
      LEFT JOIN (SELECT county_id, max(commits_before) AS commits_before
                   FROM ledger.seals GROUP BY 1) s USING (county_id)
     WHERE (s.commits_before IS NULL OR t.xact >= CAST(CAST(s.commits_before AS text) AS xid8))
       AND (t.posted_at < clock_timestamp() - :late
            OR t.xact >= pg_snapshot_xmax(pg_current_snapshot())
               AND t.xact <> coalesce(pg_current_xact_id_if_assigned(), '0'))
     ORDER BY 1, 2 LIMIT 100
""")


def verify_seals(
    connection: Connection,
    proof: Proof,
    known: PublicKeys,
    *,
    since: datetime | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Check every seal's place and signature, and recompute the roots of those in question.

    Those are the seals made since, and the older ones that hold an anchor of the proof; without
    ``since``, all. ``on_progress`` is told how many transfers were hashed since the last call.
    """
    fences = fences_before(connection, since)
    proof.begin(CHAINED, TRUE, COVERED)
    for seal in TRANSFERS.follow(connection, proof, CHAINED, known):
        proof.seals += 1
        if _is_in_question(seal, proof, fences):
            _recompute(connection, proof, seal)
            on_progress(seal.statement.count)
    for county_id, transfer_id in connection.execute(_UNCOVERED, {"late": LATE}):
        proof.report(COVERED, county_id, f"transfer {transfer_id}", "lies under no seal")


def transfers_to_hash(connection: Connection, since: datetime | None) -> int:
    """About how many transfers the check of the seals reads."""
    fences, nothing = fences_before(connection, since), Proof()
    return sum(
        seal.statement.count
        for seal in TRANSFERS.every(connection)
        if _is_in_question(seal, nothing, fences)
    )


def compare_seals(connection: Connection, proof: Proof, handed_out: Iterable[Seal]) -> None:
    """Check that every seal that was handed out is still there, and the same."""
    TRANSFERS.compare(connection, proof, KEPT, handed_out)


def _is_in_question(seal: Seal, proof: Proof, fences: Fences) -> bool:
    said = seal.statement
    if said.county_id not in fences or said.commits_before > fences[said.county_id]:
        return True
    return any(
        county_id == said.county_id and said.commits_from <= xact < said.commits_before
        for county_id, xact in proof.anchors
    )


def _recompute(connection: Connection, proof: Proof, seal: Seal) -> None:
    said = seal.statement
    covered = sealed_transfers(connection, said.county_id, said.commits_from, said.commits_before)
    if len(covered) != said.count:
        problem = f"covers {said.count} transfers and {len(covered)} are there"
    elif merkle.root([transfer.leaf() for transfer in covered]) != said.root:
        problem = "has another root than its transfers: one of them was altered"
    else:
        return
    proof.report(TRUE, said.county_id, f"seal {said.number}", problem)
