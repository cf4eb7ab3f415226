"""Texts as people leave them in cells, and how they are put right."""

import unicodedata
from datetime import date


def printable(text: str) -> str:
    """Without what nobody sees."""
    if text.isprintable():
        return text
    return "".join(character for character in text if character.isprintable())


def trimmed(text: str) -> str:
    """Without spaces around it; those inside stay."""
    return printable(text).strip()


def squeezed(text: str) -> str:
    """Without any spaces, as names of people and places are written."""
    return "".join(printable(text).split())


def half_width(text: str) -> str:
    """Squeezed, and with full-width digits and letters made plain: for numbers."""
    return squeezed(unicodedata.normalize("NFKC", text))


def plain(value: object) -> str:
    """What a cell shows: numbers as people write them, days as 2026-12-31."""
    if value is None:
        return ""
    if isinstance(value, float):  # Excel keeps every number as one; 13 digits are exact in it
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value)


def decoded(content: bytes) -> str | None:
    """The text of a file that Excel or a bank wrote, or None when it is no text.

    Excel writes CSV with a mark as UTF-8, and without one as GB 18030.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None
