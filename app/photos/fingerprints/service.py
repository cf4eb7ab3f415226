"""Remembering what was measured on a photo, and forgetting it in time."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, tuple_

from app.kernel.db import db
from app.photos import matters
from app.photos.fingerprints.models import Fingerprint, FingerprintMark, PhotoMeasures
from app.photos.models import Photo
from app.photos.screening import Decoded

REMEMBERED = timedelta(days=400)  # a photo that comes again a year later is still known


def keep(photo: Photo, decoded: Decoded) -> None:
    """Remember a photo that was decoded, once."""
    import numpy as np

    from app.photos.screening.marks import POINT

    of_photo = {
        "county_id": photo.county_id,
        "photo_id": photo.id,
        "household_id": photo.household_id,
        "received_at": photo.received_at,
    }
    marked, measures = decoded.marked, decoded.measures
    marks = sorted(set(np.frombuffer(marked.points, POINT)["mark"].tolist()))
    db.session.add(
        Fingerprint(
            **of_photo,
            group_id=photo.group_id,
            frame_width=marked.frame_width,
            frame_height=marked.frame_height,
            marks=marks,
            points=marked.points,
            picture=marked.picture,
        )
    )
    db.session.add(PhotoMeasures(**of_photo, **vars(measures)))
    db.session.execute(
        insert(FingerprintMark),
        [{"county_id": photo.county_id, "photo_id": photo.id, "mark": mark} for mark in marks],
    )


def forget(*, before: datetime, limit: int) -> int:
    """Delete what is remembered of up to ``limit`` photos received before; returns how many.

    Nothing of a household that has an open matter.
    """
    old = db.session.execute(
        select(PhotoMeasures.county_id, PhotoMeasures.photo_id)
        .where(
            PhotoMeasures.received_at < before,
            ~matters.is_open(PhotoMeasures.county_id, PhotoMeasures.household_id),
        )
        .order_by(PhotoMeasures.received_at)
        .limit(limit)
    ).all()
    keys = [tuple(row) for row in old]
    marks = select(
        Fingerprint.county_id, func.unnest(Fingerprint.marks), Fingerprint.photo_id
    ).where(tuple_(Fingerprint.county_id, Fingerprint.photo_id).in_(keys))
    mark_key = tuple_(FingerprintMark.county_id, FingerprintMark.mark, FingerprintMark.photo_id)
    db.session.execute(delete(FingerprintMark).where(mark_key.in_(marks)))
    for table in (Fingerprint, PhotoMeasures):
        db.session.execute(delete(table).where(tuple_(table.county_id, table.photo_id).in_(keys)))
    return len(keys)
