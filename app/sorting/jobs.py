"""Screening of self-checks."""

from datetime import timedelta
from uuid import UUID

import structlog

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import enqueue, job, sweep
from app.photos.jobs import prepare
from app.sorting import queries, screening

log = structlog.get_logger(__name__)

LEFT_AFTER = timedelta(minutes=5)
SWEEP_LIMIT = 500


@job
def screen(county_id: str, self_check_id: str) -> None:
    """Have the photo of a self-check decoded, then queue it for review or refuse it.

    While the content of the photo is being checked nothing follows; ``screen_photo`` goes on.

    Safe to run twice and at once. A failure of the decoder or the photo store is raised, so that
    the queue, then the sweep try again; a photo that outlived its attempts comes back rejected.
    """
    county, identifier = int(county_id), UUID(self_check_id)
    with transaction():
        photo_id = queries.photo_to_screen(county, identifier)
    if photo_id is None:
        return
    prepare(county_id, str(photo_id))
    with transaction():
        screening.record_screening(county_id=county, self_check_id=identifier, at=clock.now())


@job
def screen_photo(county_id: str, photo_id: str) -> None:
    """Move the self-check of a photo on, if there is one, now that more is known of the photo."""
    county = int(county_id)
    with transaction():
        self_check_id = queries.screened_by(county, UUID(photo_id))
        if self_check_id is not None:
            screening.record_screening(
                county_id=county, self_check_id=self_check_id, at=clock.now()
            )


@sweep("*/5 * * * *")
def screen_left_behind() -> None:
    """Take up self-checks whose job was lost or failed."""
    with transaction():
        found = queries.left_screening(clock.now() - LEFT_AFTER, SWEEP_LIMIT)
    for county_id, self_check_id in found:
        enqueue(screen, str(county_id), str(self_check_id))
    if found:
        log.info("self_checks.left_behind", count=len(found))
