"""A day at the bank beside the same day in the ledger, and what to do where they differ.

The ledger knows a day only when its statement is imported, maybe days later, so what it says was
in custody at the end of a day is its balance now without the lines of later days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.sql.elements import ColumnElement

from app.kernel import clock
from app.kernel.db import db
from app.points import ledger
from mall.settlement.errors import StatementNotFound
from mall.settlement.models import (
    BankStatement,
    CashOut,
    CashOutState,
    ChangedLine,
    DayClosing,
    EntryClass,
    StatementEntry,
    StatementState,
)

UNEXPLAINED, GAP = "unexplained", "gap"
BOOKED = tuple(c for c in EntryClass if c.is_booked)


class DifferenceKind(StrEnum):
    """How bank and ledger may disagree on a line."""

    OURS_ONLY = "ours_only"
    BANK_ONLY = "bank_only"
    DIFFERENT_AMOUNT = "different_amount"
    DUPLICATE = "duplicate"
    NOT_INSTRUCTED = "not_instructed"
    UNCLEAR_RETURN = "unclear_return"
    EARLY_RETURN = "early_return"
    SET_ASIDE = "set_aside"
    EN_BLOC = "en_bloc"
    UNBOOKABLE = "unbookable"
    CHANGED_LINE = "changed_line"


_K = DifferenceKind
WHAT_TO_DO: Mapping[DifferenceKind, str] = MappingProxyType(
    {
        _K.OURS_ONLY: "系统里已付款或正在付款，对账单上还没有。请等下一份对账单；"
        "超过两个工作日仍没有，请向银行查询这笔指令",
        _K.BANK_ONLY: "对账单上有，系统里没有这笔指令。可能是手续费或在柜面办理的付款，"
        "请查清来历并登记；查不清请立即联系银行",
        _K.DIFFERENT_AMOUNT: "金额与系统里的指令不一致，账没有动。请凭银行回单核对，"
        "确认是银行的差错后请银行更正",
        _K.DUPLICATE: "同一笔指令在对账单上出现了两次，第二次没有记账。"
        "请立即联系银行，确认是否重复付款并追回",
        _K.NOT_INSTRUCTED: "这笔提现没有发出或已被拒绝，银行却有记录，账没有动。请立即联系银行核实",
        _K.UNCLEAR_RETURN: "看起来是退回的款项，但没有写明是哪一笔。请向银行索取原指令号后再处理",
        _K.EARLY_RETURN: "这是一笔付款的退回，但对账单上还没有看到这笔付款付出，账没有动。"
        "请补齐付款那天的对账单；那天已经日结的，由两个人认定",
        _K.SET_ASIDE: "这笔来自一份与银行说法不一致的对账单，账没有动。"
        "请向银行核实，由两个人认定入账或作废",
        _K.EN_BLOC: "银行把几笔合在一起记成一笔，没有写明是哪几笔，账没有动。"
        "请向银行要这一笔的明细，由两个人挑出对应的提现，或认定是什么钱",
        _K.UNBOOKABLE: "系统多次入账都没有成功，账没有动。请联系系统管理员，查明后由两个人认定",
        _K.CHANGED_LINE: "同一个流水号前后两次内容不同，以第一次为准，账没有动。"
        "请向银行索取说明，确认哪一次正确",
    }
)


@dataclass(frozen=True)
class Difference:
    """One disagreement; amounts are signed as seen from the custody account."""

    kind: DifferenceKind
    about: UUID  # the line, the changed line or the cash-out
    what_to_do: str
    bank_reference: str | None
    cash_out_id: UUID | None
    bank_fen: int | None
    our_fen: int | None
    entry_id: UUID | None  # the line, which two people may classify

    @property
    def key(self) -> str:
        """Names the difference for as long as it exists, in ASCII whatever the bank's reference."""
        return f"{self.kind}:{self.about}"


