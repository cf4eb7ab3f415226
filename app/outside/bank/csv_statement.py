"""The CSV file in which Chinese banks export the statement of a day, read to the last fen.

First come rows of names and values (账号, 日期, 期初余额, 期末余额, and 笔数 when the bank gives
it), then one row of column names, then the lines of the day, the oldest or the newest first, with
totals between or below them. Nothing is taken from a file in which anything is wrong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from app.kernel import texts
from app.kernel.tables.texts import decoded
from app.kernel.units import yuan_text
from app.outside.bank import csv_names, tables
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
NEEDED = ("交易日期", "交易流水号", "余额")
OPTIONAL = ("对方户名", "对方账号", "摘要", "指令号")
AMOUNTS = ("收入金额", "支出金额")
SEPARATORS = (",", "\t", ";", "|")
UNNUMBERED = "无流水号"  # of a line to which the bank gives no reference
REFERENCE_LENGTH_MAX = 100
YUAN = frozenset({"人民币", "人民币元", "CNY", "RMB", "元"})
# In or out, as banks say it in a column beside one amount.
INTO = frozenset({"贷", "贷方", "收", "收入", "C", "CR", "存入", "转入"})
OUT_OF = frozenset({"借", "借方", "支", "支出", "D", "DR", "支取", "转出", "付"})
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
_BETWEEN = re.compile(r"(.*\S)\s*(至|到|~|～|--|—+| - |(?<=\d{8})-(?=\d{8}))\s*(\S.*)")
_COUNT = re.compile("共?([0-9]{1,9})笔?")
_ID = re.compile("(?<![0-9A-Za-z])[0-9A-Fa-f]{32}(?![0-9A-Za-z])")


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


def parse_csv_statements(content: bytes) -> tuple[Statement, ...]:
    """The statements in the CSV file, one for each day on which something moved.

    Raises as ``parse_statements`` does.
    """
    problems = _Problems()
    table = _table(_text(content))
    head = _head(table, problems)
    _check_columns(table, problems)
    header = _header(head, problems)
    reader = _Lines(table, header, problems)
    for row, cells in table.rows:
        if row > table.names_row:
            reader.read(row, cells)
    closed_with_fen = reader.put_in_order(header.opening_fen)
    _check_totals(head, reader, closed_with_fen, header.closing_fen, problems)
    problems.refuse_if_any()
    return _days(header, [read.line for read in reader.found])


@dataclass(frozen=True)
class _Table:
    """The file's rows, and the row that names the columns."""

    rows: list[tuple[int, list[str]]]
    names_row: int
    names: list[str]
    places: dict[str, int]


@dataclass(frozen=True)
class _Header:
    """What the file says above the table."""

    account: str
    first_on: date
    last_on: date
    opening_fen: int
    closing_fen: int

    @property
    def is_of_one_day(self) -> bool:
        return self.first_on == self.last_on


