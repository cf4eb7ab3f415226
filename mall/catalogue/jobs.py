"""Deleting the files of pictures that are shown no more, of goods and of shop fronts."""

from datetime import timedelta
from uuid import UUID

import structlog

from app import outside
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import sweep
from mall.catalogue import photos
from mall.merchants import visits

log = structlog.get_logger(__name__)

ORPHAN_AFTER = timedelta(days=1)


@sweep("40 3 * * *")
def delete_left_pictures() -> None:
    """Delete files that no row speaks of: removed pictures, and requests that failed."""
    store = outside.photos()
    before = clock.now() - ORPHAN_AFTER
    known_by = {
        **dict.fromkeys(photos.VARIANTS.values(), photos.known),
        visits.VARIANT: visits.known,
    }
    for variant, known_among in known_by.items():
        keys = set(store.older_keys(variant, before))
        with transaction():
            known = known_among({UUID(key[:32]) for key in keys})
        left = [key for key in keys if UUID(key[:32]) not in known]
        for key in left:
            store.delete(key)
        if left:
            log.info("catalogue.pictures_deleted", count=len(left))
