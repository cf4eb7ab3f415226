"""Forgetting by the clock."""

from datetime import timedelta

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.register.looks import service

KEPT = timedelta(days=2)


@sweep("35 3 * * *")
def forget_looks() -> None:
    """Delete the looks of days that are over: they only keep the trace from saying one twice."""
    with transaction():
        service.forget(clock.day_of(clock.now()) - KEPT)
