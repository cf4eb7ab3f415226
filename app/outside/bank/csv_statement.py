"""The CSV file in which Chinese banks export the statement of a day, read to the last fen.

First come rows of names and values (账号, 日期, 期初余额, 期末余额, and 笔数 when the bank gives
it), then one row of column names, then the lines of the day, the oldest or the newest first, with
totals between or below them. Nothing is taken from a file in which anything is wrong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.kernel import texts
from app.kernel.tables.texts import decoded
from app.kernel.units import yuan_text
from app.outside.bank import tables
from app.outside.bank.amounts import fen_written, is_nothing
from app.outside.bank.statement import (
    PROBLEMS_SHOWN_MAX,
    ROWS_MAX,
    BadStatement,
    Statement,
    StatementLine,
    payment_id_in,
)

HEADER = ("账号", "日期", "期初余额", "期末余额")
COUNT = "笔数"
COLUMNS = (
    "交易日期",
    "交易流水号",
    "收入金额",
    "支出金额",
    "余额",
    "对方户名",
    "对方账号",
    "摘要",
    "指令号",
)
# What banks write between and below the lines, and which of it is the sum of all lines.
TOTALS = ("合计", "总计", "共计")
NO_LINES = (
    *TOTALS,
    *("小计", "累计", "本页", "本日", "承前", "过次", "期初", "期末", "上日", "昨日"),
    *("注：", "注:", "备注", "说明", "打印", "制表", "操作员", "以上", "---", "***", "==="),
)
_DATE = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T].*|\d{6})?", re.ASCII
)
_COUNT = re.compile("共?([0-9]{1,9})笔?")
_UNIT = re.compile(r"[(（](?:人民币|元|人民币元|CNY|RMB)[)）]\Z")


class _Problems:
    def __init__(self) -> None:
        self.count = 0
        self.shown: list[dict[str, Any]] = []

    def add(self, row: int | None, column: str | None, problem: str) -> None:
        self.count += 1
        if len(self.shown) < PROBLEMS_SHOWN_MAX:
            self.shown.append({"row": row, "column": column, "problem": problem})

    def refuse_if_any(self) -> None:
        if self.count:
            raise BadStatement(count=self.count, problems=self.shown)


def parse_csv_statement(content: bytes) -> Statement:
    """The statement in the CSV file, every sum checked. Raises as ``parse_statement`` does."""
    problems = _Problems()
    rows = _rows(_text(content))
    head, names_row, names = _head(rows, problems)
    statement_header = _header(head, problems)
    places = {name: names.index(name) for name in COLUMNS if name in names}
    for name in COLUMNS:
        if name not in places:
            problems.add(names_row, name, f"缺少“{name}”这一列")
    problems.refuse_if_any()
    account, on, opening_fen, closing_fen = statement_header
    reader = _Lines(places, on, problems)
    for row, cells in rows:
        if row > names_row:
            reader.read(row, cells)
    closed_with_fen = reader.put_in_order(opening_fen)
    _check_totals(head, reader, closed_with_fen, closing_fen, problems)
    problems.refuse_if_any()
    lines = tuple(read.line for read in reader.found)
    return Statement(account, on, opening_fen, closing_fen, lines)


def _text(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadStatement.one("这是 Excel 文件，请在网银里选择导出 CSV 格式")
    text = decoded(content)
    if text is None:
        raise BadStatement.one("文件不是文字格式，请在网银里选择导出 CSV 格式")
    return text


def _rows(text: str) -> list[tuple[int, list[str]]]:
    try:
        rows = tables.rows(text, rows_max=ROWS_MAX)
    except tables.Unreadable as broken:
        raise BadStatement.one("这一行的引号或分隔不对，请重新下载", row=broken.row) from None
    if rows is None:
        raise BadStatement.one(f"文件超过 {ROWS_MAX} 行，请按天导出对账单")
    return rows


def _head(
    rows: list[tuple[int, list[str]]], problems: _Problems
) -> tuple[dict[str, tuple[int, str]], int, list[str]]:
    """Names and values above the table (with their rows), and the table's row of names."""
    head: dict[str, tuple[int, str]] = {}
    for row, cells in rows:
        names = [_UNIT.sub("", texts.name(cell)) for cell in cells]
        if "交易流水号" in names:
            return head, row, names
        for name, value in tables.labels(cells):
            if name in head:
                problems.add(row, name, f"“{name}”出现了两次")
            else:
                head[name] = (row, value)
    raise BadStatement.one("没有找到表头行（交易日期、交易流水号……），这不是对账单")


