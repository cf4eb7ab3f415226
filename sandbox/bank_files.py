"""The stand-in bank's counter for files: reads payment files, writes results and statements.

It is written from docs/bank-files.md alone and shares no code with the product's own readers
and writers, so that the two prove each other.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring

from sandbox.bank_books import ACCOUNT, Books, Fate, Order

NAMESPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
PAIN_002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
CAMT_053 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
WORDS = {"accepted": "处理中", "settled": "成功", "rejected": "失败", "returned": "退汇"}
CODES = {"accepted": "ACSP", "settled": "ACSC", "rejected": "RJCT", "returned": "ACSC"}


@dataclass(frozen=True)
class Told:
    """A payment file as the bank's clerk sees it."""

    batch_id: str
    count: int
    total_fen: int
    orders: tuple[Order, ...]


def read_payments(content: bytes) -> Told:
    """A payment file in either format; what it says of itself must be true."""
    told = _read_xml(content) if content.startswith(b"<") else _read_csv(content)
    assert told.count == len(told.orders), "the count of the file is wrong"
    assert told.total_fen == sum(o.amount_fen for o in told.orders), "its sum is wrong"
    return told


def take(books: Books, told: Told, fates: dict[str, Fate] | None = None) -> None:
    """Book the orders of a payment file."""
    for order in told.orders:
        books.submit(order, (fates or {}).get(order.payment_id, Fate()))


def _read_csv(content: bytes) -> Told:
    rows = list(csv.reader(io.StringIO(content.decode("gb18030"), newline="")))
    head = {row[0]: row[1] for row in rows[:5]}
    assert rows[2][3] == ACCOUNT, "not our customer's account"
    orders = tuple(
        Order(
            payment_id=row[1],
            payee_name=row[2],
            payee_account=row[3],
            payee_bank=row[4],
            amount_fen=_fen(row[5]),
            purpose=row[6],
        )
        for row in rows[6:]
    )
    return Told(head["批次号"], int(head["笔数"]), _fen(head["合计金额"]), orders)


def _read_xml(content: bytes) -> Told:
    root = fromstring(content)
    initiation = root.find(f"{NAMESPACE}CstmrCdtTrfInitn")
    debtor = _at(initiation, "PmtInf", "DbtrAcct", "Id", "Othr", "Id").text
    assert debtor == ACCOUNT, "not our customer's account"
    head = _at(initiation, "GrpHdr")
    return Told(
        str(_at(head, "MsgId").text),
        int(str(_at(head, "NbOfTxs").text)),
        _fen(str(_at(head, "CtrlSum").text)),
        tuple(_order(one) for one in root.iter(f"{NAMESPACE}CdtTrfTxInf")),
    )


def _order(transfer: ET.Element) -> Order:
    amount = _at(transfer, "Amt", "InstdAmt")
    assert amount.get("Ccy") == "CNY"
    return Order(
        payment_id=str(_at(transfer, "PmtId", "EndToEndId").text),
        amount_fen=_fen(str(amount.text)),
        payee_name=str(_at(transfer, "Cdtr", "Nm").text),
        payee_account=str(_at(transfer, "CdtrAcct", "Id", "Othr", "Id").text),
        payee_bank=str(_at(transfer, "CdtrAgt", "FinInstnId", "Nm").text),
        purpose=str(_at(transfer, "RmtInf", "Ustrd").text),
    )


def _at(element: Any, *names: str) -> Any:
    found = element.find("/".join(NAMESPACE + name for name in names))
    assert found is not None, f"{names} is missing"
    return found


