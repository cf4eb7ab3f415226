"""Making uploads safe to show."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import structlog

from app import outside
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.errors import DomainError, Unavailable
from app.kernel.jobs import job, sweep, take_up
from app.outside.wechat import ImageNotTaken
from app.photos import checking, expiring, queries, service, uploads
from app.photos.models import Photo, Variant, file_key
from app.photos.screening import Decoded, Refused, decode

log = structlog.get_logger(__name__)

LEFT_BEHIND_AFTER = timedelta(minutes=10)
UNASKED_AFTER = timedelta(minutes=2)
FORGET_AFTER = timedelta(days=7)
ORPHAN_AFTER = timedelta(days=1)
CHECK_LINK_SECONDS = 2 * 3600  # WeChat asks for an hour at least
EXPIRY_BATCH = 200
EXPIRY_SECONDS = 1800
SWEEP_LIMIT = 500


@job
def prepare(county_id: str, photo_id: str) -> None:
    """Decode a received photo, keep what may be shown, delete the upload, have it checked.

    Safe to run twice and at once: every step finds out whether it is still to be done. No
    transaction is open while the photo is decoded or the store is written.

    Raises:
        DecoderFailed, PhotoMissing, StoreFull, StoreAway, WeChatUnavailable,
        WeChatMisconfigured: the queue, then the sweeps try again.
    """
    county, identifier = int(county_id), UUID(photo_id)
    with transaction():
        photo = service.begin_screening(county_id=county, photo_id=identifier, at=clock.now())
    if photo is not None:
        try:
            outcome = _screened(photo)
        except Unavailable:
            with transaction():
                service.take_back_attempt(county_id=county, photo_id=identifier)
            raise
        with transaction():
            service.record_screening(
                county_id=county,
                photo_id=identifier,
                outcome=outcome,
                is_checked=outside.checks_content(),
                at=clock.now(),
            )
    _delete_original(county, identifier)
    _have_checked(county, identifier)


@sweep("*/10 * * * *")
def prepare_left_behind() -> None:
    """Take up photos whose job was lost or failed, and uploads that were not deleted."""
    with transaction():
        found = queries.left_behind(clock.now() - LEFT_BEHIND_AFTER, SWEEP_LIMIT)
    for county_id, photo_id in found:
        take_up(prepare, str(county_id), str(photo_id))
    if found:
        log.info("photos.left_behind", count=len(found))


@sweep("*/5 * * * *")
def check_left_behind() -> None:
    """Ask again about photos that WeChat was not asked about, or did not answer for."""
    at = clock.now()
    with transaction():
        found = queries.to_check(
            asked_before=at - checking.ANSWER_WITHIN,
            screened_before=at - UNASKED_AFTER,
            limit=SWEEP_LIMIT,
        )
        late = queries.late_checks(at - checking.LATE_AFTER)
        checking.forget_unmatched(at - FORGET_AFTER)
    for county_id, photo_id in found:
        take_up(prepare, str(county_id), str(photo_id))
    if late:
        log.error("photos.checks_late", count=late, hint="docs/operations.md, the content check")


@sweep("20 3 * * *")
def delete_orphans() -> None:
    """Delete uploads that no row speaks of, and leave to upload that nobody can use any more."""
    store, before = outside.photos(), clock.now() - ORPHAN_AFTER
    keys = set(store.older_keys(Variant.ORIGINAL, before))
    with transaction():
        known = queries.known({UUID(key[:32]) for key in keys})
        uploads.forget(before)
    orphans = {key for key in keys if UUID(key[:32]) not in known}
    # A form is good for minutes, and what it brought is fetched at once.
    for key in orphans | set(store.older_keys(Variant.POSTED, before)):
        store.delete(key)
        log.info("photos.orphan_deleted", key=key)


@sweep("40 3 * * *", timeout_seconds=EXPIRY_SECONDS)
def delete_expired() -> None:
    """Delete the pictures of photos that are older than their county keeps them."""
    store, gone = outside.photos(), 0
    while True:
        with transaction():
            due = expiring.expire(at=clock.now(), limit=EXPIRY_BATCH)
        for county_id, photo_id in due:
            for variant in (Variant.SHOWN, Variant.THUMB):
                store.delete(file_key(photo_id, variant))
            with transaction():
                expiring.record_deleted(county_id=county_id, photo_id=photo_id, at=clock.now())
        gone += len(due)
        if len(due) < EXPIRY_BATCH:
            break
    if gone:
        log.info("photos.expired", count=gone)


def _screened(photo: Photo) -> Decoded | Refused:
    store = outside.photos()
    with store.open(photo.key(Variant.ORIGINAL)) as upload:
        outcome = decode(upload)
    if isinstance(outcome, Decoded):
        store.put(photo.key(Variant.SHOWN), BytesIO(outcome.shown))
        store.put(photo.key(Variant.THUMB), BytesIO(outcome.thumb))
    return outcome


def _delete_original(county_id: int, photo_id: UUID) -> None:
    outside.photos().delete(file_key(photo_id, Variant.ORIGINAL))
    with transaction():
        service.record_original_deleted(county_id=county_id, photo_id=photo_id, at=clock.now())


def _have_checked(county_id: int, photo_id: UUID) -> None:
    wechat = outside.wechat()
    with transaction():
        openid = checking.begin(
            county_id=county_id, photo_id=photo_id, appid=wechat.appid, at=clock.now()
        )
    if openid is None:
        return
    link = outside.photos().link(file_key(photo_id, Variant.SHOWN), seconds=CHECK_LINK_SECONDS)
    try:
        trace_id = wechat.check_image(link, openid)
    except ImageNotTaken:
        log.warning("photos.check_not_taken", photo_id=str(photo_id))
        return  # the try counts: asking the same at once would end the same
    except DomainError:
        with transaction():
            checking.take_back(county_id=county_id, photo_id=photo_id)
        raise
    with transaction():
        checking.record_question(
            trace_id=trace_id, county_id=county_id, photo_id=photo_id, at=clock.now()
        )
