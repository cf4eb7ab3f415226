"""Background work of the ledger."""

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.ledger import service

MONTHS_AHEAD = 24


@sweep("17 3 * * *")
def open_coming_months() -> None:
    """Make the partitions of the next two years, so that no award meets a missing one."""
    with transaction():
        service.open_months(at=clock.now(), months=MONTHS_AHEAD)
