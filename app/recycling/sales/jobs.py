"""Bonuses for what was sold, once its day is over."""

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.recycling.sales import queries, service

DECIDED_A_RUN_MAX = 2_000


@sweep("*/10 * * * *")
def decide_bonuses() -> None:
    """Decide the bonuses of sales that can no longer be voided, oldest first."""
    with transaction():
        waiting = queries.without_bonus(clock.day_of(clock.now()), limit=DECIDED_A_RUN_MAX)
    for county_id, sale_id in waiting:
        with transaction():
            service.decide_bonuses(county_id=county_id, sale_id=sale_id, at=clock.now())
