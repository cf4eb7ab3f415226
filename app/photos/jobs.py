"""Making uploads safe to show."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import structlog

from app import clients
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import enqueue, job, sweep
from app.photos import queries, service
from app.photos.models import Photo, Variant, file_key
from app.photos.screening import Decoded, Refused, decode

log = structlog.get_logger(__name__)

LEFT_BEHIND_AFTER = timedelta(minutes=10)
ORPHAN_AFTER = timedelta(days=1)
SWEEP_LIMIT = 500


@job
def prepare(county_id: str, photo_id: str) -> None:
    """Decode a received photo, keep what may be shown, and delete the upload.

    Safe to run twice and at once: every step finds out whether it is still to be done. No
    transaction is open while the photo is decoded or the store is written.

    Raises:
        DecoderFailed, PhotoMissing, StoreFull, StoreAway: the queue, then the sweep try again.
    """
    county, identifier = int(county_id), UUID(photo_id)
    with transaction():
        photo = service.begin_screening(county_id=county, photo_id=identifier, at=clock.now())
    if photo is not None:
        outcome = _screened(photo)
        with transaction():
            service.record_screening(
                county_id=county, photo_id=identifier, outcome=outcome, at=clock.now()
            )
    _delete_original(county, identifier)


@sweep("*/10 * * * *")
def prepare_left_behind() -> None:
    """Take up photos whose job was lost or failed, and uploads that were not deleted."""
    with transaction():
        found = queries.left_behind(clock.now() - LEFT_BEHIND_AFTER, SWEEP_LIMIT)
    for county_id, photo_id in found:
        enqueue(prepare, str(county_id), str(photo_id))
    if found:
        log.info("photos.left_behind", count=len(found))


@sweep("20 3 * * *")
def delete_orphans() -> None:
    """Delete uploads that no row speaks of: their request failed after the file was written."""
    store = clients.photos()
    keys = set(store.older_keys(Variant.ORIGINAL, clock.now() - ORPHAN_AFTER))
    with transaction():
        known = queries.known({UUID(key[:32]) for key in keys})
    for key in keys:
        if UUID(key[:32]) not in known:
            store.delete(key)
            log.info("photos.orphan_deleted", key=key)


def _screened(photo: Photo) -> Decoded | Refused:
    store = clients.photos()
    with store.open(photo.key(Variant.ORIGINAL)) as upload:
        outcome = decode(upload)
    if isinstance(outcome, Decoded):
        store.put(photo.key(Variant.SHOWN), BytesIO(outcome.shown))
        store.put(photo.key(Variant.THUMB), BytesIO(outcome.thumb))
    return outcome


def _delete_original(county_id: int, photo_id: UUID) -> None:
    clients.photos().delete(file_key(photo_id, Variant.ORIGINAL))
    with transaction():
        service.record_original_deleted(county_id=county_id, photo_id=photo_id, at=clock.now())