def results_csv(books: Books, told: Told) -> bytes:
    """How the bank stands to each order, as 企业网银 gives it to download."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["批次号", told.batch_id + "\t"])
    rows.writerow(["笔数", told.count, "合计金额", _yuan(told.total_fen)])
    rows.writerow(["序号", "指令号", "金额", "处理结果", "原因", "交易流水号"])
    for number, order in enumerate(told.orders, start=1):
        known = books.payment(order.payment_id) or {}
        rows.writerow(
            [
                number,
                order.payment_id + "\t",
                _yuan(order.amount_fen),
                WORDS[known["state"]],
                known["reason"] or "",
                known["bank_reference"] or "",
            ]
        )
    return text.getvalue().encode("gb18030")


def results_xml(books: Books, told: Told) -> bytes:
    """The same as pain.002."""
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{PAIN_002}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>R{told.batch_id[:20]}</MsgId></GrpHdr><OrgnlGrpInfAndSts>"
        f"<OrgnlMsgId>{told.batch_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"<OrgnlNbOfTxs>{told.count}</OrgnlNbOfTxs>"
        f"<OrgnlCtrlSum>{_yuan(told.total_fen)}</OrgnlCtrlSum></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{told.batch_id}</OrgnlPmtInfId>"
    ]
    for order in told.orders:
        known = books.payment(order.payment_id) or {}
        reason, reference = known["reason"], known["bank_reference"]
        why = f"<StsRsnInf><AddtlInf>{reason}</AddtlInf></StsRsnInf>" if reason else ""
        booked = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
        parts.append(
            f"<TxInfAndSts><OrgnlEndToEndId>{order.payment_id}</OrgnlEndToEndId>"
            f"<TxSts>{CODES[known['state']]}</TxSts>{why}{booked}<OrgnlTxRef><Amt>"
            f'<InstdAmt Ccy="CNY">{_yuan(order.amount_fen)}</InstdAmt></Amt></OrgnlTxRef>'
            "</TxInfAndSts>"
        )
    parts.append("</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>")
    return "".join(parts).encode()


def statement_xml(on: date, opening_fen: int, entries: list[dict[str, Any]]) -> bytes:
    """The day as camt.053."""
    closing_fen = opening_fen + sum(entry["amount_fen"] for entry in entries)
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{CAMT_053}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>S{on:%Y%m%d}</MsgId></GrpHdr><Stmt><Id>S{on:%Y%m%d}</Id>"
        f"<Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id></Acct>",
        _balance("OPBD", opening_fen, on),
        _balance("CLBD", closing_fen, on),
        *(_entry(entry) for entry in entries),
        "</Stmt></BkToCstmrStmt></Document>",
    ]
    return "".join(parts).encode()


def _balance(code: str, fen: int, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(fen)}"
        f"<Dt><Dt>{on.isoformat()}</Dt></Dt></Bal>"
    )


def _entry(entry: dict[str, Any]) -> str:
    side = "Dbtr" if entry["amount_fen"] > 0 else "Cdtr"
    purpose = entry["purpose"]
    returned = ""
    if purpose.startswith("退汇："):
        returned = f"<RtrInf><AddtlInf>{purpose.removeprefix('退汇：')}</AddtlInf></RtrInf>"
    return (
        f"<Ntry>{_amount(entry['amount_fen'])}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{entry['booked_on']}</Dt></BookgDt>"
        f"<AcctSvcrRef>{entry['bank_reference']}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{entry['payment_id'] or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"<RltdPties><{side}><Pty><Nm>{entry['counterparty_name']}</Nm></Pty></{side}>"
        f"<{side}Acct><Id><Othr><Id>{entry['counterparty_account']}</Id></Othr></Id></{side}Acct>"
        f"</RltdPties><RmtInf><Ustrd>{purpose}</Ustrd></RmtInf>{returned}</TxDtls></NtryDtls></Ntry>"
    )


def _amount(fen: int) -> str:
    side = "DBIT" if fen < 0 else "CRDT"
    return f'<Amt Ccy="CNY">{_yuan(abs(fen))}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _fen(words: str) -> int:
    yuan, decimals = words.split(".")
    assert len(decimals) == 2, "an amount has two decimals"
    return int(yuan) * 100 + int(decimals)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
