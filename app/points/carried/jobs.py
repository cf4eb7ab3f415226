"""What comes back to a household that has ended goes on to the one that goes on for it."""

import structlog

from app.kernel import clock
from app.kernel.db import reading, transaction
from app.kernel.jobs import sweep
from app.points import ledger
from app.points.carried import queries
from app.points.carried.service import follow

log = structlog.get_logger(__name__)


@sweep("*/10 * * * *")
def follow_successors() -> None:
    """Carry what is free on closed households, each in a transaction of its own."""
    at = clock.now()
    with reading():
        found = queries.with_points(clock.day_of(at))
    for county_id, household_id in found:
        try:
            with transaction():
                follow(county_id=county_id, household_id=household_id, at=at)
        except ledger.AccountFrozen:
            log.info("carried.frozen", household_id=str(household_id))
