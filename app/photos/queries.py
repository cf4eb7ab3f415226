"""Who may see which photo, and what it shows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from app import clients
from app.kernel.db import db
from app.photos.errors import PhotoNotFound, PhotoNotReady
from app.photos.models import Photo, PhotoState, Variant
from app.regions.models import County
from app.regions.queries import inside


def visible_photo(
    *, county_id: int, photo_id: UUID, household_id: UUID | None, places: Sequence[UUID]
) -> Photo:
    """A photo of the caller's own household, or of a group inside the caller's places.

    Raises:
        PhotoNotFound: no such photo, or it is somebody else's, or there is nothing to see.
        PhotoNotReady: it has not been screened yet, and nobody sees it before that.
    """
    photo = db.session.scalar(
        select(Photo).where(
            Photo.county_id == county_id,
            Photo.id == photo_id,
            or_(Photo.household_id == household_id, Photo.group_id.in_(inside(places))),
        )
    )
    if photo is None or photo.state is PhotoState.REJECTED:
        raise PhotoNotFound()
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
    with clients.photos().open(photo.key(variant)) as file:
        return file.read()


def known(photo_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that are photos of any county."""
    return set(
        db.session.scalars(
            select(Photo.id).where(Photo.county_id.in_(select(County.id)), Photo.id.in_(photo_ids))
        )
    )


def left_behind(before: datetime, limit: int) -> list[tuple[int, UUID]]:
    """County and id of photos received before the instant whose upload is still kept."""
    rows = db.session.execute(
        select(Photo.county_id, Photo.id)
        .where(Photo.original_deleted_at.is_(None), Photo.received_at < before)
        .order_by(Photo.received_at)
        .limit(limit)
    )
    return [(county_id, photo_id) for county_id, photo_id in rows]
