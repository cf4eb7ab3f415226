"""Accounts that nobody uses any more."""

import structlog

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.register.identity.staff import accounts

log = structlog.get_logger(__name__)


@sweep("30 2 * * *")
def suspend_unused() -> None:
    """Suspend accounts that were not used for 60 days."""
    with transaction():
        suspended = accounts.suspend_unused(at=clock.now())
    if suspended:
        log.info("staff.unused_suspended", count=suspended)
