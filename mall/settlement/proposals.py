"""What two people say about the bank's word where it does not speak for itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.agreements.proposals import Draft, Kind, Line, Proposal, Whoever, proposal_kind, propose
from app.kernel import clock
from app.kernel.db import db
from app.kernel.jobs import defer
from app.kernel.units import yuan_text
from app.outside.bank import desk
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from mall.settlement import jobs
from mall.settlement.models import (
    BankStatement,
    CashOut,
    EntryClass,
    StatementEntry,
    StatementSource,
    StatementState,
)
from mall.settlement.service import batches, confirming, entries, parts

OFFICES = frozenset({Role.FINANCE, Role.COUNTY_ADMIN})
ANOTHER = (Whoever(roles=OFFICES),)
WATCHERS = frozenset({Role.AUDITOR})
OF_A_PAYMENT = frozenset({EntryClass.PAYOUT, EntryClass.RETURN})


def propose_class(
    *,
    entry_id: UUID,
    entry_class: EntryClass,
    cash_out_id: UUID | None,
    reason: str,
    by: Caller,
    at: datetime,
) -> Proposal:
    """Propose what a line of a statement is. Raises as ``entries.check_class`` and ``propose``."""
    names_payment = cash_out_id is not None and entry_class in OF_A_PAYMENT
    content = {
        "entry_class": entry_class.value,
        "cash_out_id": str(cash_out_id) if names_payment else None,
        "reason": reason,
    }
    return propose(CLASS_OF_LINE, _draft(by, ("statement_entry", entry_id), content), by=by, at=at)


def propose_parts(
    *, entry_id: UUID, cash_out_ids: Sequence[UUID], reason: str, by: Caller, at: datetime
) -> Proposal:
    """Propose of which payments a line of a statement is the sum.

    Raises as ``parts.check_parts`` and ``propose`` do.
    """
    content = {
        "entry_class": parts.class_of_parts(by.county_id, entry_id).value,
        "cash_out_ids": sorted({str(one) for one in cash_out_ids}),
        "reason": reason,
    }
    return propose(PARTS, _draft(by, ("statement_entry", entry_id), content), by=by, at=at)


def propose_set_aside(*, statement_id: UUID, reason: str, by: Caller, at: datetime) -> Proposal:
    """Propose that a statement file is wrong.

    Raises as ``confirming.check_set_aside`` and ``propose`` do.
    """
    draft = _draft(by, ("bank_statement", statement_id), {"reason": reason})
    return propose(SET_ASIDE, draft, by=by, at=at)


def propose_take_in(*, statement_id: UUID, reason: str, by: Caller, at: datetime) -> Proposal:
    """Propose that a statement file may add to a day that is closed.

    Raises as ``confirming.check_take_in`` and ``propose`` do.
    """
    draft = _draft(by, ("bank_statement", statement_id), {"reason": reason})
    return propose(TAKE_IN, draft, by=by, at=at)


def propose_withdrawal(*, batch_id: UUID, reason: str, by: Caller, at: datetime) -> Proposal:
    """Propose that a payment file was never sent to the bank, and is to be made anew.

    Raises as ``batches.check_withdrawal`` and ``propose`` do.
    """
    draft = _draft(by, ("payment_batch", batch_id), {"reason": reason})
    return propose(WITHDRAWAL, draft, by=by, at=at)


def _draft(by: Caller, subject: tuple[str, object], content: Mapping[str, Any]) -> Draft:
    return Draft(region_id=regions.root(by.county_id).id, subject=subject, content=content)


def _subject_id(proposal: Proposal) -> UUID:
    return UUID(proposal.subject_id)


# A line of a statement ----------------------------------------------------------------------------


def _class(proposal: Proposal) -> EntryClass:
    return EntryClass(proposal.content["entry_class"])


def _cash_out_id(proposal: Proposal) -> UUID | None:
    kept = proposal.content["cash_out_id"]
    return UUID(kept) if kept else None


def _line(proposal: Proposal) -> StatementEntry | None:
    return db.session.get(StatementEntry, (proposal.county_id, _subject_id(proposal)))


def _line_now(proposal: Proposal) -> Mapping[str, Any] | None:
    line = _line(proposal)
    return {"entry_class": line.entry_class.value} if line else None


def _check_class(proposal: Proposal, _: datetime) -> None:
    entries.check_class(
        county_id=proposal.county_id,
        entry_id=_subject_id(proposal),
        entry_class=_class(proposal),
        cash_out_id=_cash_out_id(proposal),
    )


def _classify(proposal: Proposal, at: datetime) -> None:
    entry = entries.classify(
        county_id=proposal.county_id,
        entry_id=_subject_id(proposal),
        entry_class=_class(proposal),
        cash_out_id=_cash_out_id(proposal),
        at=at,
    )
    # A return that came before its payment is booked now that the payment is.
    defer(jobs.book_statement, str(entry.county_id), str(entry.statement_id))


def _part_ids(proposal: Proposal) -> list[UUID]:
    return [UUID(one) for one in proposal.content["cash_out_ids"]]


def _check_parts(proposal: Proposal, _: datetime) -> None:
    parts.check_parts(proposal.county_id, _subject_id(proposal), _part_ids(proposal))


def _take_apart(proposal: Proposal, at: datetime) -> None:
    whole = parts.take_apart(proposal.county_id, _subject_id(proposal), _part_ids(proposal), at)
    defer(jobs.book_statement, str(whole.county_id), str(whole.statement_id))


def _lines_of_parts(proposal: Proposal) -> list[Line]:
    return [
        *_lines_of_entry(proposal, "合在一起的几笔"),
        *(_payment(proposal, one) for one in _part_ids(proposal)),
        _reason(proposal),
    ]


def _lines_of_line(proposal: Proposal) -> list[Line]:
    cash_out_id = _cash_out_id(proposal)
    return [
        *_lines_of_entry(proposal, IN_WORDS[_class(proposal)]),
        *([_payment(proposal, cash_out_id)] if cash_out_id else []),
        _reason(proposal),
    ]


def _lines_of_entry(proposal: Proposal, after: str) -> list[Line]:
    line = _line(proposal)
    assert line is not None, "a line of a statement is never removed"
    assert proposal.before is not None, "asked when it was proposed"
    return [
        _as_it_is("日期", clock.day_text(line.booked_on)),
        _as_it_is("流水号", line.bank_reference),
        _as_it_is("收入" if line.amount_fen > 0 else "支出", _yuan(abs(line.amount_fen))),
        _as_it_is("对方", line.counterparty_name),
        _as_it_is("摘要", line.purpose),
        Line("认定", IN_WORDS[EntryClass(proposal.before["entry_class"])], after),
    ]


def _payment(proposal: Proposal, cash_out_id: UUID) -> Line:
    cash_out = db.session.get_one(CashOut, (proposal.county_id, cash_out_id))
    told = f"{_yuan(cash_out.amount_fen)}，收款账号尾号 {cash_out.payee_account_tail}"
    return Line("对应的提现", None, told)


IN_WORDS: Mapping[EntryClass, str] = {
    EntryClass.WAITING: "还没有入账",
    EntryClass.PAYOUT: "系统里的一笔付款",
    EntryClass.RETURN: "一笔付款的退汇",
    EntryClass.FUNDING: "资金到账",
    EntryClass.BANK_ONLY: "系统里没有这笔指令",
    EntryClass.DIFFERENT_AMOUNT: "金额与指令不一致",
    EntryClass.DUPLICATE: "同一笔指令出现两次",
    EntryClass.NOT_INSTRUCTED: "没有发出或已被拒绝的提现",
    EntryClass.UNCLEAR_RETURN: "没有写明是哪一笔的退回",
    EntryClass.EARLY_RETURN: "还没有看到付出的退回",
    EntryClass.SET_ASIDE: "与银行说法不一致的对账单里的",
    EntryClass.UNBOOKABLE: "多次入账没有成功",
    EntryClass.EN_BLOC: "几笔合在一起，没有写明",
    EntryClass.DISMISSED: "看过了，不入账",
    EntryClass.TAKEN_APART: "合在一起的几笔，已经分开",
}


# A statement file ---------------------------------------------------------------------------------


def _statement(proposal: Proposal) -> BankStatement | None:
    return db.session.get(BankStatement, (proposal.county_id, _subject_id(proposal)))


def _statement_now(proposal: Proposal) -> Mapping[str, Any] | None:
    statement = _statement(proposal)
    return {"state": statement.state.value} if statement else None


def _check_set_aside(proposal: Proposal, _: datetime) -> None:
    confirming.check_set_aside(proposal.county_id, _subject_id(proposal))


def _set_aside(proposal: Proposal, at: datetime) -> None:
    confirming.set_aside(proposal.county_id, _subject_id(proposal), at)


def _check_take_in(proposal: Proposal, _: datetime) -> None:
    confirming.check_take_in(proposal.county_id, _subject_id(proposal))


def _take_in(proposal: Proposal, at: datetime) -> None:
    statement = confirming.take_in(proposal.county_id, _subject_id(proposal), at)
    defer(jobs.book_statement, str(statement.county_id), str(statement.id))


def _lines_of_statement(proposal: Proposal) -> list[Line]:
    statement = _statement(proposal)
    assert statement is not None, "a statement file is never removed"
    assert proposal.before is not None, "asked when it was proposed"
    before = StatementState(proposal.before["state"])
    after = (
        StatementState.SET_ASIDE if proposal.kind == SET_ASIDE.name else StatementState.CONFIRMED
    )
    source = "银行" if statement.source is StatementSource.BANK else "工作人员"
    return [
        _as_it_is("日期", clock.day_text(statement.on_day)),
        _as_it_is("期初余额", _yuan(statement.opening_fen)),
        _as_it_is("期末余额", _yuan(statement.closing_fen)),
        _as_it_is("笔数", str(statement.line_count)),
        _as_it_is("谁送来的", source),
        Line("怎样算", _STATES[before], _STATES[after]),
        _reason(proposal),
    ]


_STATES = {
    StatementState.WAITING: "等待确认",
    StatementState.CONFIRMED: "算数",
    StatementState.SET_ASIDE: "搁置，不入账",
}


# A payment file -----------------------------------------------------------------------------------


def _batch_now(proposal: Proposal) -> Mapping[str, Any]:
    batch = desk.batch(proposal.county_id, _subject_id(proposal))
    return {"is_withdrawn": batch.withdrawn_at is not None}


def _check_withdrawal(proposal: Proposal, _: datetime) -> None:
    batches.check_withdrawal(proposal.county_id, _subject_id(proposal))


def _withdraw(proposal: Proposal, at: datetime) -> None:
    desk.withdraw(desk.batch(proposal.county_id, _subject_id(proposal)), at)


def _lines_of_batch(proposal: Proposal) -> list[Line]:
    batch = desk.batch(proposal.county_id, _subject_id(proposal))
    return [
        _as_it_is("付款文件", batch.file_name),
        _as_it_is("笔数", str(batch.order_count)),
        _as_it_is("合计", _yuan(batch.total_fen)),
        Line("这些付款", "在这个文件里", "放进下一个文件重新付"),
        _reason(proposal),
    ]


def _as_it_is(label: str, said: str) -> Line:
    return Line(label, said, said)


def _reason(proposal: Proposal) -> Line:
    return Line("理由", None, proposal.content["reason"])


def _yuan(fen: int) -> str:
    return f"{yuan_text(fen)} 元"


CLASS_OF_LINE = proposal_kind(
    Kind(
        "statement_line",
        proposers=OFFICES,
        seconds=ANOTHER,
        title=lambda proposal: "一笔银行流水的认定",
        lines=_lines_of_line,
        do=_classify,
        now=_line_now,
        check=_check_class,
        told=WATCHERS,
        by_bank=True,
    )
)
PARTS = proposal_kind(
    Kind(
        "statement_line_parts",
        proposers=OFFICES,
        seconds=ANOTHER,
        title=lambda proposal: "一笔银行流水是哪几笔提现",
        lines=_lines_of_parts,
        do=_take_apart,
        now=_line_now,
        check=_check_parts,
        told=WATCHERS,
        by_bank=True,
    )
)
SET_ASIDE = proposal_kind(
    Kind(
        "statement_set_aside",
        proposers=OFFICES,
        seconds=ANOTHER,
        title=lambda proposal: "一份对账单不对，搁置",
        lines=_lines_of_statement,
        do=_set_aside,
        now=_statement_now,
        check=_check_set_aside,
        told=WATCHERS,
    )
)
TAKE_IN = proposal_kind(
    Kind(
        "statement_take_in",
        proposers=OFFICES,
        seconds=ANOTHER,
        title=lambda proposal: "已日结那天的新对账单",
        lines=_lines_of_statement,
        do=_take_in,
        now=_statement_now,
        check=_check_take_in,
        told=WATCHERS,
    )
)
WITHDRAWAL = proposal_kind(
    Kind(
        "payment_batch_withdrawal",
        proposers=OFFICES,
        seconds=ANOTHER,
        title=lambda proposal: "没有送到银行的付款文件，重新导出",
        lines=_lines_of_batch,
        do=_withdraw,
        now=_batch_now,
        check=_check_withdrawal,
        told=WATCHERS,
    )
)
