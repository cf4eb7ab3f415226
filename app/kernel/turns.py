"""Taking turns about what has no row of its own to lock."""

from sqlalchemy import func, select

from app.kernel.db import db
from app.kernel.secrets import vault


def one_at_a_time(*what: str) -> None:
    """Wait, until the commit of whoever is first, for others who decide about the same thing."""
    number = int.from_bytes(vault().index("\0".join(what), "lock")[:8], "big", signed=True)
    db.session.execute(select(func.pg_advisory_xact_lock(number)))
