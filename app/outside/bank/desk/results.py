"""Result files: taken in whole when every line is beyond doubt, else kept apart, without effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from app.kernel import decisions
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.kernel.units import yuan_text
from app.outside.bank.desk.batches import BatchNotFound
from app.outside.bank.desk.gateway import DeskBank
from app.outside.bank.desk.models import BankBatch, BankOrder, BankResultFile, OrderState
from app.outside.bank.files import FILE_BYTES_MAX, BadResults, ResultLine, Results

log = structlog.get_logger(__name__)

_S = OrderState
# What a later file may say after an earlier one. A return comes after a settlement; any other
# change of a final word is a contradiction.
_LATER: Mapping[OrderState, frozenset[OrderState]] = {
    _S.ACCEPTED: frozenset(_S),
    _S.UNCLEAR: frozenset(_S),
    _S.IN_DOUBT: frozenset({_S.REJECTED}),
    _S.CONTRADICTED: frozenset({_S.SETTLED, _S.RETURNED}),
    _S.SETTLED: frozenset({_S.SETTLED, _S.RETURNED}),
    _S.REJECTED: frozenset({_S.REJECTED}),
    _S.RETURNED: frozenset({_S.SETTLED, _S.RETURNED}),
}
_WORDS = {
    _S.ACCEPTED: "处理中",
    _S.UNCLEAR: "看不懂",
    _S.IN_DOUBT: "失败",
    _S.CONTRADICTED: "成功",
    _S.SETTLED: "成功",
    _S.REJECTED: "失败",
    _S.RETURNED: "退汇",
}


@dataclass(frozen=True)
class ResultsTaken:
    """What became of a result file. ``changed`` names the payments with a new word of the bank."""

    file: BankResultFile
    is_repeat: bool
    changed: tuple[str, ...] = ()
    still_open: int = 0  # lines without a final result: those payments stay accepted


def take_results(
    desk: DeskBank, content: bytes, *, county_id: int, received_by: UUID | None, at: datetime
) -> ResultsTaken:
    """Take in a result file, or put it in quarantine and change nothing else.

    Raises:
        BatchNotFound: it is about another county's batch; the file is not kept.
        BadResults: it cannot even be read.
    """
    if not content.strip() or len(content) > FILE_BYTES_MAX:
        raise BadResults.one("文件是空的或超过 5 MB，请重新下载")
    digest = sha256(content).digest()
    first = db.session.scalar(
        select(BankResultFile).where(
            BankResultFile.county_id == county_id, BankResultFile.file_digest == digest
        )
    )
    if first is not None:
        return ResultsTaken(first, is_repeat=True)
    results = desk.format.results(content)
    batch = _batch(results.batch_id)
    if batch is not None and batch.county_id != county_id:
        raise BatchNotFound()
    orders = _orders(batch)
    results = _in_full(results, orders)
    problems = _problems(results, batch, orders)
    file = BankResultFile(
        id=uuid7(at),
        county_id=county_id,
        file_digest=digest,
        batch_id=batch.id if batch else None,
        line_count=len(results.lines),
        is_quarantined=bool(problems),
        problems=problems,
        received_by=received_by,
        received_at=at,
    )
    db.session.add(file)
    if problems:
        log.error("bank.results_quarantined", file_id=str(file.id), problems=len(problems))
        return ResultsTaken(file, is_repeat=False)
    db.session.flush()
    changed = [
        line.payment_id for line in results.lines if _write(line, orders[line.payment_id], file)
    ]
    still_open = sum(order.state.is_open for order in orders.values())
    return ResultsTaken(file, False, tuple(changed), still_open)


def quarantine(county_id: int, *, limit: int) -> Sequence[BankResultFile]:
    """The county's result files that were kept apart, newest first."""
    return db.session.scalars(
        select(BankResultFile)
        .where(BankResultFile.county_id == county_id, BankResultFile.is_quarantined)
        .order_by(BankResultFile.id.desc())
        .limit(limit)
    ).all()


