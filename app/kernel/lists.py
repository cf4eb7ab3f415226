"""Lists as people ask for them: a part of what there is, chosen and counted, the newest first.

A surface says in one value what it wants; a domain says what may be seen at all, and of which rows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Date, Select, func
from sqlalchemy.orm import InstrumentedAttribute

from app.kernel import clock
from app.kernel.db import db

Item = TypeVar("Item")
Other = TypeVar("Other")


@dataclass(frozen=True)
class Wanted:
    """Which rows of a list are asked for."""

    before: UUID | None = None  # the last row of the part before
    limit: int = 20
    is_counted: bool = False  # also how many there are in all parts together
    from_on: date | None = None  # days in China, both included
    to_on: date | None = None
    only: Mapping[str, object] = field(default_factory=dict)  # values of columns by their names


ONE = Wanted(limit=1)


class Listed(list[Item], Generic[Item]):
    """Rows of a list; ``total`` is how many there are in all, if that was asked for."""

    def __init__(self, items: Iterable[Item] = (), total: int | None = None) -> None:
        super().__init__(items)
        self.total = total

    def each(self, made: Callable[[Item], Other]) -> "Listed[Other]":
        """The same list of other things, made of each row."""
        return Listed(map(made, self), self.total)


def listed(
    query: Select[*tuple[Any, ...]],
    model: Any,
    wanted: Wanted,
    *,
    day: InstrumentedAttribute[Any] | None = None,
) -> Listed[Any]:
    """The rows of a query that are wanted, newest first; of one column or model, that itself.

    ``model`` has the id by which they are sorted and the columns that ``only`` names; ``day`` is
    the day or instant that the wanted days are about.
    """
    query = query.where(*(getattr(model, name) == value for name, value in wanted.only.items()))
    if day is not None:
        query = _on_days(query, day, wanted)
    total = _count(query) if wanted.is_counted else None
    if wanted.before is not None:
        query = query.where(model.id < wanted.before)
    rows = db.session.execute(query.order_by(None).order_by(model.id.desc()).limit(wanted.limit))
    is_single = len(query.column_descriptions) == 1
    return Listed(rows.scalars() if is_single else rows, total)


def _on_days(query: Select[Any], day: InstrumentedAttribute[Any], wanted: Wanted) -> Select[Any]:
    is_day = isinstance(day.type, Date)
    if wanted.from_on is not None:
        query = query.where(day >= (wanted.from_on if is_day else clock.day_start(wanted.from_on)))
    if wanted.to_on is not None:
        query = query.where(day <= wanted.to_on if is_day else day < clock.day_end(wanted.to_on))
    return query


def _count(query: Select[Any]) -> int:
    counted = query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    return db.session.scalars(counted).one()
