"""Payments as pain.001 and their results as pain.002, of ISO 20022. See docs/bank-files.md."""

from collections.abc import Mapping
from datetime import UTC
from types import MappingProxyType
from xml.etree import ElementTree as ET

from app.kernel import clock, texts
from app.kernel.units import yuan_text
from app.outside.bank import messages
from app.outside.bank.files import ROWS_MAX, BadResults, Batch, Payer, ResultLine, Results
from app.outside.bank.gateway import Payment, PaymentState
from app.outside.bank.messages import BadMessage

PAIN_001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
REASON_LENGTH_MAX = 200

_P = PaymentState
# ACSC is the debit of our account. ACWC only says that the bank accepted with a change: it is
# settled by its booking on the statement. A code that is not here decides nothing.
STATUSES: Mapping[str, PaymentState] = MappingProxyType(
    {
        **dict.fromkeys(("ACCP", "ACTC", "ACSP", "ACWC", "PDNG"), _P.ACCEPTED),
        "ACSC": _P.SETTLED,
        "RJCT": _P.REJECTED,
    }
)
# The reasons that people meet most (ExternalStatusReason1Code), in words.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "AC01": "收款账号不正确",
        "AC04": "收款账户已销户",
        "AC06": "收款账户已冻结",
        "AM04": "付款账户余额不足",
        "BE01": "户名与账号不符",
        "RC01": "收款行号不正确",
    }
)


class Iso20022:
    """``FileFormat``: pain.001.001.09 out, pain.002 in; CNY only."""

    suffix = "xml"
    media_type = "application/xml"

    def payments(self, batch: Batch, payer: Payer) -> bytes:
        document = ET.Element("Document", xmlns=PAIN_001)
        initiation = ET.SubElement(document, "CstmrCdtTrfInitn")
        count, total = str(len(batch.payments)), yuan_text(batch.total_fen)
        head = ET.SubElement(initiation, "GrpHdr")
        _put(head, "MsgId", batch.id.hex)
        _put(head, "CreDtTm", batch.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        _put(head, "NbOfTxs", count)
        _put(head, "CtrlSum", total)
        _put(head, "InitgPty/Nm", payer.name)
        order = ET.SubElement(initiation, "PmtInf")
        _put(order, "PmtInfId", batch.id.hex)
        _put(order, "PmtMtd", "TRF")
        _put(order, "NbOfTxs", count)
        _put(order, "CtrlSum", total)
        _put(order, "ReqdExctnDt/Dt", clock.day_of(batch.made_at).isoformat())
        _put(order, "Dbtr/Nm", payer.name)
        _put(order, "DbtrAcct/Id/Othr/Id", payer.account)
        _put(order, "DbtrAgt/FinInstnId/Nm", payer.bank)
        for payment in batch.payments:
            _transfer(order, payment)
        ET.indent(document)
        content: bytes = ET.tostring(document, encoding="UTF-8", xml_declaration=True)
        return content

    def says(self, content: bytes, batch: Batch) -> bool:
        try:
            told = messages.message(content, "CstmrCdtTrfInitn")
            payments = [_told(transfer) for transfer in told.findall("PmtInf/CdtTrfTxInf")]
        except BadMessage:
            return False
        head = messages.text(told, "GrpHdr/MsgId"), messages.text(told, "GrpHdr/CtrlSum")
        should = [
            (p.id, p.amount_fen, p.payee_name.strip(), p.payee_account, p.payee_bank.strip())
            for p in batch.payments
        ]
        return head == (batch.id.hex, yuan_text(batch.total_fen)) and payments == should

    def results(self, content: bytes) -> Results:
        try:
            report = messages.message(content, "CstmrPmtStsRpt")
            return _results(report)
        except BadMessage as broken:
            raise BadResults.one(str(broken)) from None


def _transfer(order: ET.Element, payment: Payment) -> None:
    transfer = ET.SubElement(order, "CdtTrfTxInf")
    _put(transfer, "PmtId/InstrId", payment.id)
    _put(transfer, "PmtId/EndToEndId", payment.id)
    amount = _put(transfer, "Amt/InstdAmt", yuan_text(payment.amount_fen))
    amount.set("Ccy", messages.CURRENCY)
    _put(transfer, "CdtrAgt/FinInstnId/Nm", payment.payee_bank)
    _put(transfer, "Cdtr/Nm", payment.payee_name)
    _put(transfer, "CdtrAcct/Id/Othr/Id", payment.payee_account)
    _put(transfer, "RmtInf/Ustrd", payment.purpose)


def _told(transfer: ET.Element) -> tuple[str, int, str, str, str]:
    return (
        messages.text(transfer, "PmtId/EndToEndId"),
        messages.amount_fen(transfer, "Amt/InstdAmt"),
        messages.text(transfer, "Cdtr/Nm"),
        messages.text(transfer, "CdtrAcct/Id/Othr/Id"),
        messages.text(transfer, "CdtrAgt/FinInstnId/Nm"),
    )


def _put(parent: ET.Element, path: str, words: str) -> ET.Element:
    """Write the words at the path below the element, making what is missing on the way."""
    *above, last = path.split("/")
    for name in above:
        found = parent.find(name)
        parent = ET.SubElement(parent, name) if found is None else found
    leaf = ET.SubElement(parent, last)
    leaf.text = words
    return leaf


def _results(report: ET.Element) -> Results:
    group = report.find("OrgnlGrpInfAndSts")
    if group is None:
        raise BadMessage("缺少 OrgnlGrpInfAndSts")
    count = messages.needed(group, "OrgnlNbOfTxs")
    if not (texts.are_digits(count) and int(count[:9]) <= ROWS_MAX):
        raise BadMessage("OrgnlNbOfTxs 看不懂")
    total_fen = messages.fen_of(messages.needed(group, "OrgnlCtrlSum"))
    batch_id = messages.needed(group, "OrgnlMsgId").lower()
    found = report.findall("OrgnlPmtInfAndSts/TxInfAndSts")
    lines = tuple(_line(row, status) for row, status in enumerate(found, start=1))
    whole = None
    if not lines:
        state = STATUSES.get(messages.text(group, "GrpSts"))
        whole = ResultLine(0, "", total_fen, state, _reason(group))
    return Results(batch_id, int(count), total_fen, lines, whole)


def _line(row: int, status: ET.Element) -> ResultLine:
    return ResultLine(
        row=row,
        payment_id=messages.needed(status, "OrgnlEndToEndId").lower(),
        amount_fen=messages.amount_fen(status, "OrgnlTxRef/Amt/InstdAmt"),
        state=_state(status),
        reason=_reason(status),
        bank_reference=messages.text(status, "AcctSvcrRef") or None,
    )


def _state(status: ET.Element) -> PaymentState | None:
    """What the bank says; nothing that decides when it says two things at once."""
    told = {(word.text or "").strip() for word in status.findall("TxSts")}
    return STATUSES.get(told.pop()) if len(told) == 1 else None


def _reason(status: ET.Element) -> str | None:
    code = messages.text(status, "StsRsnInf/Rsn/Cd") or messages.text(status, "StsRsnInf/Rsn/Prtry")
    words = messages.text(status, "StsRsnInf/AddtlInf") or REASONS.get(code, code)
    return words[:REASON_LENGTH_MAX] or None