def _header(head: dict[str, tuple[int, str]], problems: _Problems) -> tuple[str, date, int, int]:
    for name in HEADER:
        if not head.get(name, (0, ""))[1]:
            problems.add(None, name, f"文件开头缺少“{name}”")
    problems.refuse_if_any()
    on = _date(*head["日期"], "日期", problems)
    opening_fen = _amount(*head["期初余额"], "期初余额", problems)
    closing_fen = _amount(*head["期末余额"], "期末余额", problems)
    problems.refuse_if_any()
    assert on is not None, "refused above"
    assert opening_fen is not None, "refused above"
    assert closing_fen is not None, "refused above"
    return head["账号"][1], on, opening_fen, closing_fen


@dataclass(frozen=True)
class _Read:
    """A line as its row tells it; None where that cannot be read, which is a problem already."""

    row: int
    line: StatementLine
    amount_fen: int | None
    may_be_reversed: bool  # it has a minus sign, which banks use in two ways
    balance_fen: int | None

    def after(self, balance_fen: int) -> "_Read":
        """The same line, its minus sign read so that the balance comes out if it can."""
        if not self.may_be_reversed or self.amount_fen is None:
            return self
        turned = -self.amount_fen
        if self.balance_fen != balance_fen + turned:
            return self
        return replace(self, amount_fen=turned, line=replace(self.line, amount_fen=turned))


@dataclass(frozen=True)
class _Chain:
    """Lines in one order, with the balance at their end and where it does not go on."""

    lines: list[_Read]
    balance_fen: int
    breaks: list[tuple[int, int]]  # rows, and the balance that should stand there


