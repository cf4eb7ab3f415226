"""The lines of a bank's CSV file: each row read by itself, then all of them put in order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.kernel import texts
from app.kernel.units import yuan_text
from app.outside.bank import csv_names
from app.outside.bank.amounts import fen_written, is_nothing
from app.outside.bank.statement import (
    PROBLEMS_SHOWN_MAX,
    BadStatement,
    StatementLine,
    payment_id_in,
)

NEEDED = ("交易日期", "交易流水号", "余额")
OPTIONAL = ("对方户名", "对方账号", "摘要", "指令号")
AMOUNTS = ("收入金额", "支出金额")
UNNUMBERED = "无流水号"  # of a line to which the bank gives no reference
REFERENCE_LENGTH_MAX = 100
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
_ID = re.compile("(?<![0-9A-Za-z])[0-9A-Fa-f]{32}(?![0-9A-Za-z])")


class Problems:
    """What is wrong with a file: all of it is counted, and some of it shown."""

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


@dataclass(frozen=True)
class Table:
    """The file's rows, and the row that names the columns."""

    rows: list[tuple[int, list[str]]]
    names_row: int
    names: list[str]
    places: dict[str, int]


@dataclass(frozen=True)
class Header:
    """What the file says above the table."""

    account: str
    first_on: date
    last_on: date
    opening_fen: int
    closing_fen: int

    @property
    def is_of_one_day(self) -> bool:
        return self.first_on == self.last_on


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


class Lines:
    """Reads the rows one by one, then finds in which order they stand."""

    def __init__(self, table: Table, header: Header, problems: Problems) -> None:
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
        booked_on = day_in(row, value["交易日期"], "交易日期", self._problems)
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
        balance_fen = fen_in(row, value["余额"], "余额", self._problems)
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
        credit_fen = fen_in(row, "0" if is_nothing(credit) else credit, "收入金额", self._problems)
        debit_fen = fen_in(row, "0" if is_nothing(debit) else debit, "支出金额", self._problems)
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
                told_fen = fen_in(row, value[column], column, self._problems)
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


def day_in(row: int, text: str, column: str, problems: Problems) -> date | None:
    """The day that a cell names; none, and a problem, where it names none."""
    found = _DATE.fullmatch(texts.words(text))
    try:
        if found is None:
            raise ValueError
        year, month, day, compact_month, compact_day = found.groups()
        return date(int(year), int(month or compact_month), int(day or compact_day))
    except ValueError:
        problems.add(row, column, "日期看不懂，应为 2026-01-31 这样的写法")
        return None


def fen_in(row: int, text: str, column: str, problems: Problems) -> int | None:
    """Fen of a cell; none, and a problem, where it holds no amount."""
    try:
        return fen_written(text)
    except ValueError:
        problems.add(row, column, "金额看不懂，应为 1234.50 这样的写法，最多两位小数")
        return None
