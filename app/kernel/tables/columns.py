"""A table's columns, each declared once: what its cells hold, how they are read, how explained.

A domain declares them as an enumeration, whose members are the headings::

    class Column(Columns):
        NAME = "名称", Cells(how="60 个字以内", example="透明皂 200 克", width=28, is_text=True)
        LISTED = "上架", Cells(choices=("是", "否"), wrong=Kind.LISTED)

From it come the reader, the template to fill in and the export that can be imported again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Self, TypeVar

from app.kernel import texts
from app.kernel.tables.workbooks import ROWS_MAX


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """What the cells of one column hold.

    ``wrong`` is the kind of problem that a text is which is none of ``choices``, not in ``whole``
    or not ``right``. Without it the choices are only offered, and the domain decides.
    """

    optional: str = ""  # when a cell may stay empty, in the words of the template; "": never
    may_be_missing: bool = False  # the column as a whole
    length_max: int = 60
    clean: Callable[[str], str] = texts.words
    takes_days: bool = False  # Excel's own dates are welcome, and are read as 2026-12-31
    no_numbers: StrEnum | None = None  # the kind of problem that a cell is which Excel rounded
    choices: tuple[str, ...] = ()
    whole: tuple[int, int] | None = None  # the least and the greatest
    right: Callable[[str], object] | None = None
    wrong: StrEnum | None = None
    # For the template.
    how: str = ""
    example: str = ""
    width: int = 12
    is_text: bool = False  # or Excel makes numbers and dates of what is typed

    def check(self) -> Callable[[str], object] | None:
        """What tells a right text from a wrong one."""
        if self.wrong is None:
            return None
        if self.choices:
            return frozenset(self.choices).__contains__
        if self.whole:
            least, greatest = self.whole
            return frozenset(map(str, range(least, greatest + 1))).__contains__
        return self.right


class Columns(StrEnum):
    """The headings of a table, exactly as they stand in its first row; their order is free."""

    cells: Cells

    def __new__(cls, heading: str, cells: Cells) -> Self:
        member = str.__new__(cls, heading)
        member._value_ = heading
        member.cells = cells
        return member


C = TypeVar("C", bound=Columns)


@dataclass(frozen=True)
class Table(Generic[C]):
    """A kind of file: its sheet, its columns, and how much of it is read."""

    sheet: str
    columns: type[C]
    rows_max: int = ROWS_MAX
    takes_csv: bool = False
    is_secret: bool = False  # no problem repeats what the file says, not even of its first row
    notes: tuple[str, ...] = ()  # below the explanations of the template
