"""What screening has to say about a photo, and what follows for its self-check.

A finding is an opinion with a weight from 0 to 100, shown to the reviewer beside the photo. Only
one of weight 100 decides by itself, and only an exact repeat has that weight.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db, locked
from app.photos.models import Photo, PhotoFault, PhotoState
from app.sorting.models import FindingReason, RejectReason, SelfCheck, SelfCheckState

DECIDES = 100
DONE = {PhotoState.READY, PhotoState.REJECTED}  # before, nothing is known of the photo
DARK_BELOW = 40  # of a mean grey value of 0 to 255
SMALL_SIDE_PIXELS = 240


@dataclass(frozen=True)
class Finding:
    reason: FindingReason
    weight: int

    def as_json(self) -> dict[str, str | int]:
        return {"reason": self.reason.value, "weight": self.weight}


def record_screening(*, county_id: int, self_check_id: UUID, at: datetime) -> None:
    """Move a self-check on once its photo is screened; nothing happens if it has moved on."""
    self_check = _locked(county_id, self_check_id)
    photo = self_check.photo
    if self_check.state is not SelfCheckState.SCREENING or photo.state not in DONE:
        return
    self_check.screened_at = at
    findings = look_at(photo)
    self_check.findings = [finding.as_json() for finding in findings]
    if photo.fault is PhotoFault.CONTENT_REFUSED:
        self_check.move_to(SelfCheckState.REJECTED)
        self_check.reject_reason = RejectReason.CONTENT_REFUSED
    elif photo.state is PhotoState.REJECTED:
        self_check.move_to(SelfCheckState.UNREADABLE)
        self_check.reject_reason = RejectReason.UNREADABLE
    elif any(finding.weight == DECIDES for finding in findings):
        self_check.move_to(SelfCheckState.REJECTED)
        self_check.reject_reason = RejectReason.REPEATED_PHOTO
    else:
        self_check.move_to(SelfCheckState.WAITING)


def look_at(photo: Photo) -> list[Finding]:
    """The findings on a screened photo, the heaviest first."""
    return sorted(_findings(photo), key=lambda finding: -finding.weight)


def _findings(photo: Photo) -> Iterator[Finding]:
    if photo.repeats_id is not None:
        yield Finding(FindingReason.EXACT_REPEAT, DECIDES)
    if photo.state is not PhotoState.READY:
        return
    assert photo.brightness is not None
    assert photo.width is not None
    assert photo.height is not None
    if photo.brightness < DARK_BELOW:
        yield Finding(FindingReason.TOO_DARK, 60)
    if min(photo.width, photo.height) < SMALL_SIDE_PIXELS:
        yield Finding(FindingReason.TOO_SMALL, 30)


def _locked(county_id: int, self_check_id: UUID) -> SelfCheck:
    return db.session.scalars(
        locked(
            select(SelfCheck).where(SelfCheck.county_id == county_id, SelfCheck.id == self_check_id)
        )
    ).one()
