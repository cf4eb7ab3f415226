"""Counting by the clock."""

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.register.regions import queries as regions
from app.sorting.rates import service


@sweep("*/5 * * * *")
def count_stale_days() -> None:
    """Bring the counters of all counties up to date, a batch of marks a transaction."""
    with transaction():
        counties = [county.id for county in regions.counties()]
    for county_id in counties:
        is_done = False
        while not is_done:
            with transaction():
                marks = service.count(county_id=county_id, at=clock.now())
            is_done = marks < service.BATCH
