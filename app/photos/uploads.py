"""Photos that phones put into the store by themselves, past our own servers.

First a form that fits one key for some minutes; then whoever sends a self-check or a check names
the upload instead of a file. Only then is the file fetched and looked at like any other, copied to
a key that no form reaches, and from there on it is an upload as if we had received it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import delete, func, select

from app import outside
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.outside.photos import Form, PhotoMissing
from app.photos import service
from app.photos.errors import (
    NotAPhoto,
    PhotoEmpty,
    PhotoTooLarge,
    PhotoUnread,
    TooManyUploads,
    UploadExpired,
    UploadNotFound,
    UploadUsed,
)
from app.photos.models import PhotoUpload, Variant, file_key
from app.photos.screening import DecoderFailed, Refused, decode
from app.photos.service import UPLOAD_MEGABYTES_MAX, Upload

FORM_SECONDS = 600  # a village line takes minutes for a photo
USED_WITHIN = timedelta(minutes=30)
HOURLY_MAX = 60  # forms a user


@dataclass(frozen=True)
class Offer:
    """Where and how to post a photo, and the id to name it by afterwards."""

    id: UUID
    form: Form
    expires_at: datetime  # until then it must be used


def offer(*, county_id: int, user_id: UUID, content_type: str, at: datetime) -> Offer:
    """Let a user put one photo of at most 10 MB into the store.

    Raises:
        TooManyUploads: the user asked for too many in the last hour.
    """
    lately = select(func.count()).where(
        PhotoUpload.user_id == user_id, PhotoUpload.offered_at > at - timedelta(hours=1)
    )
    if db.session.scalars(lately).one() >= HOURLY_MAX:
        raise TooManyUploads()
    upload = PhotoUpload(
        county_id=county_id,
        id=uuid7(at),
        user_id=user_id,
        offered_at=at,
        expires_at=at + USED_WITHIN,
    )
    db.session.add(upload)
    form = outside.photos().form(
        file_key(upload.id, Variant.POSTED),
        content_type=content_type,
        bytes_max=UPLOAD_MEGABYTES_MAX << 20,
        seconds=FORM_SECONDS,
    )
    return Offer(upload.id, form, upload.expires_at)


def to_fetch(*, county_id: int, upload_id: UUID, user_id: UUID, at: datetime) -> bool:
    """Whether the file of an upload is still to be fetched; false if it cannot be used anyway."""
    upload = db.session.get(PhotoUpload, (county_id, upload_id))
    return (
        upload is not None
        and upload.user_id == user_id
        and upload.photo_id is None
        and at < upload.expires_at
    )


def fetch(*, upload_id: UUID, at: datetime) -> Upload:
    """Look at what the phone posted and put it where no form reaches. No row is touched.

    Raises:
        UploadNotFound: nothing was posted.
        PhotoEmpty, PhotoTooLarge, NotAPhoto: it is no photo; what was posted is deleted.
        StoreFull, StoreAway: the photo store took or gave nothing.
    """
    store, posted = outside.photos(), file_key(upload_id, Variant.POSTED)
    try:
        content = store.open(posted)
    except PhotoMissing:
        raise UploadNotFound() from None
    try:
        with content:
            found = service.store(content=content, at=at)
    except (PhotoEmpty, PhotoTooLarge, NotAPhoto):
        store.delete(posted)
        raise
    store.delete(posted)
    return found


def record_arrival(*, county_id: int, upload_id: UUID, found: Upload) -> None:
    """Write down what was fetched. Of two who fetched at once the first counts."""
    upload = _locked(county_id, upload_id)
    if upload is None or upload.photo_id is not None:
        return  # the other's file is deleted by the sweep of orphans
    upload.photo_id, upload.sha256 = found.photo_id, found.sha256
    upload.upload_bytes = found.upload_bytes


def to_look_at(*, county_id: int, upload_id: UUID, user_id: UUID) -> UUID | None:
    """The photo of an upload that arrived and is not used yet, for ``look``."""
    upload = db.session.get(PhotoUpload, (county_id, upload_id))
    if upload is None or upload.user_id != user_id or upload.used_at is not None:
        return None
    return upload.photo_id


def look(photo_id: UUID) -> None:
    """Decode what was uploaded, for whom it is to be evidence at once: bytes that begin like a
    picture are none. No row is touched, and no transaction need be open.

    Raises:
        NotAPhoto: nobody can see anything on it.
        PhotoUnread: there is no verdict now.
        StoreAway: the photo store gave nothing.
    """
    with outside.photos().open(file_key(photo_id, Variant.ORIGINAL)) as content:
        try:
            outcome = decode(content)
        except DecoderFailed:
            raise PhotoUnread() from None
    if isinstance(outcome, Refused):
        raise NotAPhoto()


def taken(content: BinaryIO | UUID, *, county_id: int, user_id: UUID, at: datetime) -> Upload:
    """The upload behind a file that came with the request, or behind an ``upload_id``.

    Raises:
        PhotoEmpty, PhotoTooLarge, NotAPhoto, StoreFull, StoreAway: see ``service.store``.
        UploadNotFound: no such upload of this user, or nothing was posted.
        UploadUsed, UploadExpired: it is too late for it.
    """
    if not isinstance(content, UUID):
        return service.store(content=content, at=at)
    upload = _locked(county_id, content)
    if upload is None or upload.user_id != user_id:
        raise UploadNotFound()
    if upload.used_at is not None:
        raise UploadUsed()
    if at >= upload.expires_at:
        raise UploadExpired()
    if upload.photo_id is None or upload.sha256 is None or upload.upload_bytes is None:
        raise UploadNotFound()
    upload.used_at = at
    return Upload(upload.photo_id, upload.upload_bytes, upload.sha256)


def forget(before: datetime) -> None:
    """Delete leave to upload that was given before the instant, used or not."""
    db.session.execute(delete(PhotoUpload).where(PhotoUpload.offered_at < before))


def _locked(county_id: int, upload_id: UUID) -> PhotoUpload | None:
    return db.session.scalar(
        locked(
            select(PhotoUpload).where(
                PhotoUpload.county_id == county_id, PhotoUpload.id == upload_id
            )
        )
    )
