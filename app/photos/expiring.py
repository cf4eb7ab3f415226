"""How long the pictures of photos are kept. Their rows, hashes and what was decided stay."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, and_, cast, func, or_, select

from app.kernel.db import db, locked
from app.photos import matters
from app.photos.models import Photo
from app.photos.service import locked_photo
from app.photos.settings import SETTINGS


def expire(*, at: datetime, limit: int) -> list[tuple[int, UUID]]:
    """County and id of photos whose pictures are to be deleted now; nobody sees them any more.

    None of a household that has an open matter: its pictures may be evidence in it. But with those
    that were to be deleted before, when something went wrong.
    """
    before = func.timezone(
        "Asia/Shanghai",
        func.timezone("Asia/Shanghai", at)
        - func.make_interval(0, cast(SETTINGS.number("photo_months", Photo.county_id), Integer)),
    )
    due = db.session.scalars(
        locked(
            select(Photo)
            .where(
                Photo.files_deleted_at.is_(None),
                Photo.original_deleted_at.is_not(None),
                or_(
                    Photo.expired_at.is_not(None),
                    and_(
                        Photo.received_at < before,
                        ~matters.is_open(Photo.county_id, Photo.household_id),
                    ),
                ),
            )
            .order_by(Photo.county_id, Photo.id)
            .limit(limit)
        ).with_for_update(of=Photo, skip_locked=True)
    ).all()
    for photo in due:
        photo.expired_at = photo.expired_at or at
    return [(photo.county_id, photo.id) for photo in due]


def record_deleted(*, county_id: int, photo_id: UUID, at: datetime) -> None:
    """Write down that the pictures are gone."""
    locked_photo(county_id, photo_id).files_deleted_at = at
