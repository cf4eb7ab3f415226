"""ISO 20022 messages: what goes out is exact, what comes in is believed only when it is clear."""

from datetime import UTC, date, datetime
from uuid import UUID

import defusedxml.ElementTree
import pytest

from app.outside.bank import BadStatement, Payment, PaymentState, parse_statement
from app.outside.bank.files import BadResults, Batch, Payer
from app.outside.bank.iso20022 import STATUSES, Iso20022
from sandbox.bank_files import statement_xml
from tests.given.factories import COUNTY

IDS = ("0123456789abcdef0123456789abcdef", "f" * 32)
PAYER = Payer("分分县垃圾分类积分专户", "9901010100000018", "分分县农村信用社")
BATCH = Batch(
    UUID("019e8156-a600-7b6f-aa09-cd0cf462ca7f"),
    datetime(2026, 6, 1, 20, 30, tzinfo=UTC),
    (
        Payment(IDS[0], 12_345, "李家<小卖部>&", "6228480000000000012", "信用社", "结算", COUNTY),
        Payment(IDS[1], 5, "王家", "6228480000000000020", "信用社", "结算", COUNTY),
    ),
)
NS = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


def test_a_payment_file_says_everything_once_and_exactly():
    root = defusedxml.ElementTree.fromstring(Iso20022().payments(BATCH, PAYER))

    def texts(name: str) -> list[str | None]:
        return [element.text for element in root.iter(NS + name)]

    assert root.tag == NS + "Document"
    assert texts("MsgId") == texts("PmtInfId") == ["019e8156a6007b6faa09cd0cf462ca7f"]
    assert texts("CreDtTm") == ["2026-06-01T20:30:00Z"]
    assert texts("NbOfTxs") == ["2", "2"]
    assert texts("CtrlSum") == ["123.50", "123.50"]
    assert [d.text for d in root.iter(NS + "Dt")] == ["2026-06-02"]  # the day in China
    assert texts("EndToEndId") == list(IDS)
    assert [(a.text, a.get("Ccy")) for a in root.iter(NS + "InstdAmt")] == [
        ("123.45", "CNY"),
        ("0.05", "CNY"),
    ]
    assert [cdtr.find(NS + "Nm").text for cdtr in root.iter(NS + "Cdtr")] == [
        "李家<小卖部>&",
        "王家",
    ]


def test_the_same_batch_is_the_same_bytes():
    assert Iso20022().payments(BATCH, PAYER) == Iso20022().payments(BATCH, PAYER)


def report(*lines: str, group: str = "", total: str = "123.50", count: str = "2") -> bytes:
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{BATCH.id.hex}</OrgnlMsgId><OrgnlNbOfTxs>{count}"
        f"</OrgnlNbOfTxs><OrgnlCtrlSum>{total}</OrgnlCtrlSum>{group}</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts>{''.join(lines)}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def line(status: str, more: str = "", amount: str = '<InstdAmt Ccy="CNY">123.45</InstdAmt>') -> str:
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{IDS[0]}</OrgnlEndToEndId><TxSts>{status}</TxSts>{more}"
        f"<OrgnlTxRef><Amt>{amount}</Amt></OrgnlTxRef></TxInfAndSts>"
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        *((code, PaymentState.ACCEPTED) for code in ("ACCP", "ACTC", "ACSP", "PDNG", "ACWC")),
        ("ACSC", PaymentState.SETTLED),
        ("RJCT", PaymentState.REJECTED),
        *((code, None) for code in ("CANC", "acsc", "", "RJCT ACSC")),
    ],
)
def test_a_status_means_what_it_says_and_an_unknown_one_nothing(status, state):
    (read,) = Iso20022().results(report(line(status))).lines

    assert (read.payment_id, read.amount_fen, read.state) == (IDS[0], 12_345, state)


def test_every_status_is_one_that_the_test_names():
    assert set(STATUSES) == {"ACCP", "ACTC", "ACSP", "PDNG", "ACWC", "ACSC", "RJCT"}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("<Rsn><Cd>BE01</Cd></Rsn>", "户名与账号不符"),
        ("<Rsn><Cd>XX99</Cd></Rsn>", "XX99"),
        ("<Rsn><Cd>BE01</Cd></Rsn><AddtlInf>姓名不对</AddtlInf>", "姓名不对"),
    ],
)
def test_a_refusal_carries_a_reason_that_people_read(told, reason):
    (read,) = Iso20022().results(report(line("RJCT", f"<StsRsnInf>{told}</StsRsnInf>"))).lines

    assert read.reason == reason