@dataclass(frozen=True)
class Reconciliation:
    """A day at the bank beside the same day in the ledger."""

    on: date
    has_statement: bool  # without one, a day lies between two statements
    opening_fen: int
    closing_fen: int
    # What the ledger says is in the custody account at the end of the day.
    ledger_custody_fen: int
    # Opening balance less the closing balance of the statement before: days that are missing. Of a
    # day without a statement, the opening balance is that of the statement after it.
    gap_fen: int
    funded_fen: int
    paid_fen: int
    returned_fen: int
    waiting_lines: int
    matched_lines: int
    differences: tuple[Difference, ...]
    payout_in_flight_fen: int  # now: paid by the bank's word, not yet on a statement
    closing: DayClosing | None  # none: nobody has closed the day

    @property
    def unexplained_fen(self) -> int:
        return self.closing_fen - self.ledger_custody_fen

    @property
    def is_balanced(self) -> bool:
        return not (self.waiting_lines or self.to_explain)

    @property
    def to_explain(self) -> tuple[str, ...]:
        """The keys of all on which whoever closes the day must leave a note."""
        sums = {UNEXPLAINED: self.unexplained_fen, GAP: self.gap_fen}
        keys = [name for name, fen in sums.items() if fen]
        return (*keys, *(difference.key for difference in self.differences))


def reconciliation(county_id: int, on: date) -> Reconciliation:
    """How bank and ledger stand for a day, as far as its statement was imported.

    Banks give none for a day on which nothing moved: such a day is as the statements beside it say.

    Raises:
        StatementNotFound: no statement of that day was imported, and none of a later one.
    """
    balances = _balances(county_id, on)
    sums = _sums_by_class(county_id, on)
    return Reconciliation(
        on=on,
        has_statement=balances.has_statement,
        opening_fen=balances.opening_fen,
        closing_fen=balances.closing_fen,
        ledger_custody_fen=_ledger_custody(county_id, on),
        gap_fen=balances.gap_fen,
        funded_fen=sums.get(EntryClass.FUNDING, (0, 0))[1],
        paid_fen=-sums.get(EntryClass.PAYOUT, (0, 0))[1],
        returned_fen=sums.get(EntryClass.RETURN, (0, 0))[1],
        waiting_lines=sums.get(EntryClass.WAITING, (0, 0))[0],
        matched_lines=sum(sums[c][0] for c in BOOKED if c in sums),
        differences=(
            *_differing_entries(county_id, on),
            *_changed_lines(county_id, on),
            *_ours_only(county_id, on),
        ),
        payout_in_flight_fen=ledger.balance(county_id, ledger.payout_in_flight()).posted,
        closing=db.session.get(DayClosing, (county_id, on)),
    )


@dataclass(frozen=True)
class _Balances:
    """What the bank says of a day, by its own statement or by those beside it."""

    has_statement: bool
    opening_fen: int
    closing_fen: int
    gap_fen: int


def _balances(county_id: int, on: date) -> _Balances:
    statement = _last_statement(county_id, BankStatement.on_day == on)
    before = _last_statement(county_id, BankStatement.on_day < on)
    before_fen = before.closing_fen if before else 0
    if statement is not None:
        gap_fen = statement.opening_fen - before_fen
        return _Balances(True, statement.opening_fen, statement.closing_fen, gap_fen)
    after = _first_statement_after(county_id, on)
    if before is None or after is None:
        raise StatementNotFound()
    return _Balances(False, before_fen, before_fen, after.opening_fen - before_fen)


def on_a_statement() -> Select[UUID]:
    """The statement's line that shows the debit of a cash-out."""
    return select(StatementEntry.id).where(
        StatementEntry.county_id == CashOut.county_id,
        StatementEntry.cash_out_id == CashOut.id,
        StatementEntry.entry_class == EntryClass.PAYOUT,
    )


def _last_statement(county_id: int, which: ColumnElement[bool]) -> BankStatement | None:
    return db.session.scalar(
        select(BankStatement)
        .where(
            BankStatement.county_id == county_id,
            BankStatement.state == StatementState.CONFIRMED,
            which,
        )
        .order_by(
            BankStatement.on_day.desc(),
            BankStatement.line_count.desc(),
            BankStatement.imported_at.desc(),
        )
        .limit(1)
    )


