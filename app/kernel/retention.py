"""How long what is known of people is kept (``KEPT`` in a domain's ``retention.py``).

Every table is ``Kept``: it says what of people it holds, why, and what ends when. The sweep that
ends it, and the table in docs/operations.md, are made from this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

TEXT_GONE = "已删除"  # where a column must say something, as a sentence of why
BYTES_GONE = b""  # where sealed bytes must be something

Gone = str | bytes | list[str] | None  # what a column becomes
YEAR, BOOKS = 12, 120  # months: a year; ten years, as long as accounts are kept


@dataclass(frozen=True)
class End:
    """What becomes of a row some time after a day or instant of it.

    The row is deleted, or columns of it are emptied: each gets the value named for it.
    """

    after: str  # the column that it is counted from; a row without a value stays
    months: int = 0
    days: int = 0
    emptied: Mapping[str, Gone] = field(default_factory=lambda: MappingProxyType({}))
    only: str = "true"  # SQL: which rows

    @property
    def is_deletion(self) -> bool:
        return not self.emptied

    @property
    def term(self) -> str:
        """How long, as PostgreSQL reads it and people do."""
        if self.months % YEAR == 0 and self.months:
            return f"{self.months // YEAR} years" if self.months > YEAR else "1 year"
        return f"{self.months} months" if self.months else f"{self.days} days"


@dataclass(frozen=True)
class Kept:
    """What a table holds of people."""

    table: str
    of_people: str = ""  # empty: nothing but ids of random digits
    why: str = ""
    ends: tuple[End, ...] = ()
    # Columns of text or bytes that say nothing of a person.
    plain: frozenset[str] = frozenset()
    # Columns that do, and what ends them instead: a command, a sweep of their own, another's end.
    otherwise: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def deleted(*, after: str, months: int = 0, days: int = 0, only: str = "true") -> End:
    """The row goes, so long after the column; by zero days the night after it."""
    return End(after=after, months=months, days=days, only=only)


def emptied(*columns: str, after: str, months: int = 0, days: int = 0, only: str = "true") -> End:
    """The columns become NULL."""
    return End(after, months, days, dict.fromkeys(columns), only)


def replaced(values: Mapping[str, Gone], *, after: str, months: int = 0, only: str = "true") -> End:
    """The columns, which must say something, say that it is gone."""
    return End(after, months, 0, dict(values), only)


def plain(*columns: str) -> frozenset[str]:
    return frozenset(columns)
