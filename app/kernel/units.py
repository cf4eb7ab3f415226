"""Units that must not be mixed up: points, fen and grams are whole numbers, never floats."""

import re
from typing import NewType

from app.kernel import texts

Points = NewType("Points", int)
Fen = NewType("Fen", int)
Grams = NewType("Grams", int)

GRAMS_IN = {"kg": 1_000, "jin": 500}  # 公斤, 斤
_WEIGHT = re.compile(r"([0-9]{1,5})(?:\.([0-9]{1,3}))?")
_YUAN = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2}))?")


def fen_from_yuan(text: str) -> Fen:
    """Fen of an amount as banks write it: ``1,234.50`` or ``-8``.

    Raises:
        ValueError: not an amount with at most two decimals.
    """
    found = _YUAN.fullmatch(texts.number(text).replace(",", ""))
    if found is None:
        raise ValueError(f"not an amount in yuan: {text!r}")
    sign, yuan, decimals = found.groups()
    fen = int(yuan) * 100 + int((decimals or "0").ljust(2, "0"))
    return Fen(-fen if sign else fen)


def grams_from(text: str, unit: str) -> Grams:
    """Grams of a weight as a scale shows it: ``12`` 斤 (``jin``) is 6,000 g, ``10.1`` kg 10,100 g.

    Raises:
        ValueError: not a weight with at most three decimals, or not a whole number of grams.
    """
    found = _WEIGHT.fullmatch(texts.number(text))
    if found is None:
        raise ValueError(f"not a weight: {text!r}")
    whole, decimals = found.groups()
    thousandths = int(whole) * 1_000 + int((decimals or "0").ljust(3, "0"))
    grams, rest = divmod(thousandths * GRAMS_IN[unit], 1_000)
    if rest:
        raise ValueError(f"not whole grams: {text!r} {unit}")
    return Grams(grams)


def yuan_text(fen: int) -> str:
    """``123450`` fen as people read it: ``1234.50``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"
