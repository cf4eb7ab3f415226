"""Ranking the spans that are over."""

from datetime import date

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.points.awards.errors import NoPolicy
from app.register.regions import queries as regions
from app.standing.ranks import queries, service
from app.standing.ranks.models import Span

REGIONS_AT_ONCE = 500
MONTHS_MADE_UP = 3


@sweep("10 1 * * *", timeout_seconds=3_600)
def rank_households() -> None:
    """Rank groups and villages where the county wants it, each span once."""
    with transaction():
        counties = [county.id for county in regions.counties()]
    for county_id in counties:
        for last_day in clock.month_ends(clock.day_of(clock.now()), MONTHS_MADE_UP):
            for span in _due(county_id, last_day):
                _rank(county_id, span, last_day)


def _due(county_id: int, last_day: date) -> tuple[Span, ...]:
    try:
        with transaction():
            return service.spans_due(county_id=county_id, last_day=last_day, at=clock.now())
    except NoPolicy:
        return ()  # the county began later


def _rank(county_id: int, span: Span, last_day: date) -> None:
    while True:
        with transaction():
            waiting = queries.open_regions(county_id, span, last_day, limit=REGIONS_AT_ONCE)
        for region_id in waiting:
            with transaction():
                service.rank(
                    county_id=county_id,
                    span=span,
                    last_day=last_day,
                    region_id=region_id,
                    at=clock.now(),
                )
        if len(waiting) < REGIONS_AT_ONCE:
            return
