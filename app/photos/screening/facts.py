"""What an upload tells about itself and its making, before its metadata are thrown away.

Only what is derived leaves the decoder: an instant, a place of 100 metres, a yes or no. Numpy and
Pillow only: the decoder imports this.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from app.photos.screening.exif import Directory

SIDE_MAX = 640  # at which sharpness is measured: a phone's screen shows no more

_ORIENTATION, _EXIF, _GPS = 0x0112, 0x8769, 0x8825
_EXPOSURE_TIME, _F_NUMBER, _SENSITIVITY = 0x829A, 0x829D, 0x8827
_TAKEN_AT, _TAKEN_AT_OFFSET = 0x9003, 0x9011
_NORTH_OR_SOUTH, _LATITUDE, _EAST_OR_WEST, _LONGITUDE = 1, 2, 3, 4
_CHINA = timezone(timedelta(hours=8))  # what a phone means that tells no zone
_PLACE_DECIMALS = 3  # about 100 metres: the hamlet, not the door
_EDGES_PERCENTILE = 95
_TILE, _FLAT_BELOW = 8, 1.0

# What cameras write: 2026:06:01 08:00:00, with dashes or fractions too, and +08:00 or +8.
_TIME = re.compile(
    r"(\d{4})[:/.-](\d{1,2})[:/.-](\d{1,2})[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?", re.ASCII
)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?", re.ASCII)
_OFFSET_HOURS_MAX = 14
_YEARS = range(1990, 2100)  # others are a clock that was never set


def told(first: "Directory") -> dict[str, Any]:
    """What the metadata tell: whether a camera wrote them, when and where it was, and which way
    it was held (1 to 8, as Exif counts). Each is read by itself."""
    details, gps = first.below(_EXIF), first.below(_GPS)
    return {
        "has_camera": any(tag in details for tag in (_EXPOSURE_TIME, _F_NUMBER, _SENSITIVITY)),
        "taken_at": _instant(details.text(_TAKEN_AT), details.text(_TAKEN_AT_OFFSET)),
        "place": _place(gps),
        "orientation": _orientation(first),
    }


def sharpness(picture: Any) -> int:
    """How steep the steepest edges of a grey picture are, whatever its contrast: 0 to some 500.

    The variance of the Laplacian where the gradient is strongest, in percent of the gradient's:
    motion and wrong focus spread an edge over several pixels, and the share falls.
    """
    grey = np.asarray(picture, np.float32)
    if min(grey.shape) < 3:
        return 0
    middle = grey[1:-1, 1:-1]
    left, right, above, below = grey[1:-1, :-2], grey[1:-1, 2:], grey[:-2, 1:-1], grey[2:, 1:-1]
    gradient = ((right - left) ** 2 + (below - above) ** 2) / 4
    edges = gradient >= max(np.percentile(gradient, _EDGES_PERCENTILE), 1.0)
    if not edges.any():
        return 0
    laplacian = (4 * middle - left - right - above - below) ** 2
    return round(float(100 * laplacian[edges].sum() / gradient[edges].sum()))


def flat_percent(picture: Any) -> int:
    """The share of a grey picture's tiles in which there is nothing at all, not even noise."""
    grey = np.asarray(picture, np.float32)
    rows, columns = (side // _TILE for side in grey.shape)
    if not rows or not columns:
        return 0
    tiles = grey[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, columns, _TILE)
    return round(float(100 * (tiles.std(axis=(1, 3)) < _FLAT_BELOW).mean()))


def _orientation(first: "Directory") -> int:
    told = first.numbers(_ORIENTATION)
    return int(told[0]) if told and told[0] in range(1, 9) else 1


def _instant(told: str, told_offset: str) -> str | None:
    found = _TIME.match(told)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    if year not in _YEARS:
        return None
    # Phones that count a day's hours from 1 write 24:04 four minutes after it began; and a leap
    # second is none here.
    hour, second = 0 if hour == 24 else hour, 59 if second == 60 else second
    try:
        return datetime(
            year, month, day, hour, minute, second, tzinfo=_zone(told_offset)
        ).isoformat()
    except ValueError:
        return None


def _zone(told: str) -> timezone:
    found = _OFFSET.fullmatch(told)
    if told == "Z":
        return UTC
    if found is None:
        return _CHINA
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > timedelta(hours=_OFFSET_HOURS_MAX):
        return _CHINA
    return timezone(-offset if sign == "-" else offset)


def _place(gps: "Directory") -> list[float] | None:
    latitude = _degrees(gps.numbers(_LATITUDE), gps.text(_NORTH_OR_SOUTH) == "S")
    longitude = _degrees(gps.numbers(_LONGITUDE), gps.text(_EAST_OR_WEST) == "W")
    if latitude is None or longitude is None:
        return None
    is_on_earth = abs(latitude) <= 90 and abs(longitude) <= 180
    # Phones that do not know where they are say 0, 0.
    return [latitude, longitude] if is_on_earth and (latitude or longitude) else None


def _degrees(parts: list[float], is_negative: bool) -> float | None:
    """Degrees of one to three parts: some cameras tell no seconds, others degrees alone."""
    if not 1 <= len(parts) <= 3:
        return None
    size = round(
        sum(part / share for part, share in zip(parts, (1, 60, 3600), strict=False)),
        _PLACE_DECIMALS,
    )
    return -size if is_negative else size