def test_one_word_on_the_whole_batch_is_read():
    results = Iso20022().results(report(group="<GrpSts>RJCT</GrpSts>"))

    assert results.lines == ()
    assert results.whole is not None
    assert results.whole.state is PaymentState.REJECTED


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    b"<Document><CstmrPmtStsRpt>&b;</CstmrPmtStsRpt></Document>"
)
FILE = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<Document><CstmrPmtStsRpt>&x;</CstmrPmtStsRpt></Document>"
)
DTD_ALONE = b'<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd"><Document/>'


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        FILE,
        DTD_ALONE,
        b"<Document>",
        b"<a/>",
        b"\x00",
        b"<Document><BkToCstmrStmt/></Document>",
        report(line("ACSC", amount='<InstdAmt Ccy="USD">123.45</InstdAmt>')),
        report(line("ACSC", amount='<InstdAmt Ccy="CNY">123.455</InstdAmt>')),
        report(line("ACSC", amount='<InstdAmt Ccy="CNY">1e2</InstdAmt>')),
        report(line("ACSC", amount='<InstdAmt Ccy="CNY">-1.00</InstdAmt>')),
        report(line("ACSC", amount='<InstdAmt Ccy="CNY">NaN</InstdAmt>')),
        report(line("ACSC", amount="")),
        report(count="many"),
        report(count="²"),
        report(total=""),
    ],
)
def test_what_is_no_clear_report_is_refused_with_a_sentence(content):
    with pytest.raises(BadResults) as refused:
        Iso20022().results(content)

    assert refused.value.details["problems"][0]["problem"]


# camt.053 -------------------------------------------------------------------------------------

DAY = date(2026, 6, 1)


def booked(n: int, amount_fen: int, payment_id: str | None = None) -> dict[str, object]:
    return {
        "booked_on": DAY.isoformat(),
        "bank_reference": f"R{n}",
        "amount_fen": amount_fen,
        "counterparty_name": "李家",
        "counterparty_account": "62",
        "purpose": "结算",
        "payment_id": payment_id,
    }


GOOD = statement_xml(DAY, 1_000, [booked(1, 500), booked(2, -300, IDS[0])])


def test_a_statement_is_read_to_the_last_fen():
    read = parse_statement(GOOD)

    assert (read.account, read.on) == ("9901010100000018", DAY)
    assert (read.opening_fen, read.closing_fen) == (1_000, 1_200)
    assert [(x.bank_reference, x.amount_fen, x.payment_id) for x in read.lines] == [
        ("R1", 500, None),
        ("R2", -300, IDS[0]),
    ]


def test_an_entry_of_several_payments_is_taken_apart():
    detail = (
        "<TxDtls><Refs><EndToEndId>{}</EndToEndId></Refs>"
        '<Amt Ccy="CNY">{}</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>'
    )
    details = detail.format(IDS[0], "1.00") + detail.format(IDS[1], "2.00")
    whole = statement_xml(DAY, 1_000, [booked(1, -300)]).decode()
    before, _, rest = whole.partition("<TxDtls>")
    content = before + details + rest.partition("</TxDtls>")[2]

    read = parse_statement(content.encode())

    assert [(x.bank_reference, x.amount_fen, x.payment_id) for x in read.lines] == [
        ("R1-1", -100, IDS[0]),
        ("R1-2", -200, IDS[1]),
    ]
    with pytest.raises(BadStatement):
        parse_statement(content.replace(">2.00<", ">2.01<").encode())


def test_a_pending_entry_is_none_yet():
    pending = GOOD.replace(b"<Sts><Cd>BOOK</Cd></Sts>", b"<Sts><Cd>PDNG</Cd></Sts>", 1)
    content = pending.replace(b">12.00<", b">7.00<")

    assert [x.bank_reference for x in parse_statement(content).lines] == ["R2"]


SPOILT = {
    "a sum that is off": (b">12.00<", b">12.01<"),
    "another currency": (b'Ccy="CNY">5.00', b'Ccy="USD">5.00'),
    "no reference": (b"<AcctSvcrRef>R2</AcctSvcrRef>", b""),
    "another day": (b"<BookgDt><Dt>2026-06-01", b"<BookgDt><Dt>2026-06-02"),
    "no closing balance": (b"CLBD", b"ITBD"),
    "no direction": (b"DBIT", b"SIDE"),
    "a document type": (b"<Document", b"<!DOCTYPE x><Document"),
    "a negative amount": (b">3.00<", b">-3.00<"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_statement_that_is_not_clear_is_refused_whole(what):
    before, after = SPOILT[what]
    assert before in GOOD

    with pytest.raises(BadStatement) as refused:
        parse_statement(GOOD.replace(before, after, 1))

    assert refused.value.details["problems"][0]["problem"]
