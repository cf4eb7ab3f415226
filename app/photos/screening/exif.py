"""Reads the few Exif fields that we ask for, each by itself: a broken one spoils no other.

The decoder imports this; it raises nothing, whatever the block holds.
"""

import math
import re
import struct
from typing import NamedTuple

Value = str | list[float]

# Struct letters of the TIFF types that are numbers, and the rationals.
_NUMBERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}
_RATIONALS = {5: "I", 10: "i"}
_TEXTS = {2, 7, 129}  # text, whatever, and text in UTF-8
_ORDERS = {b"II": "<", b"MM": ">"}
_ENTRY = 12  # bytes
_ENTRIES_MAX = 1024
_NUMBERS_MAX = 16  # of one field: we ask for three at most
_TEXT_BYTES_MAX = 64


class _Entry(NamedTuple):
    kind: int
    values: int  # how many
    at: int  # where its four bytes of value, or their place, begin


class Directory:
    """The fields of one directory of a block, by their tags."""

    def __init__(self, block: bytes, at: int | None = None) -> None:
        """The directory that begins at ``at``; without, the first one of the block."""
        self._block = block
        self._order = _ORDERS.get(block[:2], "")
        start = self._number("I", 4) if at is None else at
        self._entries = {} if start is None else self._found(start)

    def __contains__(self, tag: int) -> bool:
        return tag in self._entries

    def below(self, tag: int) -> "Directory":
        """The directory that the field points to; an empty one if it points nowhere."""
        place = self.numbers(tag)
        is_place = bool(place) and 0 <= place[0] < len(self._block)
        return Directory(self._block, int(place[0]) if is_place else len(self._block))

    def text(self, tag: int) -> str:
        """The text of a field up to its first NUL, without blanks around it; or nothing."""
        entry = self._entries.get(tag)
        if entry is None or entry.kind not in _TEXTS:
            return ""
        size = min(entry.values, _TEXT_BYTES_MAX)
        at = entry.at if entry.values <= 4 else self._number("I", entry.at)
        if at is None:
            return ""
        return self._block[at : at + size].split(b"\0")[0].decode("ascii", "replace").strip()

    def numbers(self, tag: int) -> list[float]:
        """The numbers of a field, those of a text too; none if one of them is none."""
        entry = self._entries.get(tag)
        if entry is None:
            return []
        if entry.kind in _TEXTS:
            text = self.text(tag)
            return [float(text)] if re.fullmatch("[0-9]+", text) else []
        if not 0 < entry.values <= _NUMBERS_MAX:
            return []
        found = self._raw_numbers(entry)
        return found if all(math.isfinite(number) for number in found) else []

    def _raw_numbers(self, entry: _Entry) -> list[float]:
        is_rational = entry.kind in _RATIONALS
        letter = (_RATIONALS if is_rational else _NUMBERS).get(entry.kind)
        if letter is None:
            return []
        form = f"{self._order}{entry.values * (1 + is_rational)}{letter}"
        is_here = struct.calcsize(form) <= 4
        at = entry.at if is_here else self._number("I", entry.at)
        if at is None or at + struct.calcsize(form) > len(self._block):
            return []
        found = struct.unpack_from(form, self._block, at)
        if not is_rational:
            return [float(number) for number in found]
        pairs = zip(found[::2], found[1::2], strict=True)
        return [above / below if below else math.nan for above, below in pairs]

    def _found(self, start: int) -> dict[int, _Entry]:
        count = min(self._number("H", start) or 0, _ENTRIES_MAX)
        found: dict[int, _Entry] = {}
        for at in range(start + 2, start + 2 + count * _ENTRY, _ENTRY):
            if at + _ENTRY > len(self._block):
                break
            tag, kind, many = struct.unpack_from(f"{self._order}HHI", self._block, at)
            found.setdefault(tag, _Entry(kind, many, at + 8))
        return found

    def _number(self, letter: str, at: int) -> int | None:
        form = self._order + letter
        if not self._order or at < 0 or at + struct.calcsize(form) > len(self._block):
            return None
        number: int = struct.unpack_from(form, self._block, at)[0]
        return number
