"""Sealing the trace: its counties, and the chain of its seals."""

from sqlalchemy import Connection, text

from app.kernel.audit.written import leaves
from app.kernel.seals import Chain, Sealed

TRACE = Chain(
    of=Sealed.TRACE,
    rows="audit_events",
    xact="bigint",
    seals="audit_seals",
    append="append_audit_seal",
    leaves=leaves,
)

# From one county to the next by the key, for a trace is long and its counties are few.
_COUNTIES = text("""
    WITH RECURSIVE found AS (
        (SELECT county_id FROM audit_events ORDER BY county_id LIMIT 1)
        UNION ALL
        SELECT (SELECT e.county_id FROM audit_events e WHERE e.county_id > found.county_id
                 ORDER BY e.county_id LIMIT 1)
          FROM found WHERE found.county_id IS NOT NULL
    )
    SELECT county_id FROM found WHERE county_id IS NOT NULL ORDER BY 1
""")


def counties(connection: Connection) -> list[int]:
    """The counties that have a trace."""
    return list(connection.scalars(_COUNTIES))
