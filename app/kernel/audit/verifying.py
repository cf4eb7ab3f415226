"""Whether the trace is as it was written, and its seals whole, in order, signed, and true of it.

Everything is read in its order and a few rows at a time, so that ten years need no more memory
than a day.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from app.kernel.audit.sealing import TRACE, counties
from app.kernel.audit.written import Written, between
from app.kernel.findings import Findings
from app.kernel.seals import Seal
from app.kernel.seals.merkle import Tree
from app.kernel.signing import PublicKeys

CHAINED = "seals_of_the_trace_are_chained_and_signed"
TRUE = "seals_are_true_of_the_trace"
WRITTEN = "an_event_of_the_trace_is_as_it_was_written"
COVERED = "old_events_of_the_trace_are_sealed"
KEPT = "seals_of_the_trace_are_those_that_were_handed_out"
CHECKS = (CHAINED, TRUE, WRITTEN, COVERED)
LATE = timedelta(days=1)  # an event this old lies under a seal, or the sealing has stopped
_FOREVER = 2**62

_ENDS = text("""
    SELECT county_id, max(commits_before) AS sealed FROM audit_seals GROUP BY county_id
""")
# What no seal covers although its time has come, or whose commit lies in the future.
_UNCOVERED = text("""
    SELECT e.county_id, e.id FROM audit_events e
      LEFT JOIN (SELECT county_id, max(commits_before) AS commits_before
                   FROM audit_seals GROUP BY 1) s USING (county_id)
     WHERE e.xact >= coalesce(s.commits_before, 0)
       AND (e.written_at < clock_timestamp() - :late
            OR e.xact >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)
               AND e.xact IS DISTINCT FROM
                   CAST(CAST(pg_current_xact_id_if_assigned() AS text) AS bigint))
     ORDER BY 1, 2 LIMIT 100
""")


@dataclass(frozen=True)
class Place:
    """A seal, as a place where a proof that was interrupted goes on."""

    county_id: int
    number: int


def verify(
    connection: Connection,
    findings: Findings,
    known: PublicKeys,
    *,
    since: datetime | None = None,
    after: Place | None = None,
    on_seal: Callable[[Seal], None] = lambda _: None,
) -> int:
    """Look at every seal's place and signature, hash again what they cover, and read each code.

    ``since`` rereads only what was sealed from that instant on, and believes the rest by its
    seals; ``after`` leaves out the events up to a seal that an earlier run has read. Returns how
    many events were read. ``on_seal`` is told of each seal whose events were.
    """
    findings.begin(*CHECKS)
    read = 0
    for seal in TRACE.follow(connection, findings, CHAINED, known):
        said = seal.statement
        if since is not None and said.sealed_at < since:
            continue
        if after is not None and (said.county_id, said.number) <= (after.county_id, after.number):
            continue
        read += _recompute(connection, findings, seal)
        on_seal(seal)
    read += _read_unsealed(connection, findings)
    for county_id, event_id in connection.execute(_UNCOVERED, {"late": LATE}):
        findings.report(COVERED, county_id, f"event {event_id}", "lies under no seal")
    return read


def compare(connection: Connection, findings: Findings, handed_out: Iterable[Seal]) -> None:
    """Check that every seal of the trace that was handed out is still there, and the same."""
    TRACE.compare(connection, findings, KEPT, handed_out)


def _recompute(connection: Connection, findings: Findings, seal: Seal) -> int:
    said, tree = seal.statement, Tree()
    events = between(connection, said.county_id, said.commits_from, said.commits_before)
    for event in events:
        tree.add(event.leaf())
        # Those of a release before the codes lie under the first seal.
        _look_at(findings, said.county_id, event, may_lack_code=said.number == 1)
    if tree.size != said.count or not tree.size:
        problem = f"covers {said.count} events and {tree.size} are there"
    elif tree.root() != said.root:
        problem = "has another root than its events: one of them was altered"
    else:
        return tree.size
    findings.report(TRUE, said.county_id, TRACE.named(said.number), problem)
    return tree.size


def _read_unsealed(connection: Connection, findings: Findings) -> int:
    read = 0
    ends = {row.county_id: row.sealed for row in connection.execute(_ENDS)}
    for county_id in counties(connection):
        sealed = ends.get(county_id, 0)
        for event in between(connection, county_id, sealed, _FOREVER):
            _look_at(findings, county_id, event, may_lack_code=not sealed)
            read += 1
    return read


def _look_at(findings: Findings, county_id: int, event: Written, *, may_lack_code: bool) -> None:
    """Report an event that is not as it was written."""
    if event.mac is None and not may_lack_code:
        problem = "bears no code"
    elif not event.is_as_it_was_written():
        problem = "was altered, or written without the key"
    else:
        return
    findings.report(WRITTEN, county_id, f"event {event.id}", problem)
