"""Values that other people's services answered with 500, put into each place of a request."""

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields

from app.web.fields import Date, Instant, Integer, Spelled, Token
from app.web.paging import PlaceField

TEXTS = ("坏\0字", "坏\ud83d字", "长" * 100_000, "%_\\", "\u202e反", "", "１٣", "\U0001f600" * 3)
WHOLES = (10**19, -(10**19), 2**63 - 1, -(2**63), 2**31, 0, -1, 1.5, True, "1e3", "１", 10**400)
DAYS = ("0001-01-01", "9999-12-31", "2026-02-30", "0000-00-00", "二〇二六")
INSTANTS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-12-01T24:00:00Z")
NUMBERS = (1e308, -1e308, "NaN", "Infinity", "1e999999", "-0", 10**400)
PLACES = ("W05hTixudWxsXQ==", "WzFlOTk5LCAieCJd", "W10=", "[" * 5_000, "坏", "WzEsIDJd")
OTHERS = (None, [], {}, "x", "坏\0字", 2**70, [[[[[[]]]]]])
BODIES = (
    b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    b'{"a":' + b"[" * 500 + b"]" * 500 + b"}",
    b'{"a": NaN}',
    b'{"a": 1e999}',
    b'{"a": ' + b"9" * 5_000 + b"}",
    b'{"a": "\\ud83d"}',
    b'{"a\\u0000b": 1}',
    b'{"a": "\xff\xfe"}',
    '{"a": 1}'.encode("utf-16"),
    b"[1, 2]",
    b'"x"',
    b"null",
    b"",
    b"{",
)


def values_for(field: fields.Field) -> tuple[Any, ...]:
    if isinstance(field, Integer):
        return WHOLES
    if isinstance(field, Date):
        return DAYS
    if isinstance(field, Instant | fields.Time):
        return INSTANTS
    if isinstance(field, fields.Float | fields.Decimal):
        return NUMBERS
    if isinstance(field, PlaceField):
        return PLACES
    if isinstance(field, Spelled | Token | fields.String):
        return TEXTS
    return OTHERS


def spots(schema: Schema, good: Any) -> Iterator[tuple[tuple[Any, ...], fields.Field]]:
    """Every place of a body, given or not, with the field that reads it."""
    for name, field in schema.fields.items():
        key = field.data_key or name
        yield (key,), field
        inner = field.inner if isinstance(field, fields.List) else None
        value = good.get(key) if isinstance(good, dict) else None
        if isinstance(inner, fields.Nested):
            first = value[0] if isinstance(value, list) and value else {}
            yield from (((key, 0, *rest), deeper) for rest, deeper in spots(inner.schema, first))
        elif inner is not None:
            yield (key, 0), inner
        elif isinstance(field, fields.Nested):
            yield from (((key, *rest), deeper) for rest, deeper in spots(field.schema, value or {}))
        elif isinstance(field, fields.Dict):
            yield (key, "a"), field


def put(whole: Any, spot: tuple[Any, ...], value: Any) -> Any:
    """A copy of the body with the value in the spot, where there is one in the body."""
    if not spot:
        return value
    key, *rest = spot
    if key == 0:
        items = list(whole) if isinstance(whole, list) and whole else [{}]
        return [put(items[0], tuple(rest), value), *items[1:]]
    copy = dict(whole) if isinstance(whole, dict) else {}
    return copy | {key: put(copy.get(key), tuple(rest), value)}
