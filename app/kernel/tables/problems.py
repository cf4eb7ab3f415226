"""What is wrong in a table, by row and column, in words that say what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """What may be wrong in any table; each has kinds of its own beside these."""

    HEADING_MISSING = "heading_missing"
    COLUMN_MISSING = "column_missing"
    COLUMN_UNKNOWN = "column_unknown"
    COLUMN_TWICE = "column_twice"
    MERGED = "merged"
    FORMULA = "formula"
    CELL_ERROR = "cell_error"
    CELL_DATE = "cell_date"
    CELL_KIND = "cell_kind"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NO_ROW = "no_row"


SENTENCES: dict[StrEnum, str] = {
    Kind.HEADING_MISSING: "没有找到表头：表头一行要写 {names}，下面每行填一条（可下载模板对照）",
    Kind.COLUMN_MISSING: "缺少这一列，请补上（可下载模板对照）",
    Kind.COLUMN_UNKNOWN: "多出这一列“{name}”，请删除或改成模板里的列名",
    Kind.COLUMN_TWICE: "这一列出现了两次，请删除多余的一列",
    Kind.MERGED: "合并了单元格 {cells}，请取消合并，并在每一行都填上内容",
    Kind.FORMULA: "这里是公式，请复制这一列，再用“选择性粘贴→数值”粘贴回来",
    Kind.CELL_ERROR: "这里是错误值（如 #N/A），请改成正确的内容",
    Kind.CELL_DATE: "被 Excel 变成了日期，请把这一列设为文本，再重新填写",
    Kind.CELL_KIND: "内容看不懂，请重新填写",
    Kind.EMPTY: "没有填写",
    Kind.TOO_LONG: "太长了，最多 {most} 个字",
    Kind.UNREADABLE: "第 {place} 个字电脑认不出来（可能是造字或乱码），请用输入法重新打这个字",
    Kind.NO_ROW: "这一行只有一格有字，像是备注：请删除这一行，或把其他格补上",
}


class Problem(NamedTuple):
    """One thing to correct. Sorts by row."""

    row: int
    column: str
    kind: StrEnum
    message: str


@dataclass
class Problems:
    """Collects problems: counts all, keeps so many as will be listed.

    ``sentences`` say for each kind what to do, where ``SENTENCES`` do not or should say something
    else; they may name details in braces.
    """

    listed_max: int
    sentences: Mapping[Any, str]
    total: int = 0
    _kept: list[Problem] = field(default_factory=list)

    def add(self, row: int, column: str, kind: StrEnum, **details: Any) -> None:
        self.total += 1
        if len(self._kept) < self.listed_max:
            sentence = self.sentences.get(kind) or SENTENCES[kind]
            self._kept.append(Problem(row, column, kind, sentence.format_map(details)))

    def listed(self) -> list[Problem]:
        return sorted(self._kept, key=lambda problem: problem.row)

    def details(self) -> dict[str, Any]:
        """For the refusal of the whole file: ``total`` counts all, ``problems`` lists the first."""
        return {"total": self.total, "problems": [problem._asdict() for problem in self.listed()]}
