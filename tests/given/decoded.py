"""What the decoder answered, remembered: the same picture again would tell nothing new."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import BinaryIO

import pytest

from app.photos import jobs, uploads
from app.photos.screening import Decoded, Refused, parent

SEGMENT = b"\xff"
COMMENT = b"\xff\xfe"
KEPT = 200  # of some 200 kB


@contextmanager
def decoded_once() -> Iterator[None]:
    """Let whoever screens photos ask the decoder once for each picture.

    Another decoder in its place is asked anew, and so is one that gave no verdict. What decodes a
    photo without them, the tests of the decoder among them, always asks.
    """
    answers: dict[tuple[bytes, object], Decoded | Refused] = {}

    def decode(content: BinaryIO) -> Decoded | Refused:
        key = _picture(content.read()), parent.DECODER
        content.seek(0)
        if key not in answers:
            if len(answers) == KEPT:
                answers.clear()
            answers[key] = parent.decode(content)
        return answers[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(jobs, "decode", decode)
        patched.setattr(uploads, "decode", decode)
        yield


def _picture(content: bytes) -> bytes:
    """A digest of a file without its first comment, by which ``pictures.photo`` numbers files."""
    at = 2
    while content[:2] == b"\xff\xd8" and content[at : at + 1] == SEGMENT:
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at : at + 2] == COMMENT:
            return sha256(content[:at] + content[end:]).digest()
        if content[at : at + 2] == b"\xff\xda":  # the picture itself: no comment comes any more
            break
        at = end
    return sha256(content).digest()
