"""Bonuses for what was sold, once its day is over; the end of sales nobody said yes to; and what
the recycler is to sign."""

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from app.recycling.sales import answering, queries, service, signing

DECIDED_A_RUN_MAX = 2_000


@sweep("*/10 * * * *")
def decide_bonuses() -> None:
    """Decide the bonuses of sales that can no longer be voided, oldest first."""
    with transaction():
        waiting = queries.without_bonus(clock.day_of(clock.now()), limit=DECIDED_A_RUN_MAX)
    for county_id, sale_id in waiting:
        with transaction():
            service.decide_bonuses(county_id=county_id, sale_id=sale_id, at=clock.now())


@sweep("*/10 * * * *")
def lapse_unanswered() -> None:
    """Close large sales that nobody answered within a day; nothing of them has moved."""
    before = clock.now() - answering.LAPSES_AFTER
    with transaction():
        waiting = queries.unanswered(before, limit=DECIDED_A_RUN_MAX)
    for county_id, sale_id in waiting:
        with transaction():
            answering.lapse(county_id=county_id, sale_id=sale_id, at=clock.now())


@sweep("0 18 * * *")
def remind_of_signatures() -> None:
    """Tell recyclers' agents what of the last days they have not signed."""
    with transaction():
        signing.remind(at=clock.now())
