"""The nightly look at who holds what; what must be apart lapses."""

import structlog

from app.agreements.grants import pairs, queries
from app.kernel import clock
from app.kernel.db import reading, transaction
from app.kernel.jobs import sweep
from app.register.regions import queries as regions

log = structlog.get_logger(__name__)


@sweep("20 4 * * *")
def look_at_offices() -> None:
    """Ring for every forbidden pair of roles and every office of somebody unknown."""
    at = clock.now()
    with reading():
        found = [(county.id, queries.faults(county.id)) for county in regions.counties()]
    for county_id, faults in found:
        for fault in faults:
            log.error(
                "trust.fault",
                county_id=county_id,
                user_id=str(fault.user_id),
                roles=[str(role) for role in fault.roles],
                on=clock.day_of(at).isoformat(),
            )
    with transaction():
        pairs.lapse_pairs(at=at)
