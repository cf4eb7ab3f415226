"""Screening of self-checks, and the bell when they wait too long."""

from datetime import timedelta
from uuid import UUID

import structlog

from app import outside
from app.kernel import clock
from app.kernel.db import reading, transaction
from app.kernel.jobs import job, sweep, take_up
from app.outside.opinions import NoOpinions, Opinion
from app.photos.jobs import prepare
from app.photos.models import Variant
from app.photos.queries import jpeg, ready_photo
from app.sorting.self_checks import overdue, queries, queueing, screening

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
    _move_on(county, identifier, photo_id)


@job
def screen_photo(county_id: str, photo_id: str) -> None:
    """Move the self-check of a photo on, if there is one, now that more is known of the photo."""
    county, photo = int(county_id), UUID(photo_id)
    with transaction():
        self_check_id = queries.screened_by(county, photo)
    if self_check_id is not None:
        _move_on(county, self_check_id, photo)


@sweep("*/5 * * * *")
def screen_left_behind() -> None:
    """Take up self-checks whose job was lost or failed."""
    with transaction():
        found = queries.left_screening(clock.now() - LEFT_AFTER, SWEEP_LIMIT)
    for county_id, self_check_id in found:
        take_up(screen, str(county_id), str(self_check_id))
    if found:
        log.info("self_checks.left_behind", count=len(found))


@sweep("*/5 * * * *")
def watch_reviews() -> None:
    """Queue what was forgotten, and ring for photos that wait for a verdict too long."""
    with transaction():
        forgotten = queueing.want_forgotten(SWEEP_LIMIT)
        late = overdue.ring(at=clock.now())
    if forgotten:
        log.info("reviews.forgotten", count=forgotten)
    for each in late:
        log.warning(
            "reviews.overdue",
            county_id=each.county_id,
            village_id=str(each.village_id),
            stage=each.stage.value,
            waiting=each.waiting,
            oldest_minutes=each.oldest_minutes,
        )


def _move_on(county_id: int, self_check_id: UUID, photo_id: UUID) -> None:
    opinion = _opinion(county_id, photo_id)
    with reading():
        known = screening.evidence(
            county_id=county_id, self_check_id=self_check_id, opinion=opinion
        )
    with transaction():
        screening.record_screening(
            county_id=county_id, self_check_id=self_check_id, known=known, at=clock.now()
        )
        queueing.want_first(county_id=county_id, self_check_id=self_check_id)


def _opinion(county_id: int, photo_id: UUID) -> Opinion | None:
    """What the model says, asked while no transaction is open; most counties have none."""
    opinions = outside.opinions()
    if isinstance(opinions, NoOpinions):
        return None
    with reading():
        photo = ready_photo(county_id=county_id, photo_id=photo_id)
    return opinions.on(jpeg(photo, Variant.SHOWN)) if photo else None
