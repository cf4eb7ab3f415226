"""What is wrong in a workbook, by row and column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """One thing to correct. Sorts by row."""

    row: int
    column: str
    kind: StrEnum
    message: str


@dataclass
class Problems:
    """Collects problems: counts all, keeps so many as will be listed.

    ``sentences`` say for each kind what to do; they may name details in braces.
    """

    listed_max: int
    sentences: Mapping[Any, str]
    total: int = 0
    _kept: list[Problem] = field(default_factory=list)

    def add(self, row: int, column: str, kind: StrEnum, **details: Any) -> None:
        self.total += 1
        if len(self._kept) < self.listed_max:
            message = self.sentences[kind].format_map(details)
            self._kept.append(Problem(row, column, kind, message))

    def listed(self) -> list[Problem]:
        return sorted(self._kept, key=lambda problem: problem.row)
