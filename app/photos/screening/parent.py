"""Runs the decoder on one photo and believes only what it can check."""

import base64
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from app.kernel.geo import from_wgs84

DECODER = Path(__file__).with_name("decoder.py")
TIMEOUT_SECONDS = 30
HEADER_BYTES_MAX = 8192
POINT_BYTES = 14  # of one mark: marks.POINT, which is not imported, for it needs numpy
POINTS_MAX = 48
PICTURE_BYTES = 32 * 32
FRAME_SIDE_MAX = 256
PLACE_DECIMALS = 3  # about 100 metres
NUMBER_MAX = 1 << 20  # pixels, percent: nothing that is measured comes near

# The child gets no secret: none of our environment, and one thread, which its limits allow for.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


class Refused(StrEnum):
    """Why a file is no photo: the decoder's own verdict, the same however often it is asked."""

    NOT_AN_IMAGE = "not_an_image"
    DAMAGED = "damaged"  # ends early, or is broken inside
    TOO_MANY_PIXELS = "too_many_pixels"


class DecoderFailed(Exception):
    """The decoder died, hung or spoke nonsense; another try may succeed."""


@dataclass(frozen=True)
class Measures:
    """What an upload told about its making."""

    form: str  # JPEG, PNG, WEBP, AVIF
    upload_width: int
    upload_height: int
    has_camera: bool  # whether it carried what only a camera writes: exposure, aperture
    taken_at: datetime | None  # by the camera's clock
    latitude: float | None  # GCJ-02; three decimals, about 100 m
    longitude: float | None
    sharpness: int  # how steep its edges are; a blurred picture has 50 and less
    flat_percent: int  # share of it in which there is nothing, not even noise


@dataclass(frozen=True)
class Marked:
    """A photo as it is compared with others, see ``marks``."""

    frame_width: int
    frame_height: int
    points: bytes
    picture: bytes


@dataclass(frozen=True)
class Decoded:
    """A photo as it may be shown, and what was measured on it."""

    shown: bytes  # JPEG, sides of at most 1600 px, upright, without metadata
    thumb: bytes  # JPEG, sides of at most 320 px
    width: int  # of ``shown``
    height: int
    brightness: int  # mean of the grey values, 0 (black) to 255 (white)
    measures: Measures
    marked: Marked


def decode(content: BinaryIO, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Decoded | Refused:
    """Decode a photo in a bounded process. ``content`` is a real file at its beginning.

    Raises:
        DecoderFailed: there is no verdict; the photo may be tried again.
    """
    # Files rather than pipes: nothing to deadlock, nothing of the upload in this process, and
    # the kernel itself bounds what the child can write (RLIMIT_FSIZE).
    with tempfile.TemporaryFile() as answer:
        command = [sys.executable, "-I", str(DECODER)]
        try:
            ended = subprocess.run(  # noqa: S603 - our own file, no shell, no arguments from outside
                command,
                stdin=content,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                timeout=timeout_seconds,
                env=ENVIRONMENT,
                cwd="/",
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DecoderFailed("timed out") from None
        if ended.returncode != 0:
            raise DecoderFailed(f"ended with {ended.returncode}")
        answer.seek(0)
        return believed(answer)


def believed(answer: BinaryIO) -> Decoded | Refused:
    """What the decoder answered, as far as it can be so.

    Raises:
        DecoderFailed: it cannot.
    """
    try:
        outcome = json.loads(answer.readline(HEADER_BYTES_MAX))
        if "refused" in outcome:
            return Refused(outcome["refused"])
        shown, thumb = (_jpeg(answer, int(length)) for length in outcome["lengths"])
        return Decoded(
            shown=shown,
            thumb=thumb,
            width=int(outcome["width"]),
            height=int(outcome["height"]),
            brightness=int(outcome["brightness"]),
            measures=_measures(outcome),
            marked=_marked(outcome),
        )
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise DecoderFailed("answered nonsense") from error


def _measures(outcome: dict[str, Any]) -> Measures:
    taken_at = outcome["taken_at"] and datetime.fromisoformat(outcome["taken_at"])
    if taken_at and taken_at.tzinfo is None:
        raise ValueError("an instant has a zone")
    latitude, longitude = _place(outcome["place"])
    return Measures(
        form=_one_of(outcome["form"], ("JPEG", "PNG", "WEBP", "AVIF")),
        upload_width=_number(outcome["upload_width"]),
        upload_height=_number(outcome["upload_height"]),
        has_camera=bool(outcome["has_camera"]),
        taken_at=taken_at,
        latitude=latitude,
        longitude=longitude,
        sharpness=_number(outcome["sharpness"]),
        flat_percent=_number(outcome["flat_percent"], 100),
    )


def _marked(outcome: dict[str, Any]) -> Marked:
    width, height = outcome["frame"]
    points = base64.b64decode(outcome["points"], validate=True)
    picture = base64.b64decode(outcome["picture"], validate=True)
    if len(points) % POINT_BYTES or not 0 < len(points) <= POINTS_MAX * POINT_BYTES:
        raise ValueError("not as many marks as there may be")
    if len(picture) != PICTURE_BYTES:
        raise ValueError("not a picture of the size that is compared")
    return Marked(
        frame_width=_number(width, FRAME_SIDE_MAX),
        frame_height=_number(height, FRAME_SIDE_MAX),
        points=points,
        picture=picture,
    )


def _number(number: Any, most: int = NUMBER_MAX) -> int:
    if not 0 <= int(number) <= most:
        raise ValueError("not a number that can be measured")
    return int(number)


def _place(told: list[float] | None) -> tuple[float | None, float | None]:
    """Where it was taken: cameras speak WGS-84, and all that we keep is GCJ-02."""
    if told is None:
        return None, None
    latitude, longitude = told
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError("not on earth")
    north, east = from_wgs84(latitude, longitude)
    return round(north, PLACE_DECIMALS), round(east, PLACE_DECIMALS)


def _one_of(word: Any, words: tuple[str, ...]) -> str:
    return words[words.index(word)]


def _jpeg(answer: BinaryIO, length: int) -> bytes:
    image = answer.read(length)
    if len(image) != length or not image.startswith(b"\xff\xd8\xff"):
        raise ValueError("not the JPEG that was announced")
    return image
