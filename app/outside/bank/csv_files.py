"""Payment and result files as tables, as 企业网银 takes them. See docs/bank-files.md."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.kernel import clock, texts
from app.kernel.tables.texts import decoded
from app.kernel.units import yuan_text
from app.outside.bank import tables
from app.outside.bank.amounts import fen_written
from app.outside.bank.files import ROWS_MAX, BadResults, Batch, Payer, ResultLine, Results
from app.outside.bank.gateway import Payment, PaymentState

HEAD = ("批次号", "笔数", "合计金额")
PAYMENT_COLUMNS = ("序号", "指令号", "收款户名", "收款账号", "收款开户行", "金额", "用途")
RESULT_COLUMNS = ("指令号", "金额", "处理结果")
REASON_LENGTH_MAX = 200

_P = PaymentState
# Every word that is known; any other decides nothing.
WORDS: Mapping[str, PaymentState] = MappingProxyType(
    {
        **dict.fromkeys(("成功", "交易成功", "付款成功", "已付款"), _P.SETTLED),
        **dict.fromkeys(("失败", "交易失败", "付款失败", "已拒绝"), _P.REJECTED),
        **dict.fromkeys(("处理中", "已受理", "待处理", "待复核"), _P.ACCEPTED),
        **dict.fromkeys(("退汇", "已退汇"), _P.RETURNED),
    }
)


class CsvFiles:
    """``FileFormat``: CSV in GB18030 out, in GB18030 or UTF-8 in."""

    suffix = "csv"
    media_type = "text/csv"

    def payments(self, batch: Batch, payer: Payer) -> bytes:
        lines = [
            ["批次号", batch.id.hex],
            ["日期", clock.day_of(batch.made_at).isoformat()],
            ["付款户名", payer.name, "付款账号", payer.account],
            ["笔数", str(len(batch.payments))],
            ["合计金额", yuan_text(batch.total_fen)],
            list(PAYMENT_COLUMNS),
        ]
        for number, payment in enumerate(batch.payments, start=1):
            lines.append([str(number), *_cells(payment)])
        return tables.written(lines)

    def says(self, content: bytes, batch: Batch) -> bool:
        try:
            rows = [cells for _, cells in _rows(content)]
        except BadResults:
            return False
        head = dict(label for cells in rows[:5] for label in tables.labels(cells))
        told = head.get("批次号"), head.get("笔数"), head.get("合计金额")
        should = [
            [str(number), *(tables.as_read(cell) for cell in _cells(payment))]
            for number, payment in enumerate(batch.payments, start=1)
        ]
        count, total = str(len(batch.payments)), yuan_text(batch.total_fen)
        return told == (batch.id.hex, count, total) and rows[6:] == should

    def results(self, content: bytes) -> Results:
        rows = _rows(content)
        head: dict[str, str] = {}
        while rows and "指令号" not in rows[0][1]:
            for name, value in tables.labels(rows.pop(0)[1]):
                if head.setdefault(name, value) != value:
                    raise BadResults.one(f"“{name}”出现了两次，内容不同")
        missing = [name for name in HEAD if not head.get(name)]
        missing += [name for name in RESULT_COLUMNS if not rows or name not in rows[0][1]]
        if rows and len(set(filter(None, rows[0][1]))) < len(list(filter(None, rows[0][1]))):
            raise BadResults.one("表头里有重复的列名，分不清以哪一列为准", rows[0][0])
        if missing:
            raise BadResults.one(f"缺少“{'”“'.join(missing)}”")
        return Results(
            batch_id=head["批次号"].lower(),
            count=_count(head["笔数"]),
            total_fen=_fen(head["合计金额"]),
            lines=_lines(rows[0][1], rows[1:]),
        )


def _cells(payment: Payment) -> list[str]:
    return [
        payment.id,
        payment.payee_name,
        payment.payee_account,
        payment.payee_bank,
        yuan_text(payment.amount_fen),
        payment.purpose,
    ]


def _rows(content: bytes) -> list[tuple[int, list[str]]]:
    text = decoded(content)
    if text is None:
        raise BadResults.one("文件不是文字格式，请在网银里选择导出 CSV 格式")
    try:
        rows = tables.rows(text, rows_max=ROWS_MAX)
    except tables.Unreadable as broken:
        raise BadResults.one("引号或分隔不对，请重新下载", broken.row) from None
    if rows is None:
        raise BadResults.one(f"文件超过 {ROWS_MAX} 行")
    return rows


def _lines(names: list[str], rows: list[tuple[int, list[str]]]) -> tuple[ResultLine, ...]:
    lines: list[ResultLine] = []
    problems: list[dict[str, Any]] = []
    for row, cells in rows:
        if len(cells) < len(names):
            problems.append({"row": row, "problem": "列数不够，文件可能被截断"})
            continue
        value = dict(zip(names, cells, strict=False))
        try:
            amount_fen = fen_written(value["金额"])
        except ValueError:
            problems.append({"row": row, "problem": "金额看不懂，应为 1234.50 这样的写法"})
            continue
        lines.append(
            ResultLine(
                row=row,
                payment_id=value["指令号"].lower(),
                amount_fen=amount_fen,
                state=WORDS.get(value["处理结果"]),
                reason=value.get("原因", "")[:REASON_LENGTH_MAX] or None,
                bank_reference=value.get("交易流水号") or None,
            )
        )
    if problems:
        raise BadResults.of(problems)
    return tuple(lines)


def _count(text: str) -> int:
    if not (texts.are_digits(text) and len(text) <= 9):
        raise BadResults.one("笔数看不懂")
    return int(text)


def _fen(text: str) -> int:
    try:
        return fen_written(text)
    except ValueError:
        raise BadResults.one("合计金额看不懂，应为 1234.50 这样的写法") from None
