"""What a subscribe message may carry: WeChat refuses a value that is empty or too long.

The limits are those of its documentation ("subscribeMessage.send", keyword types); the type is the
name of the keyword without its number, ``thing1`` say.
"""

from collections.abc import Mapping

LENGTHS: Mapping[str, int] = {
    "thing": 20,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "time": 24,
    "date": 24,
    "amount": 12,
    "phone_number": 17,
    "car_number": 8,
    "name": 10,
    "phrase": 5,
}


def keyword_type(keyword: str) -> str:
    """``thing1`` is of type ``thing``."""
    return keyword.rstrip("0123456789")


def fitted(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The values as WeChat takes them, cut to what their keywords hold; an empty one is a dash."""
    return {keyword: {"value": _cut(keyword, value)} for keyword, value in values.items()}


def _cut(keyword: str, value: str) -> str:
    limit = LENGTHS[keyword_type(keyword)]
    text = " ".join(value.split()) or "-"
    return text if len(text) <= limit else text[: limit - 1] + "…"
