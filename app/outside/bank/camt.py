"""Reads camt.053, the statement of a day as ISO 20022 writes it, checked to the last fen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element

from app.kernel.units import yuan_text
from app.outside.bank import messages
from app.outside.bank.messages import BadMessage, amount_fen, day, needed, text
from app.outside.bank.statement import (
    NO_REFERENCE,
    ROWS_MAX,
    BadStatement,
    Statement,
    StatementLine,
    payment_id_in,
)

# Which balances are the day's first and last, the clearest kind first; banks give more kinds.
OPENING = ("OPBD", "PRCD")
CLOSING = ("CLBD",)
_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt", "TtlAmt")


@dataclass(frozen=True)
class _Part:
    """One of the transactions that a bank booked together."""

    element: Element
    amount_fen: int | None  # with its sign; None where the bank does not tell it
    is_bloc: bool  # it is several transactions itself, of which only the sum is told


def parse_camt053(content: bytes) -> tuple[Statement, ...]:
    """The statements in the message, the oldest first. Pending entries are none yet, and left out.

    Raises:
        BadStatement: the message has no statement, two of one day, or one that does not add up.
    """
    try:
        found = messages.message(content, "BkToCstmrStmt").findall("Stmt")
        told = sorted((_statement(one) for one in found), key=lambda one: (one.account, one.on))
        if not told:
            raise BadMessage("文件里没有对账单，请在网银里重新导出")
        if len({(one.account, one.on) for one in told}) < len(told):
            raise BadMessage("同一天的对账单在文件里出现了两次，请让银行每天只出一份")
    except BadMessage as broken:
        raise BadStatement.one(str(broken)) from None
    return tuple(told)


def _statement(statement: Element) -> Statement:
    account = text(statement, "Acct/Id/Othr/Id") or needed(statement, "Acct/Id/IBAN")
    opening, closing = _balance(statement, OPENING), _balance(statement, CLOSING)
    on = day(closing, "Dt")
    lines = tuple(
        line
        for row, entry in enumerate(statement.findall("Ntry"), start=1)
        for line in _lines(row, entry, on)
    )
    if len(lines) > ROWS_MAX:
        raise BadMessage(f"对账单超过 {ROWS_MAX} 笔")
    if any(line.booked_on != on for line in lines):
        raise BadMessage("有的入账日期不是对账单当天，请按天导出")
    opening_fen, closing_fen = _signed(opening), _signed(closing)
    total_fen = opening_fen + sum(line.amount_fen for line in lines)
    if total_fen != closing_fen:
        raise BadMessage(f"期初余额加收支为 {yuan_text(total_fen)} 元，与期末余额不符，请重新下载")
    return Statement(account, on, opening_fen, closing_fen, lines)


def _balance(statement: Element, codes: Sequence[str]) -> Element:
    """The balance of the first of these kinds that is told. Said twice, it must be the same."""
    for code in codes:
        found = [b for b in statement.findall("Bal") if text(b, "Tp/CdOrPrtry/Cd") == code]
        if len({(_signed(balance), day(balance, "Dt")) for balance in found}) > 1:
            raise BadMessage(f"余额 {code} 有两个，金额或日期不同")
        if found:
            return found[0]
    told = "/".join(codes)
    raise BadMessage(f"缺少余额 {told}，请在网银里选择带期初和期末余额的对账单导出")


def _signed(element: Element, path: str = "Amt") -> int:
    """The amount with its sign: a credit is into our account."""
    sign = {"CRDT": 1, "DBIT": -1}.get(text(element, "CdtDbtInd"))
    if sign is None:
        raise BadMessage("借贷方向（CdtDbtInd）看不懂")
    return sign * amount_fen(element, path)


def _lines(row: int, entry: Element, on: date) -> Iterator[StatementLine]:
    """The lines of an entry: one, or one for each transaction that was booked together.

    An entry of nothing moves nothing and is none. Where the bank does not tell every amount of
    what it booked together, the entry stays one line, for two people to say what it is.
    """
    if (text(entry, "Sts/Cd") or text(entry, "Sts")) != "BOOK":
        return
    booked_fen = _signed(entry)
    if booked_fen == 0:
        return
    booked_on = day(entry, "BookgDt") if entry.find("BookgDt") is not None else on
    parts = _parts(entry, booked_fen)
    told = [part.amount_fen for part in parts if part.amount_fen is not None]
    if len(parts) <= 1 or len(told) < len(parts):
        whole = parts[0] if len(parts) == 1 else _Part(entry, booked_fen, is_bloc=len(parts) > 1)
        reference = _reference(entry, *(part.element for part in parts))
        yield _line(entry, whole, reference, booked_on, booked_fen)
        return
    if sum(told) != booked_fen:
        raise BadMessage(f"第 {row} 笔的明细之和与总额不符")
    for number, (part, part_fen) in enumerate(zip(parts, told, strict=True), start=1):
        own = _own_reference(part.element) or f"{_reference(entry)}-{number}"
        yield _line(entry, part, own, booked_on, part_fen)


def _parts(entry: Element, booked_fen: int) -> list[_Part]:
    """What was booked together: transactions, or batches of them that are told as a sum."""
    found: list[tuple[Element, Element | None]] = []
    for details in entry.findall("NtryDtls"):
        batch, transactions = details.find("Btch"), details.findall("TxDtls")
        if transactions:
            only = batch if len(transactions) == 1 else None
            found += [(element, only) for element in transactions]
        elif batch is not None:
            found.append((batch, None))
    if len(found) == 1:  # all of the entry, in whatever currency it was ordered
        element, batch = found[0]
        return [_Part(element, booked_fen, _is_bloc(element, batch))]
    parts = [
        _Part(element, _part_fen(element, batch, booked_fen), _is_bloc(element, batch))
        for element, batch in found
    ]
    return [part for part in parts if part.amount_fen != 0]


def _is_bloc(element: Element, batch: Element | None) -> bool:
    """Whether a batch is told as a sum only, or holds more transactions than the one that is told.

    A batch without a transaction that does not say how many it holds may hold several.
    """
    if element.tag == "Btch":
        return text(element, "NbOfTxs") != "1"
    return batch is not None and text(batch, "NbOfTxs") not in {"", "1"}


def _part_fen(element: Element, batch: Element | None, booked_fen: int) -> int | None:
    """The amount of a part, in the direction that it tells, or else in that of its entry."""
    for teller in (element,) if batch is None else (element, batch):
        path = next((path for path in _AMOUNTS if teller.find(path) is not None), None)
        if path is None:
            continue
        if teller.find("CdtDbtInd") is not None:
            return _signed(teller, path)
        return amount_fen(teller, path) if booked_fen > 0 else -amount_fen(teller, path)
    return None


def _reference(entry: Element, *details: Element) -> str:
    """The bank's reference for the entry, or that of a transaction inside it."""
    found = (_own_reference(element) for element in (entry, *details))
    reference = next(filter(None, found), "") or text(entry, "NtryRef")
    if not reference:
        raise BadMessage("有一笔没有银行流水号（AcctSvcrRef），请让银行在导出时带上流水号")
    return reference


