"""Open matters of households: while one is open, no picture that may be evidence in it is deleted.

A domain names its own in its ``matters.py``, with ``open_matter``.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute


class TwoOfOneMatter(RuntimeError):
    """Two domains call their matters by one name, and one would let go what the other keeps."""


_OPEN: dict[str, Select[int, UUID]] = {}


def open_matter(name: str, households: Select[int, UUID]) -> None:
    """Keep what belongs to these households, county and id of each, as long as they are found.

    Raises:
        TwoOfOneMatter: there is one of this name.
    """
    if name in _OPEN:
        raise TwoOfOneMatter(name)
    _OPEN[name] = households


def is_open(
    county_id: InstrumentedAttribute[int], household_id: InstrumentedAttribute[UUID | None]
) -> ColumnElement[bool]:
    """Whether a household has an open matter, for a query that has households, or none."""
    household: Any = tuple_(county_id, household_id)
    is_open = or_(*(household.in_(matter) for matter in _OPEN.values()))
    return and_(household_id.is_not(None), is_open)
