"""What a statement says, and the CSV file in which Chinese banks export it, read to the last fen.

First come rows of names and values (账号, 日期, 期初余额, 期末余额, and 笔数 when the bank gives
it), then one row of column names, then the lines of the day. Nothing is taken from a file in
which anything is wrong.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kernel.errors import Invalid
from app.kernel.tables.texts import decoded
from app.kernel.units import fen_from_yuan, yuan_text
from app.outside.bank import tables

FILE_BYTES_MAX = 5 * 1024 * 1024
ROWS_MAX = 50_000
PROBLEMS_SHOWN_MAX = 100

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
_DATE = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?: .*)?", re.ASCII
)


class BadStatement(Invalid):
    """Details: ``count`` and the first ``problems``, each with row, column and what is wrong."""

    code = "bank.bad_statement"
    message = "对账单有 {count} 处问题，没有导入。请按提示核对，或从银行重新下载后再导入"

    @classmethod
    def one(cls, problem: str, row: int | None = None) -> "BadStatement":
        """Refused for one thing that is wrong."""
        return cls(count=1, problems=[{"row": row, "column": None, "problem": problem}])


@dataclass(frozen=True)
class StatementLine:
    bank_reference: str  # 流水号; banks begin anew each day, and may repeat one
    booked_on: date
    amount_fen: int  # positive: into our custody account; negative: out of it
    counterparty_name: str
    counterparty_account: str
    purpose: str
    payment_id: str | None  # our instruction's id, as the bank repeats it


@dataclass(frozen=True)
class Statement:
    account: str
    on: date
    opening_fen: int
    closing_fen: int
    lines: tuple[StatementLine, ...]


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
    body = [(row, cells) for row, cells in rows if row > names_row]
    reader = _Lines(places, on, opening_fen, problems)
    for row, cells in body:
        reader.read(row, cells)
    _check_totals(head, reader, closing_fen, problems)
    problems.refuse_if_any()
    return Statement(account, on, opening_fen, closing_fen, tuple(reader.lines))


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
        if "交易流水号" in cells:
            return head, row, cells
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


class _Lines:
    """Reads the lines one by one and keeps the running balance."""

    def __init__(
        self, places: dict[str, int], on: date, opening_fen: int, problems: _Problems
    ) -> None:
        self._places = places
        self._on = on
        self._problems = problems
        self.balance_fen = opening_fen
        self.rows = 0
        self.lines: list[StatementLine] = []

    def read(self, row: int, cells: list[str]) -> None:
        self.rows += 1
        if len(cells) <= max(self._places.values()):
            self._problems.add(row, None, "这一行的列数不够，文件可能被截断")
            return
        value = {name: cells[place] for name, place in self._places.items()}
        booked_on = _date(row, value["交易日期"], "交易日期", self._problems)
        if booked_on is not None and booked_on != self._on:
            self._problems.add(row, "交易日期", "不是对账单当天的日期")
        self._check_reference(row, value["交易流水号"])
        amount_fen = self._signed(row, value["收入金额"], value["支出金额"])
        self._check_balance(row, value["余额"], amount_fen)
        self.lines.append(
            StatementLine(
                bank_reference=value["交易流水号"],
                booked_on=booked_on or self._on,
                amount_fen=amount_fen or 0,
                counterparty_name=value["对方户名"],
                counterparty_account=value["对方账号"],
                purpose=value["摘要"],
                payment_id=value["指令号"] or None,
            )
        )

    def _check_reference(self, row: int, reference: str) -> None:
        # Some banks give several lines one reference; the running balance tells a line too many.
        if not reference:
            self._problems.add(row, "交易流水号", "缺少流水号")

    def _signed(self, row: int, credit: str, debit: str) -> int | None:
        """The amount with its sign; exactly one of the two columns holds one."""
        credit_fen = _amount(row, credit or "0", "收入金额", self._problems)
        debit_fen = _amount(row, debit or "0", "支出金额", self._problems)
        if credit_fen is None or debit_fen is None:
            return None
        if credit_fen < 0 or debit_fen < 0:
            column = "收入金额" if credit_fen < 0 else "支出金额"
            self._problems.add(row, column, "金额不能是负数")
            return None
        if (credit_fen == 0) == (debit_fen == 0):
            self._problems.add(row, "收入金额", "收入金额和支出金额应当只填一个")
            return None
        return credit_fen - debit_fen

    def _check_balance(self, row: int, text: str, amount_fen: int | None) -> None:
        stated_fen = _amount(row, text, "余额", self._problems)
        expected_fen = self.balance_fen + (amount_fen or 0)
        if stated_fen is not None and amount_fen is not None and stated_fen != expected_fen:
            should = yuan_text(expected_fen)
            self._problems.add(row, "余额", f"余额不连续：按上一行推算应为 {should} 元")
        # Go on from what the bank states, so that one slip is one problem.
        self.balance_fen = expected_fen if stated_fen is None else stated_fen


def _check_totals(
    head: dict[str, tuple[int, str]], read: _Lines, closing_fen: int, problems: _Problems
) -> None:
    if COUNT in head:
        row, stated = head[COUNT]
        if stated != str(read.rows):
            problems.add(row, COUNT, f"笔数不符：文件里有 {read.rows} 笔，文件可能不完整")
    if read.balance_fen != closing_fen:
        row, _ = head["期末余额"]
        total = yuan_text(read.balance_fen)
        problems.add(row, "期末余额", f"期初余额加收支为 {total} 元，与期末余额不符")


def _date(row: int, text: str, column: str, problems: _Problems) -> date | None:
    found = _DATE.fullmatch(text)
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
        return fen_from_yuan(text)
    except ValueError:
        problems.add(row, column, "金额看不懂，应为 1234.50 这样的写法，最多两位小数")
        return None
