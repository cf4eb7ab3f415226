"""The trace of what was refused: who tried alone what two people must do."""

from flask import g, request

from app.kernel import audit, clock
from app.kernel.db import transaction
from app.kernel.errors import DomainError


def keep(error: DomainError) -> None:
    """Write down a refusal that is to leave a trace.

    In a transaction of its own: that of the request was undone with all that it had tried.
    """
    if error.is_traced and g.get("caller") is not None:
        with transaction():
            write(error)


def write(error: DomainError) -> None:
    """Write it down in the transaction that is open, which goes on in spite of the refusal."""
    who = g.get("caller")
    if error.is_traced and who is not None:
        audit.record(
            "trust.refused",
            county_id=who.county_id,
            actor_id=who.user_id,
            subject=("act", request.endpoint or "unknown"),
            at=clock.now(),
            code=error.code,
            about={name: str(value) for name, value in (request.view_args or {}).items()},
        )
