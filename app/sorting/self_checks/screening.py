"""What screening has to say about a photo, and what follows for its self-check.

``app.sorting.self_checks.findings`` says what each finding weighs; here is when there is one.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.db import db, locked
from app.outside.opinions import Opinion
from app.photos import queries as photos
from app.photos.fingerprints import queries as fingerprints
from app.photos.fingerprints.models import PhotoMeasures
from app.photos.fingerprints.queries import NearRepeat
from app.photos.models import Photo, PhotoFault, PhotoState
from app.sorting.self_checks.findings import DECIDES, WEIGHTS, Finding
from app.sorting.self_checks.models import FindingReason, RejectReason, SelfCheck, SelfCheckState
from app.sorting.self_checks.telling import tell_rejected

DONE = {PhotoState.READY, PhotoState.REJECTED}  # before, nothing is known of the photo
DARK_BELOW = 40  # of a mean grey value of 0 to 255
SMALL_SIDE_PIXELS = 240
BLURRED_BELOW = 50  # of a sharpness that is 200 for most photos
LONG_AGO = timedelta(days=2)
ELSEWHERE_KILOMETRES = 5
PHOTOS_A_DAY = 5  # of one household; more are looked at twice
# Long side to short side, and the share without even noise, from which a picture without a
# camera's word is like a screen. A PNG is one more sign: no phone's camera makes them.
SCREEN_RATIO, SCREEN_FLAT_PERCENT = 1.95, 35
PNG_SCREEN_RATIO, PNG_SCREEN_FLAT_PERCENT = 1.7, 20

_EARTH_KILOMETRES = 6371


@dataclass(frozen=True)
class Evidence:
    """What is known about a photo beyond the photo itself."""

    measures: PhotoMeasures | None = None
    near_repeat: NearRepeat | None = None
    repeats_of: UUID | None = None  # the household whose photo an exact repeat is
    usual_place: tuple[float, float] | None = None  # where the household's photos are taken
    sent_today: int = 1  # by the household, this one included
    opinion: Opinion | None = None


def evidence(*, county_id: int, self_check_id: UUID, opinion: Opinion | None) -> Evidence:
    """Look up what is known about the photo of a self-check. Locks and changes nothing."""
    self_check = db.session.get_one(SelfCheck, (county_id, self_check_id))
    photo_id, repeats_id = self_check.photo_id, self_check.photo.repeats_id
    return Evidence(
        measures=fingerprints.measures(county_id=county_id, photo_id=photo_id),
        near_repeat=fingerprints.near_repeat(county_id=county_id, photo_id=photo_id),
        repeats_of=repeats_id and photos.household_of(county_id, repeats_id),
        usual_place=fingerprints.usual_place(
            county_id=county_id,
            household_id=self_check.household_id,
            before=self_check.photo.received_at,
        ),
        sent_today=_sent_that_day(self_check),
        opinion=opinion,
    )


def record_screening(*, county_id: int, self_check_id: UUID, known: Evidence, at: datetime) -> None:
    """Move a self-check on once its photo is screened; nothing happens if it has moved on."""
    self_check = _locked(county_id, self_check_id)
    photo = self_check.photo
    if self_check.state is not SelfCheckState.SCREENING or photo.state not in DONE:
        return
    self_check.screened_at = at
    findings = look_at(photo, known)
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
        return
    tell_rejected(self_check, fault=photo.fault, at=at)


def look_at(photo: Photo, known: Evidence) -> list[Finding]:
    """The findings on a screened photo, the heaviest first."""
    return sorted(_findings(photo, known), key=lambda finding: -finding.weight)


def _findings(photo: Photo, known: Evidence) -> Iterator[Finding]:
    if photo.repeats_id is not None:
        yield Finding.of(
            FindingReason.EXACT_REPEAT, is_own=known.repeats_of in {None, photo.household_id}
        )
    elif known.near_repeat is not None:
        yield _near_repeat(photo, known.near_repeat)
    if photo.state is PhotoState.READY:
        yield from _on_the_picture(photo, known.measures)
    if known.measures is not None:
        yield from _on_its_making(known.measures, known.usual_place)
    if known.sent_today > PHOTOS_A_DAY:
        yield Finding.of(FindingReason.TOO_MANY_TODAY, count=known.sent_today)
    if known.opinion is not None:
        yield _model_opinion(known.opinion)


def _near_repeat(photo: Photo, repeat: NearRepeat) -> Finding:
    return Finding.of(
        FindingReason.NEAR_REPEAT,
        photo_id=str(repeat.photo_id),
        received_on=clock.day_of(repeat.received_at).isoformat(),
        is_own=repeat.household_id == photo.household_id,
        likeness_percent=round(100 * repeat.likeness),
    )


def _on_the_picture(photo: Photo, measures: PhotoMeasures | None) -> Iterator[Finding]:
    assert photo.brightness is not None
    assert photo.width is not None
    assert photo.height is not None
    side = min(photo.width, photo.height)
    if photo.brightness < DARK_BELOW:
        yield Finding.of(FindingReason.TOO_DARK, brightness=photo.brightness)
    elif measures is not None and measures.sharpness < BLURRED_BELOW:
        yield Finding.of(FindingReason.BLURRED, sharpness=measures.sharpness)
    if side < SMALL_SIDE_PIXELS:
        yield Finding.of(FindingReason.TOO_SMALL, side_pixels=side)


def _on_its_making(
    measures: PhotoMeasures, usual_place: tuple[float, float] | None
) -> Iterator[Finding]:
    if _is_like_a_screen(measures):
        yield Finding.of(
            FindingReason.SCREENSHOT, width=measures.upload_width, height=measures.upload_height
        )
    if measures.taken_at is not None:
        age = measures.received_at - measures.taken_at
        if age > LONG_AGO:
            yield Finding.of(FindingReason.TAKEN_LONG_AGO, days=age.days)
    if usual_place is not None and measures.latitude is not None:
        assert measures.longitude is not None
        place = float(measures.latitude), float(measures.longitude)
        kilometres = round(_kilometres(place, usual_place))
        if kilometres > ELSEWHERE_KILOMETRES:
            yield Finding.of(FindingReason.TAKEN_ELSEWHERE, kilometres=kilometres)


def _is_like_a_screen(measures: PhotoMeasures) -> bool:
    if measures.has_camera:
        return False
    sides = sorted((measures.upload_width, measures.upload_height))
    ratio, flat = sides[1] / max(sides[0], 1), measures.flat_percent
    if measures.form == "PNG":
        return ratio >= PNG_SCREEN_RATIO and flat >= PNG_SCREEN_FLAT_PERCENT
    return ratio >= SCREEN_RATIO and flat >= SCREEN_FLAT_PERCENT


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance on a sphere, by the haversine formula."""
    (north, east), (other_north, other_east) = (map(math.radians, at) for at in (one, other))
    half = (
        math.sin((other_north - north) / 2) ** 2
        + math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    )
    return 2 * _EARTH_KILOMETRES * math.asin(math.sqrt(min(1.0, half)))


def _model_opinion(opinion: Opinion) -> Finding:
    return Finding(
        FindingReason.MODEL_OPINION,
        round(WEIGHTS[FindingReason.MODEL_OPINION] * opinion.confidence),
        {
            "model": opinion.model,
            "label": opinion.label,
            "confidence_percent": round(100 * opinion.confidence),
        },
    )


def _sent_that_day(self_check: SelfCheck) -> int:
    return db.session.scalars(
        select(func.count()).where(
            SelfCheck.county_id == self_check.county_id,
            SelfCheck.household_id == self_check.household_id,
            SelfCheck.submitted_at >= clock.day_start(clock.day_of(self_check.submitted_at)),
            SelfCheck.submitted_at <= self_check.submitted_at,
        )
    ).one()


def _locked(county_id: int, self_check_id: UUID) -> SelfCheck:
    return db.session.scalars(
        locked(
            select(SelfCheck).where(SelfCheck.county_id == county_id, SelfCheck.id == self_check_id)
        )
    ).one()
