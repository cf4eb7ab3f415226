"""Drawing by the clock."""

import structlog

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.register.regions import queries as regions
from app.sorting.rounds import planning

log = structlog.get_logger(__name__)


@sweep("5 * * * *", timeout_seconds=600)
def draw_weeks() -> None:
    """Draw the week that is due: on Sunday at eight in the evening, or as soon after as may be."""
    week_on = planning.week_due(clock.now())
    with transaction():
        counties = [county.id for county in regions.counties()]
    for county_id in counties:
        with transaction():
            draw = planning.draw_week(county_id=county_id, week_on=week_on, at=clock.now())
        if draw is not None:
            log.info("rounds.drawn", county_id=county_id, week=week_on.isoformat())
