"""Runs the decoder on one photo and believes only what it can check."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

DECODER = Path(__file__).with_name("decoder.py")
TIMEOUT_SECONDS = 30
HEADER_BYTES_MAX = 4096

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
class Decoded:
    """A photo as it may be shown, and what was measured on it."""

    shown: bytes  # JPEG, sides of at most 1600 px, upright, without metadata
    thumb: bytes  # JPEG, sides of at most 320 px
    width: int  # of ``shown``
    height: int
    perceptual_hash: int  # 64 bits: horizontal differences of the picture shrunk to 9 x 8
    brightness: int  # mean of the grey values, 0 (black) to 255 (white)


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
        return _believed(answer)


def _believed(answer: BinaryIO) -> Decoded | Refused:
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
            perceptual_hash=int(outcome["perceptual_hash"], 16),
            brightness=int(outcome["brightness"]),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise DecoderFailed("answered nonsense") from error


def _jpeg(answer: BinaryIO, length: int) -> bytes:
    image = answer.read(length)
    if len(image) != length or not image.startswith(b"\xff\xd8\xff"):
        raise ValueError("not the JPEG that was announced")
    return image
