"""Remembering what was measured on a photo, and forgetting it in time."""

from datetime import datetime, timedelta
from typing import cast

import numpy as np
from sqlalchemy import CursorResult, delete, select, tuple_

from app.kernel.db import db
from app.photos.fingerprints.models import Fingerprint, PhotoMeasures
from app.photos.models import Photo
from app.photos.screening import Decoded
from app.photos.screening.marks import POINT

REMEMBERED = timedelta(days=400)  # a photo that comes again a year later is still known


def keep(photo: Photo, decoded: Decoded) -> None:
    """Remember a photo that was decoded, once."""
    of_photo = {
        "county_id": photo.county_id,
        "photo_id": photo.id,
        "household_id": photo.household_id,
        "received_at": photo.received_at,
    }
    marked, measures = decoded.marked, decoded.measures
    db.session.add(
        Fingerprint(
            **of_photo,
            group_id=photo.group_id,
            frame_width=marked.frame_width,
            frame_height=marked.frame_height,
            marks=np.frombuffer(marked.points, POINT)["mark"].tolist(),
            points=marked.points,
            picture=marked.picture,
        )
    )
    db.session.add(PhotoMeasures(**of_photo, **vars(measures)))


def forget(*, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` rows of each table of photos received before; returns how many."""
    forgotten = 0
    for table in (Fingerprint, PhotoMeasures):
        key = tuple_(table.county_id, table.photo_id)
        old = (
            select(table.county_id, table.photo_id)
            .where(table.received_at < before)
            .order_by(table.received_at)
            .limit(limit)
        )
        deleted = db.session.execute(delete(table).where(key.in_(old)))
        forgotten += cast("CursorResult[object]", deleted).rowcount
    return forgotten