def _text(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadStatement.one("这是 Excel 文件，请在网银里选择导出 CSV 格式")
    text = decoded(content)
    if text is None:
        raise BadStatement.one("文件不是文字格式，请在网银里选择导出 CSV 格式")
    return text


def _table(text: str) -> _Table:
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
                return _Table(rows, row, cells, places)
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


def _head(table: _Table, problems: _Problems) -> dict[str, tuple[int, str]]:
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


def _check_columns(table: _Table, problems: _Problems) -> None:
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


def _header(head: dict[str, tuple[int, str]], problems: _Problems) -> _Header:
    for name in HEADER:
        if not head.get(name, (0, ""))[1]:
            problems.add(
                None, name, f"文件开头缺少“{name}”，请在网银里选择带账号、日期和余额的对账单导出"
            )
    problems.refuse_if_any()
    first_on, last_on = _period(head, problems)
    opening_fen = _amount(*head["期初余额"], "期初余额", problems)
    closing_fen = _amount(*head["期末余额"], "期末余额", problems)
    row, currency = head.get("币种", (0, ""))
    if currency and texts.number(currency).upper() not in YUAN:
        problems.add(row, "币种", "币种不是人民币，请导出人民币账户的对账单")
    problems.refuse_if_any()
    assert first_on is not None, "refused above"
    assert last_on is not None, "refused above"
    assert opening_fen is not None, "refused above"
    assert closing_fen is not None, "refused above"
    return _Header(head["账号"][1], first_on, last_on, opening_fen, closing_fen)


def _period(
    head: dict[str, tuple[int, str]], problems: _Problems
) -> tuple[date | None, date | None]:
    """The first and the last day that the file is about."""
    row, told = head["日期"]
    first, between, last = told, "", ""
    if found := _BETWEEN.fullmatch(texts.words(told)):
        first, between, last = found.groups()
    first_on = _date(row, first, "日期", problems)
    until = (row, last) if between else head.get("截止日期", (row, first))
    last_on = first_on if until == (row, first) else _date(*until, "截止日期", problems)
    if first_on and last_on and first_on > last_on:
        problems.add(until[0], "截止日期", "截止日期早于起始日期，请重新下载")
    return first_on, last_on


def _days(header: _Header, lines: Sequence[StatementLine]) -> tuple[Statement, ...]:
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

    def __init__(self, table: _Table, header: _Header, problems: _Problems) -> None:
        self._places = table.places
        self._width = max(table.places.values()) + 1
        self._memos = csv_names.memos(table.names)
        self._header = header
        self._problems = problems
        self._totals: list[tuple[int, dict[str, str]]] = []  # below the last line
        self._written_fen = {"收入金额": 0, "支出金额": 0}
        self.rows = 0
        self.found: list[_Read] = []

    def read(self, row: int, cells: list[str]) -> None:
        value = dict.fromkeys((*NEEDED, *AMOUNTS, *OPTIONAL), "")
        value |= {name: cells[at] for name, at in self._places.items() if at < len(cells)}
        value["memo"] = " ".join(cells[at] for at in self._memos if at < len(cells))
        if (label := _label(cells, value)) is not None:
            if label.startswith(TOTALS) and len(cells) >= self._width:
                self._totals.append((row, value))
            return
        self._totals = []
        self.rows += 1
        if len(cells) < self._width:
            self._problems.add(row, None, "这一行的列数不够，文件可能被截断，请重新下载")
            return
        self._add(row, value)

    def _add(self, row: int, value: dict[str, str]) -> None:
        booked_on = _date(row, value["交易日期"], "交易日期", self._problems)
        if booked_on is not None and not self._is_inside(booked_on):
            what = (
                "不是对账单当天的日期" if self._header.is_of_one_day else "不在对账单的起止日期里"
            )
            self._problems.add(row, "交易日期", f"{what}，请重新下载")
        # Some banks give several lines one reference, and some lines none; the running balance
        # tells a line too many.
        reference = value["交易流水号"] or UNNUMBERED
        if len(reference) > REFERENCE_LENGTH_MAX:
            told = f"流水号超过 {REFERENCE_LENGTH_MAX} 个字，可能是列错位了，请重新下载"
            self._problems.add(row, "交易流水号", told)
        amount_fen, has_minus = self._signed(row, value)
        line = StatementLine(
            bank_reference=reference,
            booked_on=booked_on or self._header.last_on,
            amount_fen=amount_fen or 0,
            counterparty_name=value["对方户名"],
            counterparty_account=value["对方账号"],
            purpose=value["摘要"],
            payment_id=payment_id_in(value["指令号"]) or _id_in(value["memo"]),
        )
        balance_fen = _amount(row, value["余额"], "余额", self._problems)
        self.found.append(_Read(row, line, amount_fen, has_minus, balance_fen))

    def _is_inside(self, on: date) -> bool:
        return self._header.first_on <= on <= self._header.last_on

    def _signed(self, row: int, value: dict[str, str]) -> tuple[int | None, bool]:
        """The amount with its sign, and whether a minus was written.

        Exactly one of the two columns holds an amount. With a minus it may be the bank's way to
        write what goes out, or a booking taken back: the balance tells which. One column for both
        has the direction beside it, or a sign.
        """
        credit, debit = value["收入金额"], value["支出金额"]
        if not any(name in self._places for name in AMOUNTS):
            credit, debit = self._split(row, value)
        credit_fen = _amount(row, "0" if is_nothing(credit) else credit, "收入金额", self._problems)
        debit_fen = _amount(row, "0" if is_nothing(debit) else debit, "支出金额", self._problems)
        if credit_fen is None or debit_fen is None:
            return None, False
        if (credit_fen == 0) == (debit_fen == 0):
            self._problems.add(row, "收入金额", "收入金额和支出金额应当只填一个，请重新下载")
            return None, False
        self._written_fen["收入金额"] += credit_fen
        self._written_fen["支出金额"] += debit_fen
        if credit_fen:
            return credit_fen, credit_fen < 0
        return -abs(debit_fen), debit_fen < 0

    def _split(self, row: int, value: dict[str, str]) -> tuple[str, str]:
        """One column's amount as if it stood in that of what comes in, or of what goes out."""
        told, direction = value["金额"], texts.number(value.get("借贷", "")).upper()
        if direction in OUT_OF:
            return "", told
        if direction and direction not in INTO:
            self._problems.add(row, "借贷", "借贷方向看不懂，应为借或贷，请重新下载")
        return told, ""

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
        days = [read.line.booked_on for read in chain.lines]
        if days != sorted(days) and not self._header.is_of_one_day:
            self._problems.add(None, "交易日期", "各行没有按日期排列，请在网银里按时间顺序导出")
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


def _id_in(memo: str) -> str | None:
    """Our instruction's id, where the bank repeats it among other words."""
    found = _ID.search(memo)
    return payment_id_in(found[0]) if found else None


def _label(cells: Sequence[str], value: dict[str, str]) -> str | None:
    """What the row says it is, if it is no line: a sum, a balance carried over, or a note."""
    on, reference = value["交易日期"], value["交易流水号"]
    places = [next(filter(None, cells), ""), reference]
    amounts = value["收入金额"] + value["支出金额"] + value.get("金额", "")
    if not reference and (not on or is_nothing(amounts)):
        places += cells
    found = next((text for text in places if text.startswith(NO_LINES)), None)
    is_bare = not (on or reference or value["对方户名"] or value["对方账号"] or value["memo"])
    return found or (TOTALS[0] if is_bare and not is_nothing(amounts) else None)


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
