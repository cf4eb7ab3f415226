"""The fields of requests: each kind of text in its one spelling, each number within bounds.

What people type is folded here, where it comes in, so that no service meets full-width digits or a
name in two spellings. A test sees that every request uses these instead of marshmallow's own.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.kernel import texts

INTEGER_MAX = 2**31 - 1  # what a column of ours holds, unless a field names its own bounds
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_TOKEN = re.compile(r"[ -~]*")


class Spelled(fields.String):
    """Text that is spelled in one way before it is judged."""

    spell: Callable[[str], str]
    is_read_aloud = True  # people read it, so every character must be one

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = type(self).spell(str(super()._deserialize(value, *args, **kwargs)))
        if self.is_read_aloud and (place := texts.unreadable(text)) is not None:
            raise ValidationError(f"第 {place} 个字电脑认不出来，请用输入法重新打这个字")
        return text


class Name(Spelled):
    """The name of a person, a place, a door or a shop."""

    spell = staticmethod(texts.name)


class Words(Spelled):
    """Free text on one line, without spaces around it."""

    spell = staticmethod(texts.words)


class Lines(Spelled):
    """Free text that may have several lines, without spaces around it."""

    spell = staticmethod(texts.lines)


class Number(Spelled):
    """A number or code that people type, as plain letters and digits without spaces."""

    spell = staticmethod(texts.number)


class Capitals(Number):
    """Such a code, whose letters are capitals."""

    spell = staticmethod(lambda text: texts.number(text).upper())


class Digits(Spelled):
    """Digits that people type, perhaps in groups."""

    spell = staticmethod(texts.digits)


class Token(fields.String):
    """A text that programs hand on: taken as it is, in ASCII."""

    default_error_messages = {"not_plain": "格式不对"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, *args, **kwargs))
        if not _TOKEN.fullmatch(text):
            raise self.make_error("not_plain")
        return text


class Whole(validate.Regexp):
    """Matches the whole text; ``$`` of a pattern would let a line break follow."""

    def __call__(self, value: Any) -> Any:
        if self.regex.fullmatch(value) is None:
            raise ValidationError(self._format_error(value))
        return value


class Integer(fields.Integer):
    """A whole number within its bounds, or within what a column holds.

    As a text, which is all that a query can carry, it is digits.
    """

    def _validated(self, value: Any) -> int:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, str) and not self.strict:
            typed = texts.number(value)
            is_whole = _WHOLE.fullmatch(typed) is not None
            value = int(typed) if is_whole else value
        if not is_whole:
            raise self.make_error("invalid", input=value)
        if not self._is_bounded and abs(value) > INTEGER_MAX:
            raise self.make_error("too_large", input=value)
        return int(value)

    @property
    def _is_bounded(self) -> bool:
        ranges = [one for one in self.validators if isinstance(one, validate.Range)]
        return any(one.max is not None for one in ranges) and any(
            one.min is not None for one in ranges
        )


class ClosingTime(fields.Time):
    """A time of the day at which something ends: midnight is 24:00, and may be written 00:00."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize("00:00" if value == "24:00" else value, *args, **kwargs)

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return "24:00" if value == time() else super()._serialize(value, *args, **kwargs)


class Date(fields.Date):
    """A day within a calendar that leaves room for reckoning on both sides."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> date:
        day: date = super()._deserialize(value, *args, **kwargs)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return day


class Instant(fields.AwareDateTime):
    """An instant of such a day, in UTC."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        at: datetime = super()._deserialize(value, *args, **kwargs)
        if not FIRST_DAY < at.date() < LAST_DAY:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return at.astimezone(UTC)
