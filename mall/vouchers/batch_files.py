"""Reading a file of codes, .xlsx or CSV. What is wrong is told by row, never by the code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import IO

from app.kernel import tables
from app.kernel.tables import Cells, Columns, NotText, Problems, Row, Table
from mall.vouchers.errors import NotATable

CODES_MAX = 10_000
_CODE = re.compile(r"[0-9A-Za-z-]{6,64}")
_DAY = re.compile(r"(\d{4})(?:-|/|\.|年)?(\d{1,2})(?:-|/|\.|月)?(\d{1,2})日?", re.ASCII)


class Kind(StrEnum):
    """What a file of codes may have wrong beside ``tables.Kind``."""

    NUMBER = "number"
    CODE = "code"
    TWICE = "twice"
    KNOWN = "known"
    DAY = "day"
    EXPIRED = "expired"


SENTENCES: dict[StrEnum, str] = {
    tables.Kind.COLUMN_MISSING: "缺少这一列，请补上",
    tables.Kind.COLUMN_UNKNOWN: "多出第 {name} 列，请删除：只要“券码”和“最后可用日”两列",
    tables.Kind.EMPTY: "没有填写券码",
    Kind.NUMBER: "这里是数字，Excel 会改掉长号码和开头的 0：请先把这一列设为“文本”，再粘贴",
    Kind.CODE: "券码应为 6 到 64 位字母、数字或横线，中间不能有空格",
    Kind.TWICE: "与第 {other} 行的券码相同，请删除其中一行",
    Kind.KNOWN: "这个券码以前导入过，请删除这一行",
    Kind.DAY: "日期看不懂，请写成 2026-12-31 这样",
    Kind.EXPIRED: "最后可用日已经过了，请删除这一行，或让平台延期",
}


def _day(text: str) -> date | None:
    written = _DAY.fullmatch(text)
    if written is None:
        return None
    try:
        return date(*(int(part) for part in written.groups()))
    except ValueError:
        return None


class Column(Columns):
    CODE = (
        "券码",
        Cells(
            length_max=64,
            no_numbers=Kind.NUMBER,
            right=_CODE.fullmatch,
            wrong=Kind.CODE,
        ),
    )
    LAST_ON = (
        "最后可用日",
        Cells(
            optional="可以不填",
            may_be_missing=True,
            takes_days=True,
            right=_day,
            wrong=Kind.DAY,
        ),
    )


# The first row may be a code already: what it says is not repeated.
TABLE = Table("券码", Column, rows_max=CODES_MAX, takes_csv=True, is_secret=True)


@dataclass(frozen=True, repr=False)
class CodeRow:
    """A code as one row says, right in itself. It has no repr, so that no log can show it."""

    number: int  # of the row in the file, from 1
    text: str
    last_on: date | None  # none: the kind's


def rows(file: IO[bytes], problems: Problems, *, today: date) -> list[CodeRow]:
    """The rows that are right in themselves, read once; the others become problems.

    Raises:
        TooManyRows: more codes than one file may hold.
        NotATable and the refusals of ``app.kernel.tables``: it is no file of codes.
    """
    try:
        with tables.reading(file, TABLE, problems) as reader:
            return list(_right(reader.rows(), today))
    except NotText:
        raise NotATable() from None


def _right(found: Iterator[Row[Column]], today: date) -> Iterator[CodeRow]:
    for row in found:
        last_on = _day(row[Column.LAST_ON])
        if last_on is not None and last_on < today:
            row.problem(Column.LAST_ON, Kind.EXPIRED)
        if row.is_right:
            yield CodeRow(row.number, row[Column.CODE], last_on)
