"""Receiving a photo, and recording what the decoder found."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.machinery import PathFinder
from importlib.util import find_spec
from io import SEEK_END
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app import outside
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.photos.errors import (
    NotAPhoto,
    PhotoEmpty,
    PhotoInAvif,
    PhotoInHeic,
    PhotoMoves,
    PhotoTooLarge,
)
from app.photos.fingerprints import service as fingerprints
from app.photos.models import Photo, PhotoContent, PhotoFault, PhotoState, Variant, file_key
from app.photos.screening import Decoded, Refused

UPLOAD_MEGABYTES_MAX = 10
ATTEMPTS_MAX = 3
_HEAD_BYTES = 64
# Whether the library that decodes was built with AVIF, asked without loading it.
# Looked for without importing Pillow, which only the decoder needs.
_PILLOW = find_spec("PIL")
READS_AVIF = _PILLOW is not None and bool(
    PathFinder.find_spec("_avif", _PILLOW.submodule_search_locations)
)
# The brands of the files of ISO 14496-12 (ftyp) that hold pictures; others hold films.
_PICTURE_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class Upload:
    """A file that is in the photo store and has no row yet."""

    photo_id: UUID
    upload_bytes: int
    sha256: bytes


def store(*, content: BinaryIO, at: datetime) -> Upload:
    """Put an upload into the photo store as it came; ``receive`` then makes it a photo.

    The file is written before the row, so that no row ever lacks its file; and apart from it,
    so that no row need be locked meanwhile. A file that no row follows is deleted by a sweep.

    Raises:
        PhotoEmpty, PhotoTooLarge, NotAPhoto, PhotoInAvif, PhotoInHeic, PhotoMoves: nothing
            was kept.
        StoreFull, StoreAway: the photo store took nothing.
    """
    upload = Upload(photo_id=uuid7(at), upload_bytes=check_upload(content), sha256=_sha256(content))
    outside.photos().put(file_key(upload.photo_id, Variant.ORIGINAL), content)
    return upload


def check_upload(content: BinaryIO) -> int:
    """Its size in bytes, if it may be a photo by its size and first bytes.

    Raises:
        PhotoEmpty, PhotoTooLarge, NotAPhoto, PhotoInAvif, PhotoInHeic, PhotoMoves: it is none.
    """
    size = content.seek(0, SEEK_END)
    content.seek(0)
    if size == 0:
        raise PhotoEmpty()
    if size > UPLOAD_MEGABYTES_MAX << 20:
        raise PhotoTooLarge(limit_megabytes=UPLOAD_MEGABYTES_MAX)
    head = content.read(_HEAD_BYTES)
    content.seek(0)
    _refuse_other_kinds(head)
    return size


def receive(
    upload: Upload,
    *,
    county_id: int,
    household_id: UUID | None,
    group_id: UUID,
    uploaded_by: UUID,
    at: datetime,
) -> Photo:
    """Make a stored upload a photo, to be screened by a job of the caller's.

    ``group_id`` is the region whose staff may see it; of a place there is no household.

    Its ``repeats_id`` already says whether the county has seen the very same content before.
    """
    photo = Photo(
        county_id=county_id,
        id=upload.photo_id,
        household_id=household_id,
        group_id=group_id,
        uploaded_by=uploaded_by,
        received_at=at,
        upload_bytes=upload.upload_bytes,
        sha256=upload.sha256,
        state=PhotoState.RECEIVED,
        attempts=0,
    )
    photo.repeats_id = _first_with_content(photo)
    db.session.add(photo)
    return photo


def begin_screening(*, county_id: int, photo_id: UUID, at: datetime) -> Photo | None:
    """Count one more attempt at the photo and return it; none when there is nothing to do.

    A photo that outlived its attempts is given up: it is rejected, so that it waits no longer.
    """
    photo = locked_photo(county_id, photo_id)
    if photo.state is not PhotoState.RECEIVED:
        return None
    if photo.attempts >= ATTEMPTS_MAX:
        _reject(photo, PhotoFault.UNDECODABLE, at)
        return None
    photo.attempts += 1
    return photo


def take_back_attempt(*, county_id: int, photo_id: UUID) -> None:
    """An attempt that the photo store spoiled says nothing about the photo."""
    locked_photo(county_id, photo_id).attempts -= 1


def record_screening(
    *, county_id: int, photo_id: UUID, outcome: Decoded | Refused, is_checked: bool, at: datetime
) -> None:
    """Write down what the decoder said. The files of a decoded photo are already stored.

    ``is_checked`` says whether the county has the content of photos checked before they are seen.
    """
    photo = locked_photo(county_id, photo_id)
    if photo.state is not PhotoState.RECEIVED:
        return  # another run of the same job was quicker
    if isinstance(outcome, Refused):
        _reject(photo, PhotoFault(outcome.value), at)
        return
    photo.state = PhotoState.CHECKING if is_checked else PhotoState.READY
    photo.screened_at = at
    photo.width, photo.height = outcome.width, outcome.height
    photo.brightness = outcome.brightness
    fingerprints.keep(photo, outcome)


def record_original_deleted(*, county_id: int, photo_id: UUID, at: datetime) -> None:
    """Write down that the upload itself, with whatever it told about its maker, is gone."""
    locked_photo(county_id, photo_id).original_deleted_at = at


def _refuse_other_kinds(head: bytes) -> None:
    """Go by the first bytes, which tell the kinds that are read; a file's name proves nothing."""
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if is_webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return
    is_iso, brand = head[4:8] == b"ftyp", head[8:12]
    if is_iso and brand in {b"avif", b"mif1"} and b"avif" in _brands(head):
        if READS_AVIF:
            return
        raise PhotoInAvif()
    if is_iso and brand in _PICTURE_BRANDS:
        raise PhotoInHeic()
    if is_iso or head.startswith((b"GIF8", b"\x1aE\xdf\xa3")):
        raise PhotoMoves()
    raise NotAPhoto()


def _brands(head: bytes) -> set[bytes]:
    """What a file of ISO 14496-12 says that it can be read as, as far as its first bytes tell."""
    end = min(int.from_bytes(head[:4]), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}


def _sha256(content: BinaryIO) -> bytes:
    digest = sha256()
    while piece := content.read(_PIECE_BYTES):
        digest.update(piece)
    content.seek(0)
    return digest.digest()


def _first_with_content(photo: Photo) -> UUID | None:
    """Claim the content for this photo, or return the photo that had it first."""
    claim = (
        insert(PhotoContent)
        .values(
            county_id=photo.county_id,
            sha256=photo.sha256,
            photo_id=photo.id,
            first_seen_at=photo.received_at,
        )
        .on_conflict_do_nothing()
        .returning(PhotoContent.photo_id)
    )
    if db.session.scalar(claim) is not None:
        return None
    return db.session.scalars(
        select(PhotoContent.photo_id).where(
            PhotoContent.county_id == photo.county_id, PhotoContent.sha256 == photo.sha256
        )
    ).one()


def locked_photo(county_id: int, photo_id: UUID) -> Photo:
    """The photo, whose row is ours until the commit."""
    return db.session.scalars(
        locked(select(Photo).where(Photo.county_id == county_id, Photo.id == photo_id))
    ).one()


def _reject(photo: Photo, fault: PhotoFault, at: datetime) -> None:
    photo.state, photo.fault, photo.screened_at = PhotoState.REJECTED, fault, at