def _first_statement_after(county_id: int, on: date) -> BankStatement | None:
    return db.session.scalar(
        select(BankStatement)
        .where(
            BankStatement.county_id == county_id,
            BankStatement.state == StatementState.CONFIRMED,
            BankStatement.on_day > on,
        )
        .order_by(
            BankStatement.on_day,
            BankStatement.line_count.desc(),
            BankStatement.imported_at.desc(),
        )
        .limit(1)
    )


def _sums_by_class(county_id: int, on: date) -> dict[EntryClass, tuple[int, int]]:
    """Count and signed sum of the day's lines, by what they turned out to be."""
    rows = db.session.execute(
        select(StatementEntry.entry_class, func.count(), func.sum(StatementEntry.amount_fen))
        .where(StatementEntry.county_id == county_id, StatementEntry.booked_on == on)
        .group_by(StatementEntry.entry_class)
    )
    return {entry_class: (count, int(total)) for entry_class, count, total in rows}


def _ledger_custody(county_id: int, on: date) -> int:
    later = db.session.scalar(
        select(func.sum(StatementEntry.amount_fen)).where(
            StatementEntry.county_id == county_id,
            StatementEntry.booked_on > on,
            StatementEntry.entry_class.in_(BOOKED),
        )
    )
    # Custody is the bank's debt to the programme: what it holds is negative in the ledger.
    return -ledger.balance(county_id, ledger.custody()).posted - int(later or 0)


def _differing_entries(county_id: int, on: date) -> list[Difference]:
    rows = db.session.execute(
        select(StatementEntry, CashOut.amount_fen)
        .outerjoin(
            CashOut,
            (CashOut.county_id == StatementEntry.county_id)
            & (CashOut.id == StatementEntry.cash_out_id),
        )
        .where(
            StatementEntry.county_id == county_id,
            StatementEntry.booked_on == on,
            StatementEntry.entry_class.in_([c for c in EntryClass if c.is_difference]),
        )
        .order_by(StatementEntry.bank_reference)
    )
    return [
        _difference(
            DifferenceKind(entry.entry_class.value),
            entry.id,
            bank_reference=entry.bank_reference,
            cash_out_id=entry.cash_out_id,
            entry_id=entry.id,
            bank_fen=entry.amount_fen,
            our_fen=None if our_fen is None else _signed_like(entry.amount_fen, our_fen),
        )
        for entry, our_fen in rows
    ]


def _changed_lines(county_id: int, on: date) -> list[Difference]:
    rows = db.session.scalars(
        select(ChangedLine)
        .join(
            BankStatement,
            (BankStatement.county_id == ChangedLine.county_id)
            & (BankStatement.id == ChangedLine.statement_id),
        )
        .where(ChangedLine.county_id == county_id, BankStatement.on_day == on)
        .order_by(ChangedLine.bank_reference)
    )
    return [
        _difference(
            DifferenceKind.CHANGED_LINE,
            line.id,
            bank_reference=line.bank_reference,
            bank_fen=line.amount_fen,
            our_fen=line.first_amount_fen,
        )
        for line in rows
    ]


def _ours_only(county_id: int, on: date) -> list[Difference]:
    """What was sent by the end of the day, is not off the table, and is on no statement yet."""
    rows = db.session.scalars(
        select(CashOut)
        .where(
            CashOut.county_id == county_id,
            CashOut.state.in_([s for s in CashOutState if s.is_with_bank or s.was_paid]),
            CashOut.sent_at < clock.day_end(on),
            ~on_a_statement().exists(),
        )
        .order_by(CashOut.id)
    )
    return [
        _difference(
            DifferenceKind.OURS_ONLY,
            cash_out.id,
            cash_out_id=cash_out.id,
            our_fen=-cash_out.amount_fen,
        )
        for cash_out in rows
    ]


def _signed_like(bank_fen: int, our_fen: int) -> int:
    return our_fen if bank_fen > 0 else -our_fen


def _difference(
    kind: DifferenceKind,
    about: UUID,
    *,
    bank_reference: str | None = None,
    cash_out_id: UUID | None = None,
    bank_fen: int | None = None,
    our_fen: int | None = None,
    entry_id: UUID | None = None,
) -> Difference:
    what_to_do = WHAT_TO_DO[kind]
    return Difference(
        kind, about, what_to_do, bank_reference, cash_out_id, bank_fen, our_fen, entry_id
    )
