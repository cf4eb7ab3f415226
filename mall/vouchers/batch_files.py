"""Reading a file of codes, .xlsx or CSV. What is wrong is told by row, never by the code."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import IO

from app.kernel.workbooks import Cell, Problems, TooManyRows, WorkbookEmpty, opened
from app.kernel.workbooks.errors import WorkbookTooLarge
from mall.vouchers.errors import NotATable

SHEET = "券码"
CODES_MAX = 10_000
CSV_BYTES_MAX = 2 * 1024 * 1024
_ZIP, _OLE = b"PK", bytes.fromhex("d0cf11e0")
_CODE = re.compile(r"^[0-9A-Za-z-]{6,64}$")
_DAY = re.compile(r"^(\d{4})(?:-|/|\.|年)?(\d{1,2})(?:-|/|\.|月)?(\d{1,2})日?$", re.ASCII)


class Column(StrEnum):
    """The headings; their order in the file is free."""

    CODE = "券码"
    LAST_ON = "最后可用日"


class Kind(StrEnum):
    COLUMN_MISSING = "column_missing"
    COLUMN_UNKNOWN = "column_unknown"
    COLUMN_TWICE = "column_twice"
    MERGED = "merged"
    FORMULA = "formula"
    EMPTY = "empty"
    NUMBER = "number"
    CODE = "code"
    TWICE = "twice"
    KNOWN = "known"
    DAY = "day"
    EXPIRED = "expired"


SENTENCES: dict[Kind, str] = {
    Kind.COLUMN_MISSING: "缺少这一列，请补上",
    Kind.COLUMN_UNKNOWN: "多出第 {place} 列，请删除：只要“券码”和“最后可用日”两列",
    Kind.COLUMN_TWICE: "这一列出现了两次，请删除多余的一列",
    Kind.MERGED: "合并了单元格 {cells}，请取消合并，并在每一行都填上内容",
    Kind.FORMULA: "这里是公式，请复制这一列，再用“选择性粘贴→数值”粘贴回来",
    Kind.EMPTY: "没有填写券码",
    Kind.NUMBER: "这里是数字，Excel 会改掉长号码和开头的 0：请先把这一列设为“文本”，再粘贴",
    Kind.CODE: "券码应为 6 到 64 位字母、数字或横线，中间不能有空格",
    Kind.TWICE: "与第 {other} 行的券码相同，请删除其中一行",
    Kind.KNOWN: "这个券码以前导入过，请删除这一行",
    Kind.DAY: "日期看不懂，请写成 2026-12-31 这样",
    Kind.EXPIRED: "最后可用日已经过了，请删除这一行，或让平台延期",
}


@dataclass(frozen=True, repr=False)
class CodeRow:
    """A code as one row says, right in itself. It has no repr, so that no log can show it."""

    number: int  # of the row in the file, from 1
    text: str
    last_on: date | None  # none: the kind's


@dataclass(frozen=True, repr=False)
class _Text:
    """A cell of a CSV file."""

    value: object
    data_type: str = "s"


def rows(file: IO[bytes], problems: Problems, *, today: date) -> list[CodeRow]:
    """The rows that are right in themselves, read once; the others become problems.

    Raises:
        TooManyRows: more codes than one file may hold.
        NotATable and the refusals of ``app.kernel.workbooks``: it is no file of codes.
    """
    start = file.read(4)
    file.seek(0)
    if not start:
        raise WorkbookEmpty()
    if start.startswith((_ZIP, _OLE)):
        with opened(file, SHEET) as sheet:
            for merge in sheet.merges:
                problems.add(merge.row, merge.column_letter, Kind.MERGED, cells=merge.cells)
            return _rows(sheet.rows(), problems, today)
    return _rows(_lines(file), problems, today)


def _lines(file: IO[bytes]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    content = file.read(CSV_BYTES_MAX + 1)
    if len(content) > CSV_BYTES_MAX:
        raise WorkbookTooLarge()
    lines = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    try:
        for number, line in enumerate(lines, start=1):
            yield number, tuple(_Text(text) for text in line)
    except csv.Error:
        raise NotATable() from None


def _decoded(content: bytes) -> str:
    """Excel writes CSV with a mark as UTF-8, and without one as GB 18030."""
    if b"\0" in content:
        raise NotATable()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotATable()


def _rows(
    lines: Iterator[tuple[int, tuple[Cell, ...]]], problems: Problems, today: date
) -> list[CodeRow]:
    places = _places(next(lines, (1, ()))[1], problems)
    if Column.CODE not in places:
        return []
    found: list[CodeRow] = []
    count = 0
    for number, cells in lines:
        if all(not _plain(cell) for cell in cells):
            continue
        count += 1
        if count > CODES_MAX:
            raise TooManyRows(most=CODES_MAX)
        row = _row(number, cells, places, problems, today)
        if row is not None:
            found.append(row)
    return found


def _places(heading: Sequence[Cell], problems: Problems) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for place, cell in enumerate(heading):
        name = "".join(_plain(cell).split())
        if not name:
            continue
        if name not in set(Column):
            # The first row may be a code already: what it says is not repeated.
            problems.add(1, str(place + 1), Kind.COLUMN_UNKNOWN, place=place + 1)
        elif Column(name) in found:
            problems.add(1, name, Kind.COLUMN_TWICE)
        else:
            found[Column(name)] = place
    if Column.CODE not in found:
        problems.add(1, Column.CODE, Kind.COLUMN_MISSING)
    return found


def _row(
    number: int,
    cells: tuple[Cell, ...],
    places: dict[Column, int],
    problems: Problems,
    today: date,
) -> CodeRow | None:
    before = problems.total
    text = _code(number, _cell(cells, places[Column.CODE]), problems)
    last_on = None
    if Column.LAST_ON in places:
        last_on = _last_on(number, _cell(cells, places[Column.LAST_ON]), problems, today)
    return CodeRow(number, text, last_on) if problems.total == before else None


def _cell(cells: tuple[Cell, ...], place: int) -> Cell:
    return cells[place] if place < len(cells) else _Text(None)


def _code(row: int, cell: Cell, problems: Problems) -> str:
    text = _plain(cell)
    if cell.data_type == "f":
        problems.add(row, Column.CODE, Kind.FORMULA)
    elif not text:
        problems.add(row, Column.CODE, Kind.EMPTY)
    elif not isinstance(cell.value, str):
        problems.add(row, Column.CODE, Kind.NUMBER)
    elif not _CODE.match(text):
        problems.add(row, Column.CODE, Kind.CODE)
    return text


def _last_on(row: int, cell: Cell, problems: Problems, today: date) -> date | None:
    if cell.data_type == "f":
        problems.add(row, Column.LAST_ON, Kind.FORMULA)
        return None
    if not _plain(cell):
        return None
    day = _day(cell)
    if day is None:
        problems.add(row, Column.LAST_ON, Kind.DAY)
    elif day < today:
        problems.add(row, Column.LAST_ON, Kind.EXPIRED)
    return day


def _day(cell: Cell) -> date | None:
    if isinstance(cell.value, datetime):
        return cell.value.date()
    written = _DAY.match(_plain(cell))
    if written is None:
        return None
    try:
        return date(*(int(part) for part in written.groups()))
    except ValueError:
        return None


def _plain(cell: Cell) -> str:
    if cell.value is None:
        return ""
    return "".join(c for c in str(cell.value) if c.isprintable()).strip()
