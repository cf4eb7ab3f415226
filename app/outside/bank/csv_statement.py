"""The CSV file in which Chinese banks export the statement of a day, read to the last fen.

First come rows of names and values (账号, 日期, 期初余额, 期末余额, and 笔数 when the bank gives
it), then one row of column names, then the lines of the day, the oldest or the newest first, with
totals between or below them. Nothing is taken from a file in which anything is wrong.
"""

import re
from collections.abc import Sequence
from datetime import date
from itertools import groupby

from app.kernel import texts
from app.kernel.tables.texts import decoded
from app.kernel.units import yuan_text
from app.outside.bank import csv_names, tables
from app.outside.bank.csv_lines import (
    AMOUNTS,
    NEEDED,
    Header,
    Lines,
    Problems,
    Table,
    day_in,
    fen_in,
)
from app.outside.bank.statement import (
    ROWS_MAX,
    BadStatement,
    Statement,
    StatementLine,
)

HEADER = ("账号", "日期", "期初余额", "期末余额")
COUNT = "笔数"
SEPARATORS = (",", "\t", ";", "|")
YUAN = frozenset({"人民币", "人民币元", "CNY", "RMB", "元"})
_BETWEEN = re.compile(r"(.*\S)\s*(至|到|~|～|--|—+| - |(?<=[0-9]{8})-(?=[0-9]{8}))\s*(\S.*)")
_COUNT = re.compile("共?([0-9]{1,9})笔?")


def parse_csv_statements(content: bytes) -> tuple[Statement, ...]:
    """The statements in the CSV file, one for each day on which something moved.

    Raises as ``parse_statements`` does.
    """
    problems = Problems()
    table = _table(_text(content))
    head = _head(table, problems)
    _check_columns(table, problems)
    header = _header(head, problems)
    reader = Lines(table, header, problems)
    for row, cells in table.rows:
        if row > table.names_row:
            reader.read(row, cells)
    closed_with_fen = reader.put_in_order(header.opening_fen)
    _check_totals(head, reader, closed_with_fen, header.closing_fen, problems)
    problems.refuse_if_any()
    return _days(header, [read.line for read in reader.found])


