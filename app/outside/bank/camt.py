"""Reads camt.053, the statement of a day as ISO 20022 writes it, checked to the last fen."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.kernel.units import yuan_text
from app.outside.bank import messages
from app.outside.bank.messages import BadMessage, amount_fen, day, needed, text
from app.outside.bank.statement import ROWS_MAX, BadStatement, Statement, StatementLine

OPENING = {"OPBD", "PRCD"}
CLOSING = {"CLBD"}
NO_REFERENCE = "NOTPROVIDED"


def parse_camt053(content: bytes) -> Statement:
    """The one statement in the message. Pending entries are none yet, and left out.

    Raises:
        BadStatement: the message is not a statement of one day, or does not add up.
    """
    try:
        return _statement(messages.message(content, "BkToCstmrStmt"))
    except BadMessage as broken:
        raise BadStatement.one(str(broken)) from None


def _statement(root: Element) -> Statement:
    found = root.findall("Stmt")
    if len(found) != 1:
        raise BadMessage("文件里应当正好有一天的对账单，请按天导出")
    statement = found[0]
    account = text(statement, "Acct/Id/Othr/Id") or needed(statement, "Acct/Id/IBAN")
    opening, closing = _balance(statement, OPENING), _balance(statement, CLOSING)
    on = day(closing, "Dt")
    lines = tuple(
        line
        for row, entry in enumerate(statement.findall("Ntry"), start=1)
        for line in _lines(row, entry)
    )
    if len(lines) > ROWS_MAX:
        raise BadMessage(f"对账单超过 {ROWS_MAX} 笔")
    if any(line.booked_on != on for line in lines):
        raise BadMessage("有的入账日期不是对账单当天")
    opening_fen, closing_fen = _signed(opening), _signed(closing)
    total_fen = opening_fen + sum(line.amount_fen for line in lines)
    if total_fen != closing_fen:
        raise BadMessage(f"期初余额加收支为 {yuan_text(total_fen)} 元，与期末余额不符")
    return Statement(account, on, opening_fen, closing_fen, lines)


def _balance(statement: Element, codes: set[str]) -> Element:
    found = [b for b in statement.findall("Bal") if text(b, "Tp/CdOrPrtry/Cd") in codes]
    if len(found) != 1:
        raise BadMessage(f"应当正好有一个余额 {'/'.join(sorted(codes))}")
    return found[0]


def _signed(element: Element, path: str = "Amt") -> int:
    """The amount with its sign: a credit is into our account."""
    sign = {"CRDT": 1, "DBIT": -1}.get(text(element, "CdtDbtInd"))
    if sign is None:
        raise BadMessage("借贷方向（CdtDbtInd）看不懂")
    return sign * amount_fen(element, path)


def _lines(row: int, entry: Element) -> Iterator[StatementLine]:
    """The lines of an entry: one, or one for each transaction that was booked together."""
    if (text(entry, "Sts/Cd") or text(entry, "Sts")) != "BOOK":
        return
    booked_fen = _signed(entry)
    if booked_fen == 0:
        raise BadMessage(f"第 {row} 笔金额为零")
    reference = needed(entry, "AcctSvcrRef")
    details = entry.findall("NtryDtls/TxDtls")
    if len(details) <= 1:
        yield _line(entry, details[0] if details else entry, reference, booked_fen)
        return
    sign = 1 if booked_fen > 0 else -1
    parts = [sign * amount_fen(detail, "Amt") for detail in details]
    if sum(parts) != booked_fen or 0 in parts:
        raise BadMessage(f"第 {row} 笔的明细之和与总额不符")
    for number, (detail, part_fen) in enumerate(zip(details, parts, strict=True), start=1):
        own = text(detail, "Refs/AcctSvcrRef") or f"{reference}-{number}"
        yield _line(entry, detail, own, part_fen)


def _line(entry: Element, detail: Element, reference: str, amount: int) -> StatementLine:
    payment_id = text(detail, "Refs/EndToEndId")
    side = "Dbtr" if amount > 0 else "Cdtr"
    return StatementLine(
        bank_reference=reference,
        booked_on=day(entry, "BookgDt"),
        amount_fen=amount,
        counterparty_name=text(detail, f"RltdPties/{side}/Pty/Nm")
        or text(detail, f"RltdPties/{side}/Nm"),
        counterparty_account=text(detail, f"RltdPties/{side}Acct/Id/Othr/Id"),
        purpose=_purpose(entry, detail),
        payment_id=None if payment_id in {"", NO_REFERENCE} else payment_id,
    )


def _purpose(entry: Element, detail: Element) -> str:
    told = text(detail, "RmtInf/Ustrd"), text(detail, "AddtlTxInf"), text(entry, "AddtlNtryInf")
    words = next(filter(None, told), "")
    returned = detail.find("RtrInf")
    if returned is not None or text(entry, "RvslInd") == "true":
        reason = "" if returned is None else text(returned, "AddtlInf") or text(returned, "Rsn/Cd")
        return f"退汇：{reason or words}"
    return words