def _batch(batch_id: str) -> BankBatch | None:
    """The batch, locked: two files about it take turns."""
    try:
        found = UUID(hex=batch_id)
    except ValueError:
        return None
    return db.session.scalar(locked(select(BankBatch).where(BankBatch.id == found)))


def _orders(batch: BankBatch | None) -> dict[str, BankOrder]:
    if batch is None:
        return {}
    query = select(BankOrder).where(BankOrder.batch_id == batch.id).order_by(BankOrder.payment_id)
    return {order.payment_id: order for order in db.session.scalars(locked(query))}


def _in_full(results: Results, orders: Mapping[str, BankOrder]) -> Results:
    """One word on the whole batch is the same word on each of its payments."""
    if results.whole is None:
        return results
    lines = tuple(
        replace(results.whole, payment_id=order.payment_id, amount_fen=order.amount_fen)
        for order in orders.values()
    )
    return replace(results, lines=lines)


def _problems(
    results: Results, batch: BankBatch | None, orders: Mapping[str, BankOrder]
) -> list[dict[str, Any]]:
    """All that forbids to believe the file; nothing when every line is as it must be."""
    if batch is None:
        return [_problem(None, None, "系统里没有这个批次号，请核对是不是别处的文件")]
    if batch.withdrawn_at is not None:
        return [_problem(None, None, "这个批次已经撤回重做，银行却有结果，请立即向银行核实")]
    found = _wrong_totals(results, batch)
    seen: dict[str, int] = {}
    for line in results.lines:
        first = seen.setdefault(line.payment_id, line.row)
        wrong = f"指令号与第 {first} 行重复" if first != line.row else _wrong_line(line, orders)
        if wrong:
            found.append(_problem(line.row, line.payment_id, wrong))
    found += [_problem(None, name, "缺少这笔指令的结果") for name in orders if name not in seen]
    return found


def _wrong_totals(results: Results, batch: BankBatch) -> list[dict[str, Any]]:
    told = results.count, results.total_fen
    found = []
    if told != (batch.order_count, batch.total_fen):
        should = f"{batch.order_count} 笔、{yuan_text(batch.total_fen)} 元"
        found.append(_problem(None, None, f"笔数或合计金额与付款文件不符，付款文件是 {should}"))
    if told != (len(results.lines), sum(line.amount_fen for line in results.lines)):
        found.append(_problem(None, None, "笔数或合计金额与文件里的明细不符，文件可能不完整"))
    return found


def _wrong_line(line: ResultLine, orders: Mapping[str, BankOrder]) -> str | None:
    order = orders.get(line.payment_id)
    if order is None:
        return "这个批次里没有这笔指令"
    if line.amount_fen != order.amount_fen:
        return f"金额与指令不符，指令是 {yuan_text(order.amount_fen)} 元"
    state = _state(line)
    if not state.is_open and state not in _LATER[order.state]:
        return f"银行先说{_WORDS[order.state]}，现在又说{_WORDS[state]}，请向银行核实"
    return None


def _state(line: ResultLine) -> OrderState:
    return OrderState(line.state.value) if line.state else OrderState.UNCLEAR


def _write(line: ResultLine, order: BankOrder, file: BankResultFile) -> bool:
    """Note the bank's word; whether it is a new one. An open word does not undo a final one.

    A file came through a person's hands: that the bank refused is in doubt until another person
    says so too, or the bank's statements show that nothing left.
    """
    state = _state(line)
    if state is OrderState.REJECTED and order.state is not OrderState.REJECTED:
        state = OrderState.IN_DOUBT
    is_older = order.state is OrderState.RETURNED and state is OrderState.SETTLED
    if state == order.state or is_older or (state.is_open and not order.state.is_open):
        return False
    order.reason = line.reason
    order.bank_reference = line.bank_reference or order.bank_reference
    if state is OrderState.IN_DOUBT:
        decisions.propose(order, to=state, by=file.received_by)
        order.doubted_at, order.doubted_in = file.received_at, file.id
    else:
        order.state = state
    return True


def _problem(row: int | None, payment_id: str | None, problem: str) -> dict[str, Any]:
    return {"row": row, "payment_id": payment_id, "problem": problem}