class _Lines:
    """Reads the rows one by one, then finds in which order they stand."""

    def __init__(self, places: dict[str, int], on: date, problems: _Problems) -> None:
        self._places = places
        self._on = on
        self._problems = problems
        self._totals: list[tuple[int, dict[str, str]]] = []  # below the last line
        self._written_fen = {"收入金额": 0, "支出金额": 0}
        self.rows = 0
        self.found: list[_Read] = []

    def read(self, row: int, cells: list[str]) -> None:
        value = {name: cells[place] for name, place in self._places.items() if place < len(cells)}
        if (label := _label(cells, value)) is not None:
            if label.startswith(TOTALS) and len(value) == len(self._places):
                self._totals.append((row, value))
            return
        self._totals = []
        self.rows += 1
        if len(value) < len(self._places):
            self._problems.add(row, None, "这一行的列数不够，文件可能被截断")
            return
        self._add(row, value)

    def _add(self, row: int, value: dict[str, str]) -> None:
        booked_on = _date(row, value["交易日期"], "交易日期", self._problems)
        if booked_on is not None and booked_on != self._on:
            self._problems.add(row, "交易日期", "不是对账单当天的日期")
        # Some banks give several lines one reference; the running balance tells a line too many.
        if not value["交易流水号"]:
            self._problems.add(row, "交易流水号", "缺少流水号")
        amount_fen, has_minus = self._signed(row, value["收入金额"], value["支出金额"])
        line = StatementLine(
            bank_reference=value["交易流水号"],
            booked_on=booked_on or self._on,
            amount_fen=amount_fen or 0,
            counterparty_name=value["对方户名"],
            counterparty_account=value["对方账号"],
            purpose=value["摘要"],
            payment_id=payment_id_in(value["指令号"]),
        )
        balance_fen = _amount(row, value["余额"], "余额", self._problems)
        self.found.append(_Read(row, line, amount_fen, has_minus, balance_fen))

    def _signed(self, row: int, credit: str, debit: str) -> tuple[int | None, bool]:
        """The amount with its sign, and whether a minus was written.

        Exactly one of the two columns holds an amount. With a minus it may be the bank's way to
        write what goes out, or a booking taken back: the balance tells which.
        """
        credit_fen = _amount(row, "0" if is_nothing(credit) else credit, "收入金额", self._problems)
        debit_fen = _amount(row, "0" if is_nothing(debit) else debit, "支出金额", self._problems)
        if credit_fen is None or debit_fen is None:
            return None, False
        if (credit_fen == 0) == (debit_fen == 0):
            self._problems.add(row, "收入金额", "收入金额和支出金额应当只填一个")
            return None, False
        self._written_fen["收入金额"] += credit_fen
        self._written_fen["支出金额"] += debit_fen
        if credit_fen:
            return credit_fen, credit_fen < 0
        return -abs(debit_fen), debit_fen < 0

    def put_in_order(self, opening_fen: int) -> int:
        """Put the oldest line first, and tell where the balance does not go on.

        The balance at the end comes back.
        """
        chain, before = _chain(self.found, opening_fen), "上"
        if chain.breaks:
            turned = _chain(self.found[::-1], opening_fen)
            if len(turned.breaks) < len(chain.breaks):
                chain, before = turned, "下"
        for row, expected_fen in chain.breaks:
            should = yuan_text(expected_fen)
            told = f"余额不连续：按{before}一行推算应为 {should} 元"
            self._problems.add(row, "余额", told)
        self.found = chain.lines
        return chain.balance_fen

    def check_sums(self) -> None:
        """The sum below the last line, where there is one, is that of all lines."""
        for row, value in self._totals if len(self._totals) == 1 else ():
            for column, written_fen in self._written_fen.items():
                if is_nothing(value[column]):
                    continue
                told_fen = _amount(row, value[column], column, self._problems)
                if told_fen is not None and abs(told_fen) != abs(written_fen):
                    sum_ = yuan_text(written_fen)
                    self._problems.add(row, column, f"合计不符：各行相加为 {sum_} 元")


def _label(cells: Sequence[str], value: dict[str, str]) -> str | None:
    """What the row says it is, if it is no line: a sum, a balance carried over, or a note."""
    on, reference = value.get("交易日期", ""), value.get("交易流水号", "")
    places = [next(filter(None, cells), ""), reference]
    amounts = value.get("收入金额", "") + value.get("支出金额", "")
    if not reference and (not on or is_nothing(amounts)):
        places += cells
    return next((text for text in places if text.startswith(NO_LINES)), None)


def _chain(lines: Sequence[_Read], opening_fen: int) -> _Chain:
    """Follow the balance through the lines."""
    balance_fen, settled, breaks = opening_fen, [], []
    for read in lines:
        line = read.after(balance_fen)
        expected_fen = balance_fen + (line.amount_fen or 0)
        stated_fen = line.balance_fen
        if None not in (stated_fen, line.amount_fen) and stated_fen != expected_fen:
            breaks.append((line.row, expected_fen))
        # Go on from what the bank states, so that one slip is one problem.
        balance_fen = expected_fen if stated_fen is None else stated_fen
        settled.append(line)
    return _Chain(settled, balance_fen, breaks)


def _check_totals(
    head: dict[str, tuple[int, str]],
    read: _Lines,
    closed_with_fen: int,
    closing_fen: int,
    problems: _Problems,
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


def _date(row: int, text: str, column: str, problems: _Problems) -> date | None:
    found = _DATE.fullmatch(texts.words(text))
    try:
        if found is None:
            raise ValueError
        year, month, day, compact_month, compact_day = found.groups()
        return date(int(year), int(month or compact_month), int(day or compact_day))
    except ValueError:
        problems.add(row, column, "日期看不懂，应为 2026-01-31 这样的写法")
        return None


def _amount(row: int, text: str, column: str, problems: _Problems) -> int | None:
    try:
        return fen_written(text)
    except ValueError:
        problems.add(row, column, "金额看不懂，应为 1234.50 这样的写法，最多两位小数")
        return None
