"""The daily look at market prices."""

import structlog

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.register.regions import queries as regions
from mall.campaigns import price_rises

log = structlog.get_logger(__name__)


@sweep("20 6 * * *")
def watch_prices() -> None:
    """Tell of prices that rose during a campaign, a county a transaction."""
    with transaction():
        county_ids = [county.id for county in regions.counties()]
    for county_id in county_ids:
        with transaction():
            told = price_rises.watch(county_id=county_id, at=clock.now())
        if told:
            log.warning("campaigns.prices_rose", county_id=county_id, count=told)