def _text(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadStatement.one("这是 Excel 文件，请在网银里选择导出 CSV 格式")
    text = decoded(content)
    if text is None:
        raise BadStatement.one("文件不是文字格式，请在网银里选择导出 CSV 格式")
    return text


def _table(text: str) -> Table:
    """The table, whichever separator it is written with."""
    broken: BadStatement | None = None
    for separator in SEPARATORS:
        try:
            rows = _rows(text, separator)
        except BadStatement as refusal:
            broken = broken or refusal
            continue
        for row, cells in rows:
            places = csv_names.places(cells)
            if "交易流水号" in places and len(places) >= 3:
                return Table(rows, row, cells, places)
    raise broken or BadStatement.one(
        "没有找到表头行（交易日期、交易流水号……），这不是对账单。请在网银里选择“账户明细”或“对账单”导出"
    )


def _rows(text: str, separator: str) -> list[tuple[int, list[str]]]:
    try:
        rows = tables.rows(text, rows_max=ROWS_MAX, delimiter=separator)
    except tables.Unreadable as broken:
        raise BadStatement.one("这一行的引号或分隔不对，请重新下载", row=broken.row) from None
    if rows is None:
        raise BadStatement.one(f"文件超过 {ROWS_MAX} 行，请按天导出对账单")
    return rows


def _head(table: Table, problems: Problems) -> dict[str, tuple[int, str]]:
    """Names and values above the table, with their rows."""
    head: dict[str, tuple[int, str]] = {}
    for row, cells in table.rows:
        if row >= table.names_row:
            break
        for name, value in csv_names.headings(cells):
            if name not in head:
                head[name] = (row, value)
            elif head[name][1] != value:
                problems.add(row, name, f"“{name}”出现了两次，内容不同")
    return head


def _check_columns(table: Table, problems: Problems) -> None:
    for name in NEEDED:
        if name not in table.places:
            problems.add(table.names_row, name, f"缺少“{name}”这一列，请在网银导出时勾选这一列")
    if "金额" not in table.places:
        for name in AMOUNTS:
            if name not in table.places:
                problems.add(table.names_row, name, f"缺少“{name}”这一列，请在网银导出时勾选这一列")
    if "指令号" not in table.places and not csv_names.memos(table.names):
        problems.add(
            table.names_row,
            "指令号",
            "缺少“指令号”这一列，也没有附言，看不出是哪一笔付款，请勾选后再导出",
        )
    problems.refuse_if_any()


def _header(head: dict[str, tuple[int, str]], problems: Problems) -> Header:
    for name in HEADER:
        if not head.get(name, (0, ""))[1]:
            problems.add(
                None, name, f"文件开头缺少“{name}”，请在网银里选择带账号、日期和余额的对账单导出"
            )
    problems.refuse_if_any()
    first_on, last_on = _period(head, problems)
    opening_fen = fen_in(*head["期初余额"], "期初余额", problems)
    closing_fen = fen_in(*head["期末余额"], "期末余额", problems)
    row, currency = head.get("币种", (0, ""))
    if currency and texts.number(currency).upper() not in YUAN:
        problems.add(row, "币种", "币种不是人民币，请导出人民币账户的对账单")
    problems.refuse_if_any()
    assert first_on is not None, "refused above"
    assert last_on is not None, "refused above"
    assert opening_fen is not None, "refused above"
    assert closing_fen is not None, "refused above"
    return Header(head["账号"][1], first_on, last_on, opening_fen, closing_fen)


def _period(
    head: dict[str, tuple[int, str]], problems: Problems
) -> tuple[date | None, date | None]:
    """The first and the last day that the file is about."""
    row, told = head["日期"]
    first, between, last = told, "", ""
    if found := _BETWEEN.fullmatch(texts.words(told)):
        first, between, last = found.groups()
    first_on = day_in(row, first, "日期", problems)
    until = (row, last) if between else head.get("截止日期", (row, first))
    last_on = first_on if until == (row, first) else day_in(*until, "截止日期", problems)
    if first_on and last_on and first_on > last_on:
        problems.add(until[0], "截止日期", "截止日期早于起始日期，请重新下载")
    return first_on, last_on


def _days(header: Header, lines: Sequence[StatementLine]) -> tuple[Statement, ...]:
    """A statement for each day with lines; of a file without any, one for its last day."""
    if header.is_of_one_day or not lines:
        return (
            Statement(
                header.account,
                header.last_on,
                header.opening_fen,
                header.closing_fen,
                tuple(lines),
            ),
        )
    found, opening_fen = [], header.opening_fen
    for on, same in groupby(lines, key=lambda line: line.booked_on):
        of_day = tuple(same)
        closing_fen = opening_fen + sum(line.amount_fen for line in of_day)
        found.append(Statement(header.account, on, opening_fen, closing_fen, of_day))
        opening_fen = closing_fen
    return tuple(found)


def _check_totals(
    head: dict[str, tuple[int, str]],
    read: Lines,
    closed_with_fen: int,
    closing_fen: int,
    problems: Problems,
) -> None:
    read.check_sums()
    if COUNT in head:
        row, stated = head[COUNT]
        count = _COUNT.fullmatch(texts.number(stated))
        if count is None or int(count[1]) != read.rows:
            problems.add(row, COUNT, f"笔数不符：文件里有 {read.rows} 笔，文件可能不完整")
    if closed_with_fen != closing_fen:
        row, _ = head["期末余额"]
        total = yuan_text(closed_with_fen)
        problems.add(row, "期末余额", f"期初余额加收支为 {total} 元，与期末余额不符")
