"""Units that must not be mixed up: points, fen and grams are whole numbers, never floats."""

import re
from typing import NewType

Points = NewType("Points", int)
Fen = NewType("Fen", int)
Grams = NewType("Grams", int)

_YUAN = re.compile(r"^(-?)(\d{1,13})(?:\.(\d{1,2}))?$")


def fen_from_yuan(text: str) -> Fen:
    """Fen of an amount as banks write it: ``1,234.50`` or ``-8``.

    Raises:
        ValueError: not an amount with at most two decimals.
    """
    found = _YUAN.match(text.strip().replace(",", ""))
    if found is None:
        raise ValueError(f"not an amount in yuan: {text!r}")
    sign, yuan, decimals = found.groups()
    fen = int(yuan) * 100 + int((decimals or "0").ljust(2, "0"))
    return Fen(-fen if sign else fen)


def yuan_text(fen: int) -> str:
    """``123450`` fen as people read it: ``1234.50``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"
