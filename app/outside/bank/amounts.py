"""Amounts as banks write them in tables: with marks, signs and thousands, in any width."""

import re

from app.kernel import texts

_CURRENCY = "(?:CNY|RMB|人民币|[¥￥])"
_WHOLE = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,4}(?:,[0-9]{4})+|[0-9]*"
_AMOUNT = re.compile(
    rf"([+-]?){_CURRENCY}?([+-]?)({_WHOLE})(?:\.([0-9]*))?(?:元|圆|CNY|RMB)?整?([+-]?)",
    re.IGNORECASE,
)
_DIGITS_MAX = 13
_NOTHING = {"", "-", "--", "/"}


def fen_written(text: str) -> int:
    """Fen of ``¥1,234.50``, ``+０８.5 元``, ``CNY -300.00`` or ``300.00-``, exactly.

    Raises:
        ValueError: no amount, or one that is no whole number of fen.
    """
    found = _AMOUNT.fullmatch(texts.number(text).replace("，", ",").removeprefix("'"))
    if found is None:
        raise ValueError("not an amount in yuan")
    before, inside, whole, decimals, behind = found.groups(default="")
    return fen_of_parts(before + inside + behind, whole.replace(",", ""), decimals)


def fen_of_parts(sign: str, whole: str, decimals: str) -> int:
    """Fen of what stands before and behind the decimal point, zeros that say nothing apart.

    Raises:
        ValueError: two signs, no digits, too many, or a part of a fen.
    """
    yuan, part = whole.lstrip("0"), decimals.rstrip("0")
    if len(sign) > 1 or not whole + decimals or len(yuan) > _DIGITS_MAX or len(part) > 2:
        raise ValueError("not an amount in yuan")
    fen = int(yuan or "0") * 100 + int(part.ljust(2, "0"))
    return -fen if sign == "-" else fen


def is_nothing(text: str) -> bool:
    """Whether a cell for an amount is left empty, as people see it."""
    return texts.number(text) in _NOTHING
