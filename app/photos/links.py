"""Links that show one photo in one size to whoever holds them, for some minutes.

A phone's image element sends no token. So whoever is given a photo's id is given such a link with
it: they may see the photo, and may let it be seen, until the link ends. It is computed, not kept,
and the same for all who ask within five minutes, so that a phone loads each picture once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from app.kernel import links
from app.photos.errors import BadSignature
from app.photos.models import Variant

STEP_SECONDS = 300
STEPS = 3  # a link is good for ten to fifteen minutes


@dataclass(frozen=True)
class Picture:
    """What a link shows."""

    county_id: int
    photo_id: UUID
    size: Variant


def sign(picture: Picture, *, at: datetime) -> tuple[int, str]:
    """Until when a link made now is good, in seconds of Unix time, and its signature."""
    until = (int(at.timestamp()) // STEP_SECONDS + STEPS) * STEP_SECONDS
    return until, links.signature(_text(picture, str(until)))


def check(picture: Picture, *, until: str, signature: str, at: datetime) -> datetime:
    """When the link ends.

    Raises:
        BadSignature: we did not sign it like this, or it has ended.
    """
    if not links.is_signed(_text(picture, until), signature):
        raise BadSignature()
    ends_at = datetime.fromtimestamp(int(until), UTC)
    if at >= ends_at:
        raise BadSignature()
    return ends_at


def _text(picture: Picture, until: str) -> str:
    return f"PICTURE\n{picture.county_id}\n{picture.photo_id.hex}\n{picture.size}\n{until}"
