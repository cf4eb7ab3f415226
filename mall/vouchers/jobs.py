"""The nights and hours of vouchers."""

import structlog

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.register.regions import queries as regions
from mall.vouchers import upkeep

log = structlog.get_logger(__name__)


@sweep("20 0 * * *")
def withdraw_expired() -> None:
    """Take codes whose last day has passed out of the stock, and remind those who bought one.

    A code past its day is not sold meanwhile, so a night that fails is made up by the next one.
    """
    with transaction():
        gone = upkeep.withdraw_expired(at=clock.now())
    for each in gone:
        log.info("vouchers.expired", county_id=each.county_id, codes=each.codes)
    for county_id in _counties():
        with transaction():
            upkeep.remind(county_id=county_id, at=clock.now())


@sweep("5 * * * *")
def ring_low() -> None:
    """Ring for kinds of voucher of which few are left."""
    for county_id in _counties():
        with transaction():
            low = upkeep.ring_low(county_id=county_id, at=clock.now())
        for stock in low:
            log.warning("vouchers.low", county_id=county_id, kind_id=str(stock.id), left=stock.left)


def _counties() -> list[int]:
    with transaction():
        return [county.id for county in regions.counties()]
