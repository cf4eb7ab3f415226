"""JSON that others send, read into values that everything behind it can keep.

Python reads more than JSON allows and than a database holds: NaN, numbers without end, lists in
lists until the stack is full, half characters, NUL.
"""

import json
from math import isfinite
from typing import Any

DEPTH_MAX = 20
NUMBER_MAX = 2**63 - 1  # of either sign


class NotJson(ValueError):
    """It cannot be read at all."""


class NotKeepable(ValueError):
    """A value in it is none that can be kept; ``field`` is the one of the whole that holds it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def read(content: bytes) -> Any:
    """What the text says.

    Raises:
        NotJson, NotKeepable: why not.
    """
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a ValueError too
        raise NotJson() from error
    _check(found)
    return found


def is_keepable(text: str) -> bool:
    """Whether a column can hold the text: no NUL in it, and no half of a character."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _check(whole: Any) -> None:
    waiting: list[tuple[str, int, Any]] = [("", 0, whole)]
    while waiting:
        field, depth, value = waiting.pop()
        if depth > DEPTH_MAX:
            raise NotJson()
        if isinstance(value, dict):
            waiting += [(field, depth, name) for name in value]
            waiting += [(field or name, depth + 1, inner) for name, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(field, depth + 1, inner) for inner in value]
        elif not _is_whole(value):
            raise NotKeepable(field)


def _is_whole(value: Any) -> bool:
    if isinstance(value, str):
        return is_keepable(value)
    if isinstance(value, float):
        return isfinite(value)
    return not isinstance(value, int) or abs(value) <= NUMBER_MAX
