"""A picture's bytes without what only tells about it, so that no word about it can spoil it.

Libraries stop at the first odd word of a camera or an editor. So those words are taken out before
a picture is decoded; of them only the Exif block is kept, beside it. The decoder imports this.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

_JPEG, _PNG, _WEBP = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF"
_JPEG_END = b"\xff\xd9"
_SCAN = 0xDA
_EXIF = b"Exif\0\0"
# Of the segments that applications write: the JPEG's own, and Adobe's, which say what the
# numbers of a pixel mean. The comment says nothing.
_APP0, _APP1, _APP14, _APP15, _COMMENT = 0xE0, 0xE1, 0xEE, 0xEF, 0xFE
_TELLS_COLOURS = {_APP0: b"JFIF\0", _APP14: b"Adobe"}
# Where a segment can begin, should the length of the one before be wrong.
_MARKER = re.compile(rb"\xff+([\xc0-\xcf\xda-\xfe])")
_PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT"}


class Plain(NamedTuple):
    picture: bytes
    exif: bytes  # a TIFF block, or nothing
    is_cut: bool  # a JPEG whose end is missing: its last rows may be, too


def plain(content: bytes) -> Plain:
    """The picture and what its camera wrote. What is no such file comes back as it is."""
    if content.startswith(_JPEG):
        return _plain_jpeg(content)
    if content.startswith(_PNG):
        return _plain_png(content)
    if content.startswith(_WEBP):
        return Plain(content, _exif_of_webp(content), False)
    return Plain(content, b"", False)


def _plain_jpeg(content: bytes) -> Plain:
    kept, exif = [content[:2]], b""
    for marker, start, end in _segments(content):
        if marker == _SCAN:
            # The pictures behind the first (a depth, a preview) stay behind its end.
            is_cut = content.find(_JPEG_END, end) < 0
            kept += [content[start:], _JPEG_END if is_cut else b""]
            return Plain(b"".join(kept), exif, is_cut)
        words = content[start + 4 : end]
        if marker == _APP1 and words.startswith(_EXIF) and not exif:
            exif = words[len(_EXIF) :]
        is_about = _APP0 <= marker <= _APP15 or marker == _COMMENT
        if not is_about or words.startswith(_TELLS_COLOURS.get(marker, _JPEG)):
            kept.append(content[start:end])
    return Plain(b"".join(kept), exif, False)


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, beginning and end of each segment up to the first scan, that one included."""
    found = _MARKER.search(content, 2)
    while found:
        start = found.end() - 2
        if len(content) < start + 4:
            return
        (length,) = struct.unpack_from(">H", content, start + 2)
        end = start + 2 + length
        is_whole = length >= 2 and end <= len(content)
        if is_whole:
            yield found[1][0], start, end
        if found[1][0] == _SCAN:
            return
        found = _MARKER.search(content, end if is_whole else start + 2)


def _plain_png(content: bytes) -> Plain:
    kept, exif, at = [_PNG], b"", len(_PNG)
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if kind in _PNG_KEPT:
            kept.append(content[at:end])
        elif kind == b"eXIf":
            exif = content[at + 8 : end - 4].removeprefix(_EXIF)
        elif kind == b"IEND":
            break
        at = end
    kept.append(struct.pack(">I4sI", 0, b"IEND", zlib.crc32(b"IEND")))
    return Plain(b"".join(kept), exif, False)


def _exif_of_webp(content: bytes) -> bytes:
    at = 12
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        if kind == b"EXIF":
            return content[at + 8 : at + 8 + length].removeprefix(_EXIF)
        at += 8 + length + length % 2
    return b""
