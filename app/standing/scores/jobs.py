"""Closing the periods that are over."""

from datetime import date

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.points.awards.errors import NoPolicy
from app.register.regions import queries as regions
from app.standing.scores import service

CLOSED_AT_ONCE = 200
MONTHS_MADE_UP = 3  # a night that failed, or a month of them, is made up


@sweep("40 0 * * *", timeout_seconds=1_800)
def close_periods() -> None:
    """Turn what is left of households' bases into points, once for each period."""
    with transaction():
        counties = [county.id for county in regions.counties()]
    for county_id in counties:
        for last_day in clock.month_ends(clock.day_of(clock.now()), MONTHS_MADE_UP):
            while _close_some(county_id, last_day) == CLOSED_AT_ONCE:
                pass


def _close_some(county_id: int, last_day: date) -> int:
    try:
        with transaction():
            return service.close(
                county_id=county_id, last_day=last_day, limit=CLOSED_AT_ONCE, at=clock.now()
            )
    except NoPolicy:
        return 0  # the county began later
