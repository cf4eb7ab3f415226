"""Texts as programs leave them in cells and files."""

import codecs
from datetime import date
from decimal import Decimal


def plain(value: object) -> str:
    """What a cell shows: numbers as people write them, days as 2026-12-31."""
    if value is None:
        return ""
    if isinstance(value, float):  # Excel keeps every number as one, and shows 15 digits of it
        return f"{Decimal(f'{value:.15g}'):f}"
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value)


def decoded(content: bytes) -> str | None:
    """The text of a file that Excel or a bank wrote, or None when it is no text.

    Excel writes CSV with a mark as UTF-8, and without one as GB 18030; "Unicode text" is UTF-16.
    """
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None
