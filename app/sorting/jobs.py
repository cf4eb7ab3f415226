"""Screening of self-checks."""

from datetime import timedelta
from uuid import UUID

import structlog

from app import clients
from app.clients.opinions import NoOpinions, Opinion
from app.kernel import clock
from app.kernel.db import reading, transaction
from app.kernel.jobs import enqueue, job, sweep
from app.photos.jobs import prepare
from app.photos.models import Variant
from app.photos.queries import jpeg, ready_photo
from app.sorting import queries, screening

log = structlog.get_logger(__name__)

LEFT_AFTER = timedelta(minutes=5)
SWEEP_LIMIT = 500


@job
def screen(county_id: str, self_check_id: str) -> None:
    """Have the photo of a self-check decoded, then queue it for review or refuse it.

    Safe to run twice and at once. A failure of the decoder or the photo store is raised, so that
    the queue, then the sweep try again; a photo that outlived its attempts comes back rejected.
    """
    county, identifier = int(county_id), UUID(self_check_id)
    with transaction():
        photo_id = queries.photo_to_screen(county, identifier)
    if photo_id is None:
        return
    prepare(county_id, str(photo_id))
    opinion = _opinion(county, photo_id)
    with reading():
        known = screening.evidence(county_id=county, self_check_id=identifier, opinion=opinion)
    with transaction():
        screening.record_screening(
            county_id=county, self_check_id=identifier, known=known, at=clock.now()
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


def _opinion(county_id: int, photo_id: UUID) -> Opinion | None:
    """What the model says, asked while no transaction is open; most counties have none."""
    opinions = clients.opinions()
    if isinstance(opinions, NoOpinions):
        return None
    with reading():
        photo = ready_photo(county_id=county_id, photo_id=photo_id)
    return opinions.on(jpeg(photo, Variant.SHOWN)) if photo else None
