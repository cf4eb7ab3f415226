"""From a file that may be anything to rows of texts, with whatever is wrong told beside them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from itertools import islice
from typing import IO, Any, Generic, NamedTuple

from app.kernel import texts
from app.kernel.tables.columns import C, Cells, Table
from app.kernel.tables.errors import TooManyRows
from app.kernel.tables.lines import opened_text
from app.kernel.tables.problems import Kind, Problems
from app.kernel.tables.texts import plain
from app.kernel.tables.workbooks import Cell, Merge, Sheet, is_workbook, opened

NAME_SHOWN = 30  # characters of a heading that nobody knows
HEADING_ROWS_MAX = 10  # of which one is the heading
_NOTES = ("注", "备注", "说明", "填表", "制表", "审核", "合计", "总计", "单位", "日期", "联系")


class Row(Generic[C]):
    """One row: the text of each column, right in itself or empty.

    ``problem`` tells what only the whole row, or more than it, can show to be wrong.
    """

    __slots__ = ("_problems", "_texts", "is_right", "number")

    def __init__(self, number: int, texts: dict[C, str], problems: Problems) -> None:
        self.number = number  # in the sheet, from 1
        self.is_right = True  # nothing was told of it
        self._texts = texts
        self._problems = problems

    def __getitem__(self, column: C) -> str:
        return self._texts[column]

    def problem(self, column: C, kind: StrEnum, **details: Any) -> None:
        self.is_right = False
        self._problems.add(self.number, column, kind, **details)


class _Place(NamedTuple, Generic[C]):
    """Where a column is, and what is asked of each of its cells."""

    column: C
    place: int | None  # none: the column may be missing
    cells: Cells
    check: Callable[[str], object] | None


class Reader(Generic[C]):
    """Reads a table from its heading down. Its rows can be read more than once."""

    def __init__(self, sheet: Sheet, table: Table[C], problems: Problems) -> None:
        self._sheet = sheet
        self._table = table
        self._problems = problems
        self._places: Sequence[_Place[C]] | None = None
        self._heading_at = 1
        self.rows_expected = sheet.rows_expected
        self.rows_read = 0  # of this reading

    def rows(self) -> Iterator[Row[C]]:
        """Each row in which something stands, the wrong ones too.

        Titles above the heading and notes below the table are passed over. The first reading
        checks the heading and merged cells as well; where a column is missing or there twice there
        are no rows, because nothing is known of what their cells mean.

        Raises:
            TooManyRows: more than the table may have.
            NotAWorkbook, NotText: the file turns out to be damaged.
        """
        lines = self._sheet.rows()
        is_first = self._places is None
        if self._places is None:
            self._heading_at, heading = self._heading()
            self._places = self._found(heading)
        self.rows_read = 0
        notes: set[int] = set()
        for number, cells in lines if self._places else ():
            if number <= self._heading_at or not any(_shows(cell.value) for cell in cells):
                continue
            if self._is_note(cells):
                notes.add(number)
                continue
            self.rows_read += 1
            if self.rows_read > self._table.rows_max:
                raise TooManyRows(most=self._table.rows_max)
            yield self._row(number, cells, self._places)
        for merge in self._sheet.merges if is_first else ():
            if merge.row >= self._heading_at and merge.row not in notes:
                self._tell_merge(merge, heading)

    def _heading(self) -> tuple[int, Sequence[Cell]]:
        """The row that names most columns, among the first; above it may stand a title."""
        first = list(islice(self._sheet.rows(), HEADING_ROWS_MAX)) or [(1, ())]
        wanted = {texts.folded(column) for column in self._table.columns}

        def named(row: tuple[int, Sequence[Cell]]) -> int:
            return len(wanted & {texts.folded(plain(cell.value)) for cell in row[1]})

        return max(first, key=named)  # the first of them

    def _found(self, heading: Sequence[Cell]) -> Sequence[_Place[C]]:
        """Where each column is; nowhere, after telling problems, if that is not clear."""
        columns = {texts.folded(column): column for column in self._table.columns}
        places: dict[C, int] = {}
        is_clear = True
        names = [texts.name(plain(cell.value)) for cell in heading]
        if not any(texts.folded(name) in columns for name in names):
            wanted = "、".join(c for c in columns.values() if not c.cells.may_be_missing)
            self._problems.add(self._heading_at, "表头", Kind.HEADING_MISSING, names=wanted)
            return []
        for place, name in enumerate(names):
            if not name:
                continue
            column = columns.get(texts.folded(name))
            if column is None:
                shown = str(place + 1) if self._table.is_secret else name[:NAME_SHOWN]
                self._problems.add(self._heading_at, shown, Kind.COLUMN_UNKNOWN, name=shown)
            elif column in places:
                self._problems.add(self._heading_at, name, Kind.COLUMN_TWICE)
                is_clear = False
            else:
                places[column] = place
        for column in columns.values():
            if column not in places and not column.cells.may_be_missing:
                self._problems.add(self._heading_at, column, Kind.COLUMN_MISSING)
                is_clear = False
        return [
            _Place(column, places.get(column), column.cells, column.cells.check())
            for column in (columns.values() if is_clear else ())
        ]

    def _tell_merge(self, merge: Merge, heading: Sequence[Cell]) -> None:
        place = merge.column - 1
        name = ""
        if place < len(heading) and not self._table.is_secret:
            name = plain(heading[place].value)[:NAME_SHOWN]
        column = name or merge.column_letter
        self._problems.add(merge.row, column, Kind.MERGED, cells=merge.cells)

    def _row(self, number: int, cells: Sequence[Cell], places: Sequence[_Place[C]]) -> Row[C]:
        found: dict[C, str] = {}
        row = Row(number, found, self._problems)
        if self._is_alone(cells):
            row.problem(places[0].column, Kind.NO_ROW)
            found.update((column, "") for column, *_ in places)
            return row
        for column, place, asked, check in places:
            text = ""
            cell = cells[place] if place is not None and place < len(cells) else None
            if cell is not None and cell.value is not None:
                if (kind := _kind_of_problem(cell, asked)) is not None:
                    row.problem(column, kind)
                    found[column] = ""
                    continue
                text = asked.clean(plain(cell.value))
            if not text:
                if not asked.optional:
                    row.problem(column, Kind.EMPTY)
            elif (unreadable := texts.unreadable(text)) is not None:
                row.problem(column, Kind.UNREADABLE, place=unreadable)
                text = ""
            elif len(text) > asked.length_max:
                row.problem(column, Kind.TOO_LONG, most=asked.length_max)
                text = ""
            elif check is not None and not check(text):
                assert asked.wrong is not None, "what is checked says what is wrong"
                row.problem(column, asked.wrong)
            found[column] = text
        return row

    def _is_note(self, cells: Sequence[Cell]) -> bool:
        """Whether the row is what people write below a table: 备注：…"""
        return self._is_alone(cells) and any(
            texts.name(plain(cell.value)).startswith(_NOTES) for cell in cells
        )

    def _is_alone(self, cells: Sequence[Cell]) -> bool:
        """Whether one cell says something where several must."""
        needed = sum(not column.cells.optional for column in self._table.columns)
        return needed > 2 and sum(_shows(cell.value) for cell in cells) == 1


@contextmanager
def reading(file: IO[bytes], table: Table[C], problems: Problems) -> Iterator[Reader[C]]:
    """A reader of the file, while it is open; what it finds wrong goes to ``problems``.

    Raises:
        WorkbookEmpty, WorkbookTooLarge, WorkbookTooOld, WorkbookEncrypted, NotAWorkbook,
        SheetMissing, TooManyRows, NotText: what the file is instead.
    """
    if table.takes_csv and not is_workbook(file):
        yield Reader(opened_text(file), table, problems)
    else:
        with opened(file, table.sheet) as sheet:
            yield Reader(sheet, table, problems)


def _shows(value: object) -> bool:
    """Whether anything can be seen in a cell."""
    return value is not None and not (isinstance(value, str) and not texts.words(value))


def _kind_of_problem(cell: Cell, asked: Cells) -> StrEnum | None:
    """What is wrong with a cell before one looks at its text."""
    if cell.data_type == "f":
        return Kind.FORMULA
    if cell.data_type == "e":
        return Kind.CELL_ERROR
    if cell.data_type == "d":
        return None if asked.takes_days else Kind.CELL_DATE
    if isinstance(cell.value, bool) or not isinstance(cell.value, int | float | str):
        return Kind.CELL_KIND
    if asked.no_numbers is not None and not isinstance(cell.value, str):
        return asked.no_numbers
    return None
