"""Who may see which photo, and what it shows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select

from app import outside
from app.kernel.db import db
from app.photos.errors import PhotoDeleted, PhotoNotFound, PhotoNotReady
from app.photos.models import Photo, PhotoFault, PhotoState, Variant
from app.register.regions.models import County
from app.register.regions.queries import inside


def visible_photo(
    *,
    county_id: int,
    photo_id: UUID,
    household_id: UUID | None,
    places: Sequence[UUID],
    taken_by: UUID | None,
) -> Photo:
    """A photo of the caller's own household, of a group inside the caller's places, or one that
    they took themselves in their work (``taken_by``; none for who has no such work).

    Raises:
        PhotoNotFound: no such photo, or it is somebody else's, or there is nothing to see.
        PhotoDeleted: its pictures were deleted when their time was over.
        PhotoNotReady: it has not been screened and checked yet; nobody sees it before that.
    """
    return _showable(
        db.session.scalar(
            select(Photo).where(
                Photo.county_id == county_id,
                Photo.id == photo_id,
                or_(
                    _is_of(household_id),
                    Photo.group_id.in_(inside(places)),
                    Photo.uploaded_by == taken_by,
                ),
            )
        )
    )


def _is_of(household_id: UUID | None) -> ColumnElement[bool]:
    """Photos of the household; of none there are none, though photos of places have none."""
    return false() if household_id is None else Photo.household_id == household_id


def linked_photo(*, county_id: int, photo_id: UUID) -> Photo:
    """A photo for whoever holds a link to it.

    Raises:
        PhotoNotFound, PhotoDeleted, PhotoNotReady: it cannot be shown now, whatever it was when
            the link was made.
    """
    return _showable(db.session.get(Photo, (county_id, photo_id)))


def _showable(photo: Photo | None) -> Photo:
    if photo is None or photo.state is PhotoState.REJECTED:
        raise PhotoNotFound()
    if photo.expired_at is not None:
        raise PhotoDeleted()
    if photo.state is not PhotoState.READY:
        raise PhotoNotReady()
    return photo


def ready_photo(*, county_id: int, photo_id: UUID) -> Photo | None:
    """The photo, if it was screened and can be shown."""
    photo = db.session.get(Photo, (county_id, photo_id))
    return photo if photo is not None and photo.state is PhotoState.READY else None


def jpeg(photo: Photo, variant: Variant) -> bytes:
    """The re-encoded photo, or its thumbnail.

    Raises:
        PhotoMissing, StoreAway: the store does not have it, or does not answer.
    """
    assert variant is not Variant.ORIGINAL, "an upload is never shown as it came"
    with outside.photos().open(photo.key(variant)) as file:
        return file.read()


def known(photo_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that are photos of any county."""
    return set(
        db.session.scalars(
            select(Photo.id).where(Photo.county_id.in_(select(County.id)), Photo.id.in_(photo_ids))
        )
    )


def faults(county_id: int, photo_ids: Collection[UUID]) -> dict[UUID, PhotoFault]:
    """Why those of the photos that were rejected were."""
    rows = db.session.execute(
        select(Photo.id, Photo.fault).where(
            Photo.county_id == county_id, Photo.id.in_(photo_ids), Photo.fault.is_not(None)
        )
    )
    return {photo_id: fault for photo_id, fault in rows if fault is not None}


def household_of(county_id: int, photo_id: UUID) -> UUID | None:
    """Whose waste the photo shows; none of a photo that is not known any more."""
    photo = db.session.get(Photo, (county_id, photo_id))
    return None if photo is None else photo.household_id


def left_behind(before: datetime, limit: int) -> list[tuple[int, UUID]]:
    """County and id of photos received before the instant whose upload is still kept."""
    rows = db.session.execute(
        select(Photo.county_id, Photo.id)
        .where(Photo.original_deleted_at.is_(None), Photo.received_at < before)
        .order_by(Photo.received_at)
        .limit(limit)
    )
    return [(county_id, photo_id) for county_id, photo_id in rows]


def to_check(
    *, asked_before: datetime, screened_before: datetime, limit: int
) -> list[tuple[int, UUID]]:
    """County and id of photos about which WeChat is to be asked, for the first time or again."""
    rows = db.session.execute(
        select(Photo.county_id, Photo.id)
        .where(
            Photo.state == PhotoState.CHECKING,
            Photo.check_overdue_since.is_(None),
            Photo.screened_at < screened_before,
            or_(Photo.check_asked_at.is_(None), Photo.check_asked_at < asked_before),
        )
        .order_by(Photo.screened_at)
        .limit(limit)
    )
    return [(county_id, photo_id) for county_id, photo_id in rows]


def late_checks(screened_before: datetime) -> int:
    """How many photos have waited for their check since before the instant."""
    late = select(func.count()).where(
        Photo.state == PhotoState.CHECKING, Photo.screened_at < screened_before
    )
    return db.session.scalars(late).one()


def waiting_for_a_person(limit: int) -> list[Photo]:
    """Photos whose content a person must judge, the longest waiting first."""
    return list(
        db.session.scalars(
            select(Photo)
            .where(Photo.state == PhotoState.CHECKING, Photo.check_overdue_since.is_not(None))
            .order_by(Photo.screened_at)
            .limit(limit)
        )
    )
