"""Lists a page at a time: ``?before=<id of the last row seen>&limit=20``, newest first.

Ids are UUIDv7, so they sort by time and are their own cursor. What a list can be narrowed by
stands in its query by the names of its columns (``?state=proposed``); ``count=true`` adds how many
there are in all. A list sorted by something else goes on at a place, the value and the id of the
last row: ``?after=<next of the page before>``.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from json import dumps, loads
from typing import Any, Protocol, TypeVar
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.kernel.lists import Listed, Wanted
from app.web.fields import Date, Integer

Item = TypeVar("Item")

LIMIT_MAX = 100
_PLACE_LENGTH_MAX = 200
_NUMBER_MAX = 2**63


class PageArgs(Schema):
    """The query of every list. Parsed, it holds ``before`` (an id or None) and ``limit``."""

    before = fields.UUID(
        load_default=None, metadata={"description": "`next` of the page before; omit to begin"}
    )
    limit = Integer(load_default=20, validate=validate.Range(min=1, max=LIMIT_MAX))


class CountedArgs(PageArgs):
    """The query of a list that can say how long it is. Parsed, ``wanted`` reads it."""

    count = fields.Boolean(
        load_default=False,
        metadata={"description": "true: answer `total`, how many there are in all pages"},
    )


class DaysArgs(Schema):
    """Two days that narrow a list, beside ``CountedArgs``."""

    from_on = Date(load_default=None, metadata={"description": "The first day wanted, in China"})
    to_on = Date(
        load_default=None, metadata={"description": "The last day wanted, itself included"}
    )

    @validates_schema
    def _begins_before_it_ends(self, args: dict[str, Any], **_: Any) -> None:
        if args["from_on"] and args["to_on"] and args["from_on"] > args["to_on"]:
            raise ValidationError("结束日期不能早于开始日期", "to_on")


def wanted(args: dict[str, Any]) -> Wanted:
    """What a list is asked for. What is not about the page narrows it by the column of its name."""
    given = dict(args)
    return Wanted(
        before=given.pop("before"),
        limit=given.pop("limit"),
        is_counted=given.pop("count"),
        from_on=given.pop("from_on", None),
        to_on=given.pop("to_on", None),
        only={name: value for name, value in given.items() if value is not None},
    )


class PlaceField(fields.Field[Any]):
    """A place in a sorted list, in letters that mean nothing to anybody else."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[int | float, UUID]:
        try:
            number, identifier = loads(urlsafe_b64decode(str(value)[:_PLACE_LENGTH_MAX]))
            if type(number) not in (int, float) or not abs(number) < _NUMBER_MAX:  # nor NaN
                raise ValueError
            return number, UUID(identifier)
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise ValidationError("请从第一页重新开始") from None


class PlaceArgs(Schema):
    """The query of a sorted list. Parsed, it holds ``after`` (a place or None) and ``limit``."""

    after = PlaceField(
        load_default=None,
        metadata={
            "type": "string",
            "description": "`next` of the page before; omit to begin",
        },
    )
    limit = Integer(load_default=20, validate=validate.Range(min=1, max=LIMIT_MAX))


class _Row(Protocol):
    @property
    def id(self) -> UUID: ...


def page(rows: Sequence[_Row], limit: int) -> dict[str, Any]:
    """The body of a page from at most ``limit`` rows; a full page may have another after it."""
    body = {"items": rows, "next": rows[-1].id if len(rows) == limit else None}
    total = rows.total if isinstance(rows, Listed) else None
    return body if total is None else body | {"total": total}


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of items, for ``@bp.response``."""
    return Schema.from_dict(_page_fields(item), name=_page_name(item))


def counted_page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of a list that can say how long it is."""
    total = fields.Integer(
        metadata={"description": "How many there are in all; only with `count=true`"}
    )
    return Schema.from_dict(_page_fields(item) | {"total": total}, name=_page_name(item))


def _page_name(item: type[Schema]) -> str:
    return item.__name__.removesuffix("Out") + "Page"


def _page_fields(item: type[Schema]) -> dict[str, fields.Field[Any]]:
    return {
        "items": fields.List(fields.Nested(item), required=True),
        "next": fields.UUID(
            required=True,
            allow_none=True,
            metadata={"description": "`before` of the next page; null at the end"},
        ),
    }


def placed_page(
    rows: Sequence[Item], limit: int, place: Callable[[Item], tuple[int | float, UUID]]
) -> dict[str, Any]:
    """The body of a page of a sorted list; ``place`` says where in it a row stands."""
    return {"items": rows, "next": _written(place(rows[-1])) if len(rows) == limit else None}


def placed_page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of a sorted list, for ``@bp.response``."""
    name = item.__name__.removesuffix("Out") + "Page"
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(
                required=True,
                allow_none=True,
                metadata={"description": "`after` of the next page; null at the end"},
            ),
        },
        name=name,
    )


def _written(place: tuple[int | float, UUID]) -> str:
    number, identifier = place
    return urlsafe_b64encode(dumps([number, str(identifier)]).encode()).decode()
