"""Watching the villages' money."""

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.points.budgets import service
from app.register.regions import queries as regions


@sweep("*/10 * * * *")
def warn_of_low_budgets() -> None:
    """Find budgets that are nearly used up, and tell those who can do something about it."""
    with transaction():
        counties = [county.id for county in regions.counties()]
    for county_id in counties:
        with transaction():
            service.warn(county_id=county_id, at=clock.now())
