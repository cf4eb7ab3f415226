"""The nights of expiry."""

import structlog

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.points.expiry import service
from app.register.regions import queries as regions

log = structlog.get_logger(__name__)


@sweep("10 0 * * *")
def expire_points() -> None:
    """Empty the accounts whose last day has passed, a batch a transaction.

    A night that fails is made up by the next one; nobody can spend those points meanwhile.
    """
    day = clock.day_of(clock.now())
    for county_id in _counties():
        points = 0
        after: int | None = 0
        while after is not None:
            with transaction():
                batch = service.expire(county_id=county_id, day=day, after=after, at=clock.now())
            points += batch.points
            after = batch.after
        if points:
            log.info("expiry.expired", county_id=county_id, points=points)


@sweep("30 0 * * *")
def give_notice() -> None:
    """Tell households which points they will lose soon."""
    day = clock.day_of(clock.now())
    for county_id in _counties():
        after: int | None = 0
        while after is not None:
            with transaction():
                after = service.give_notice(
                    county_id=county_id, day=day, after=after, at=clock.now()
                )


def _counties() -> list[int]:
    with transaction():
        return [county.id for county in regions.counties()]
