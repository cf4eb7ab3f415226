"""Photos that show the same, and what was measured on one.

``matching`` is imported where photos are compared: most who ask compare none, and numpy is large.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Integer, Select, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.kernel.db import db
from app.photos.fingerprints.models import Fingerprint, FingerprintMark, PhotoMeasures
from app.register.regions.queries import inside

if TYPE_CHECKING:
    from app.photos.fingerprints.matching import Impression

CANDIDATES = 40  # photos with most marks in common that are compared in full
PLACES = 20  # newest known places of a household that say where it usually is
PLACES_MIN = 3


@dataclass(frozen=True)
class NearRepeat:
    """A photo that shows what another shows, cropped or altered or not."""

    photo_id: UUID
    household_id: UUID | None
    received_at: datetime
    likeness: float  # LIKENESS_MIN to 1


def near_repeat(*, county_id: int, photo_id: UUID) -> NearRepeat | None:
    """The photo of the county that is most like this one, if one shows the same.

    An index finds the photos that share marks; those that share most are compared in full.
    """
    from app.photos.fingerprints.matching import LIKENESS_MIN, likeness

    new = db.session.get(Fingerprint, (county_id, photo_id))
    if new is None:
        return None
    impression = _impression(new)
    compared = [
        (likeness(impression, _impression(old)), old) for old in _candidates(new, impression)
    ]
    if not compared:
        return None
    alike, old = max(compared, key=lambda pair: pair[0])
    if alike < LIKENESS_MIN:
        return None
    return NearRepeat(old.photo_id, old.household_id, old.received_at, round(alike, 3))


def measures(*, county_id: int, photo_id: UUID) -> PhotoMeasures | None:
    """What the upload told; none for a photo of which nothing is remembered."""
    return db.session.get(PhotoMeasures, (county_id, photo_id))


def usual_place(
    *, county_id: int, household_id: UUID, before: datetime
) -> tuple[float, float] | None:
    """Latitude and longitude of where the household's earlier photos were taken, the middle one.

    None while fewer than three of them told a place.
    """
    rows = db.session.execute(
        select(PhotoMeasures.latitude, PhotoMeasures.longitude)
        .where(
            PhotoMeasures.county_id == county_id,
            PhotoMeasures.household_id == household_id,
            PhotoMeasures.received_at < before,
            PhotoMeasures.latitude.is_not(None),
        )
        .order_by(PhotoMeasures.received_at.desc())
        .limit(PLACES)
    ).all()
    if len(rows) < PLACES_MIN:
        return None
    latitudes, longitudes = zip(*rows, strict=True)
    return float(median(latitudes)), float(median(longitudes))


def visible(*, county_id: int, photo_ids: Collection[UUID], places: Collection[UUID]) -> set[UUID]:
    """Those of the photos that staff of the places may see."""
    if not photo_ids:
        return set()
    return set(
        db.session.scalars(
            select(Fingerprint.photo_id).where(
                Fingerprint.county_id == county_id,
                Fingerprint.photo_id.in_(photo_ids),
                Fingerprint.group_id.in_(inside(places)),
            )
        )
    )


def sharing_marks(*, county_id: int, photo_id: UUID) -> int:
    """How many other photos the index finds for this one."""
    new = db.session.get_one(Fingerprint, (county_id, photo_id))
    return db.session.scalars(
        select(func.count()).select_from(_sharing(new, _impression(new)).subquery())
    ).one()


def _candidates(new: Fingerprint, impression: "Impression") -> list[Fingerprint]:
    sharing = _sharing(new, impression).order_by(func.count().desc(), FingerprintMark.photo_id)
    photo_ids = db.session.scalars(sharing.limit(CANDIDATES)).all()
    return list(
        db.session.scalars(
            select(Fingerprint).where(
                Fingerprint.county_id == new.county_id, Fingerprint.photo_id.in_(photo_ids)
            )
        )
    )


def _sharing(new: Fingerprint, impression: "Impression") -> Select[UUID]:
    """The photos that have marks which a repeat of the new one is likely to have."""
    from app.photos.fingerprints.matching import probes

    sought = cast(probes(impression), ARRAY(Integer))
    return (
        select(FingerprintMark.photo_id)
        .where(
            FingerprintMark.county_id == new.county_id,
            FingerprintMark.mark == any_(sought),
            FingerprintMark.photo_id != new.photo_id,
        )
        .group_by(FingerprintMark.photo_id)
    )


def _impression(fingerprint: Fingerprint) -> "Impression":
    from app.photos.fingerprints.matching import Impression

    return Impression.of(
        width=fingerprint.frame_width,
        height=fingerprint.frame_height,
        points=fingerprint.points,
        picture=fingerprint.picture,
    )