def _own_reference(element: Element) -> str:
    """A reference that the bank gave to this very entry or transaction, or nothing."""
    found = text(element, "AcctSvcrRef"), text(element, "Refs/AcctSvcrRef")
    return next((reference for reference in found if reference not in {"", NO_REFERENCE}), "")


def _line(
    entry: Element, part: _Part, reference: str, booked_on: date, amount: int
) -> StatementLine:
    detail = part.element
    side = "Dbtr" if amount > 0 else "Cdtr"
    account = f"RltdPties/{side}Acct/Id"
    return StatementLine(
        bank_reference=reference,
        booked_on=booked_on,
        amount_fen=amount,
        counterparty_name=text(detail, f"RltdPties/{side}/Pty/Nm")
        or text(detail, f"RltdPties/{side}/Nm"),
        counterparty_account=text(detail, f"{account}/Othr/Id") or text(detail, f"{account}/IBAN"),
        purpose=_purpose(entry, detail),
        payment_id=None if part.is_bloc else payment_id_in(text(detail, "Refs/EndToEndId")),
        is_bloc=part.is_bloc,
    )


def _purpose(entry: Element, detail: Element) -> str:
    told = text(detail, "RmtInf/Ustrd"), text(detail, "AddtlTxInf"), text(entry, "AddtlNtryInf")
    words = next(filter(None, told), "")
    returned = detail.find("RtrInf")
    if returned is not None or text(entry, "RvslInd") in {"true", "1"}:
        reason = "" if returned is None else text(returned, "AddtlInf") or text(returned, "Rsn/Cd")
        return f"退汇：{reason or words}"
    return words
