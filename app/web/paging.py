"""Lists a page at a time: ``?before=<id of the last row seen>&limit=20``, newest first.

Ids are UUIDv7, so they sort by time and are their own cursor.
"""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from marshmallow import Schema, fields, validate

LIMIT_MAX = 100


class PageArgs(Schema):
    """The query of every list. Parsed, it holds ``before`` (an id or None) and ``limit``."""

    before = fields.UUID(
        load_default=None, metadata={"description": "`next` of the page before; omit to begin"}
    )
    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=LIMIT_MAX))


class _Row(Protocol):
    @property
    def id(self) -> UUID: ...


def page(rows: Sequence[_Row], limit: int) -> dict[str, Any]:
    """The body of a page from at most ``limit`` rows; a full page may have another after it."""
    return {"items": rows, "next": rows[-1].id if len(rows) == limit else None}


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of items, for ``@bp.response``."""
    name = item.__name__.removesuffix("Out") + "Page"
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.UUID(
                required=True,
                allow_none=True,
                metadata={"description": "`before` of the next page; null at the end"},
            ),
        },
        name=name,
    )
