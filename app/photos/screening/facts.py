"""What an upload tells about itself and its making, before its metadata are thrown away.

Only what is derived leaves the decoder: an instant, a place of 100 metres, a yes or no. Numpy and
Pillow only: the decoder imports this.
"""

import struct
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np

SIDE_MAX = 640  # at which sharpness is measured: a phone's screen shows no more

_EXIF, _GPS = 0x8769, 0x8825
_EXPOSURE_TIME, _F_NUMBER, _SENSITIVITY = 0x829A, 0x829D, 0x8827
_TAKEN_AT, _TAKEN_AT_OFFSET = 0x9003, 0x9011
_NORTH_OR_SOUTH, _LATITUDE, _EAST_OR_WEST, _LONGITUDE = 1, 2, 3, 4
_CHINA = timezone(timedelta(hours=8))  # what a phone means that tells no zone
_PLACE_DECIMALS = 3  # about 100 metres: the hamlet, not the door
_EDGES_PERCENTILE = 95
_TILE, _FLAT_BELOW = 8, 1.0

# What readers of metadata raise for nonsense, which is no reason to refuse a picture.
_NONSENSE = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    EOFError,
    struct.error,
)


def told(upload: Any) -> dict[str, Any]:
    """What the metadata tell: whether a camera wrote them, and when and where it was."""
    try:
        exif = upload.getexif()
        details = exif.get_ifd(_EXIF)
        return {
            "has_camera": any(tag in details for tag in (_EXPOSURE_TIME, _F_NUMBER, _SENSITIVITY)),
            "taken_at": _instant(details),
            "place": _place(exif.get_ifd(_GPS)),
        }
    except _NONSENSE:
        return {"has_camera": False, "taken_at": None, "place": None}


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


def _instant(details: Any) -> str | None:
    text = details.get(_TAKEN_AT)
    if not text:
        return None
    taken_at = datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=_CHINA)
    if offset := details.get(_TAKEN_AT_OFFSET):
        taken_at = datetime.fromisoformat(f"{taken_at:%Y-%m-%dT%H:%M:%S}{offset}".strip("\0 "))
    return taken_at.isoformat()


def _place(gps: Any) -> list[float] | None:
    latitude = _degrees(gps.get(_LATITUDE), gps.get(_NORTH_OR_SOUTH) == "S")
    longitude = _degrees(gps.get(_LONGITUDE), gps.get(_EAST_OR_WEST) == "W")
    if latitude is None or longitude is None:
        return None
    is_on_earth = abs(latitude) <= 90 and abs(longitude) <= 180
    # Phones that do not know where they are say 0, 0.
    return [latitude, longitude] if is_on_earth and (latitude or longitude) else None


def _degrees(parts: Any, is_negative: bool) -> float | None:
    if not parts:
        return None
    degrees, minutes, seconds = (float(part) for part in parts)
    size = round(degrees + minutes / 60 + seconds / 3600, _PLACE_DECIMALS)
    return -size if is_negative else size
