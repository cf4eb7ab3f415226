"""Forgetting what is no longer compared."""

import structlog

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.photos.fingerprints import service

log = structlog.get_logger(__name__)

PHOTOS_AT_ONCE = 1_000
ROUNDS_MAX = 100


@sweep("50 3 * * *")
def forget_old() -> None:
    """Delete fingerprints and measures of photos that are older than they are remembered."""
    before = clock.now() - service.REMEMBERED
    for _ in range(ROUNDS_MAX):
        with transaction():
            forgotten = service.forget(before=before, limit=PHOTOS_AT_ONCE)
        if not forgotten:
            return
        log.info("fingerprints.forgotten", photos=forgotten)
