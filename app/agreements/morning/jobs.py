"""Every morning the list that waits, every evening what was done in people's names."""

from datetime import timedelta

import structlog

from app.agreements.morning import queries, service
from app.kernel import clock
from app.kernel.db import reading, transaction
from app.kernel.jobs import sweep

log = structlog.get_logger(__name__)

# A day of deeds ends in the evening, so that people read of it before they sleep.
ENDS_AT = timedelta(hours=19)
# What an installation that stood still has missed is told as well.
DAYS_BACK = 3


@sweep("5 19-22 * * *", timeout_seconds=600)
def tell_in_name() -> None:
    """Tell everybody what was done in their name; each day once, whenever it runs."""
    at = clock.now()
    today = clock.day_of(at)
    for back in reversed(range(DAYS_BACK)):
        day = today - timedelta(days=back)
        end = clock.day_start(day) + ENDS_AT
        if end > at:
            continue
        with reading():
            found = queries.in_name(end - timedelta(days=1), end)
        for done in found:
            with transaction():
                service.tell_in_name(done, on=day, at=at)


@sweep("0 8 * * *")
def remind_auditors() -> None:
    """Ring for deeds that nobody has ticked for three days."""
    at = clock.now()
    with reading():
        found = queries.overdue(at)
    for county_id, count in found.items():
        log.error("deeds.unseen", county_id=county_id, count=count)
        with transaction():
            service.remind(county_id=county_id, count=count, on=clock.day_of(at), at=at)
