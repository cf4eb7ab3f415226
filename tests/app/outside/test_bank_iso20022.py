"""ISO 20022 messages: what goes out is exact, what comes in is believed only when it is clear."""

from datetime import UTC, date, datetime
from uuid import UUID

import defusedxml.ElementTree
import pytest

from app.outside.bank import BadStatement, Payment, PaymentState
from app.outside.bank.files import BadResults, Batch, Payer
from app.outside.bank.iso20022 import STATUSES, Iso20022
from sandbox.bank_files import statement_xml
from tests.given.factories import COUNTY
from tests.given.statements import the_statement

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
    read = the_statement(GOOD)

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

    read = the_statement(content.encode())

    assert [(x.bank_reference, x.amount_fen, x.payment_id) for x in read.lines] == [
        ("R1-1", -100, IDS[0]),
        ("R1-2", -200, IDS[1]),
    ]
    with pytest.raises(BadStatement):
        the_statement(content.replace(">2.00<", ">2.01<").encode())


def test_a_pending_entry_is_none_yet():
    pending = GOOD.replace(b"<Sts><Cd>BOOK</Cd></Sts>", b"<Sts><Cd>PDNG</Cd></Sts>", 1)
    content = pending.replace(b">12.00<", b">7.00<")

    assert [x.bank_reference for x in the_statement(content).lines] == ["R2"]


def lines_of(content: bytes) -> list[tuple[str, int, str | None]]:
    return [(x.bank_reference, x.amount_fen, x.payment_id) for x in the_statement(content).lines]


LINES = [("R1", 500, None), ("R2", -300, IDS[0])]
BALANCE = (
    '<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{}</Amt>'
    "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{}</Dt></Dt></Bal>"
)
BEFORE = {
    "an entry of nothing": (
        b"<Ntry>",
        b'<Ntry><Amt Ccy="CNY">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        b"<AcctSvcrRef>R0</AcctSvcrRef></Ntry><Ntry>",
    ),
    "balances of other kinds": (
        b"<Bal>",
        "".join(
            BALANCE.format(kind, amount, DAY)
            for kind, amount in (("ITBD", "11.00"), ("CLAV", "12.00"), ("OPAV", "9.00"))
        ).encode()
        + b"<Bal>",
    ),
    "the balance of the day before beside the opening one": (
        b"<Bal>",
        BALANCE.format("PRCD", "10.00", "2026-05-31").encode() + b"<Bal>",
    ),
    "the closing balance twice": (
        b"<Ntry>",
        BALANCE.format("CLBD", "12.00", DAY).encode() + b"<Ntry>",
    ),
    "amounts filled with zeros": (b">5.00<", b">000000000000000005.00<"),
    "amounts with a plus": (b">5.00<", b">+5.00<"),
    "amounts with more zeros": (b">5.00<", b">5.00000<"),
    "a booking as an instant of UTC": (
        b"<BookgDt><Dt>2026-06-01</Dt>",
        b"<BookgDt><DtTm>2026-05-31T16:00:00Z</DtTm>",
    ),
    "a booking late in the evening of UTC": (
        b"<BookgDt><Dt>2026-06-01</Dt>",
        b"<BookgDt><DtTm>2026-05-31T23:30:00.000+00:00</DtTm>",
    ),
    "a booking as an instant of China": (
        b"<BookgDt><Dt>2026-06-01</Dt>",
        b"<BookgDt><DtTm>2026-06-01T00:10:00+08:00</DtTm>",
    ),
    "a booking at the end of the day": (
        b"<BookgDt><Dt>2026-06-01</Dt>",
        b"<BookgDt><DtTm>2026-06-01T24:00:00</DtTm>",
    ),
    "a day with a zone": (b"<BookgDt><Dt>2026-06-01", b"<BookgDt><Dt>2026-06-01+08:00"),
    "a booking without a day": (b"<BookgDt><Dt>2026-06-01</Dt></BookgDt>", b""),
    "the reference inside the transaction": (
        b"<AcctSvcrRef>R1</AcctSvcrRef><NtryDtls><TxDtls><Refs>",
        b"<NtryDtls><TxDtls><Refs><AcctSvcrRef>R1</AcctSvcrRef>",
    ),
    "no reference of the entry, as it says": (
        b"<AcctSvcrRef>R1</AcctSvcrRef><NtryDtls><TxDtls><Refs>",
        b"<AcctSvcrRef>NOTPROVIDED</AcctSvcrRef><NtryDtls><TxDtls><Refs>"
        b"<AcctSvcrRef>R1</AcctSvcrRef>",
    ),
    "our reference in capitals": (IDS[0].encode(), IDS[0].upper().encode()),
    "a batch of one": (
        b"<NtryDtls>",
        b'<NtryDtls><Btch><NbOfTxs>1</NbOfTxs><TtlAmt Ccy="CNY">5.00</TtlAmt></Btch>',
    ),
    "the amount that was ordered in another currency": (
        b"<TxDtls>",
        b'<TxDtls><AmtDtls><InstdAmt><Amt Ccy="USD">0.70</Amt></InstdAmt></AmtDtls>',
    ),
}


@pytest.mark.parametrize("what", BEFORE)
def test_a_statement_that_differs_in_what_does_not_matter_is_read(what):
    before, after = BEFORE[what]
    assert before in GOOD

    assert lines_of(GOOD.replace(before, after, 1)) == LINES


def test_a_statement_in_an_encoding_of_china_is_read():
    content = GOOD.replace(b'encoding="UTF-8"', b'encoding="GBK"').decode().encode("gbk")

    assert [x.counterparty_name for x in the_statement(content).lines] == ["李家", "李家"]


def test_a_document_type_is_refused_in_an_encoding_of_china_too():
    content = DTD_ALONE.join([b'<?xml version="1.0" encoding="GB18030"?>', b""])

    with pytest.raises(BadStatement):
        the_statement(content)


def of_details(details: str) -> bytes:
    """A day with one entry of -3.00, of which this is told inside."""
    whole = statement_xml(DAY, 1_000, [booked(1, -300)]).decode()
    before, _, rest = whole.partition("<NtryDtls>")
    return (before + details + rest.partition("</NtryDtls>")[2]).encode()


ONE = (
    "<TxDtls><Refs><AcctSvcrRef>{}</AcctSvcrRef><EndToEndId>{}</EndToEndId></Refs>{}"
    "<CdtDbtInd>DBIT</CdtDbtInd></TxDtls>"
)
OLDER = '<AmtDtls><TxAmt><Amt Ccy="CNY">{}</Amt></TxAmt></AmtDtls>'
BATCH_OF = '<Btch><NbOfTxs>1</NbOfTxs><TtlAmt Ccy="CNY">{}</TtlAmt></Btch>'


def test_amounts_of_a_batch_are_read_where_older_messages_keep_them():
    inside = ONE.format("S1", IDS[0], OLDER.format("1.00"))
    inside += ONE.format("S2", IDS[1], OLDER.format("2.00"))

    assert lines_of(of_details(f"<NtryDtls>{BATCH_OF.format('3.00')}{inside}</NtryDtls>")) == [
        ("S1", -100, IDS[0]),
        ("S2", -200, IDS[1]),
    ]


def test_a_transaction_alone_in_its_batch_has_the_amount_of_the_batch():
    batches = "".join(
        f"<NtryDtls>{BATCH_OF.format(yuan)}{ONE.format(own, payment, '')}</NtryDtls>"
        for own, payment, yuan in (("S1", IDS[0], "1.00"), ("S2", IDS[1], "002.00"))
    )

    assert lines_of(of_details(batches)) == [("S1", -100, IDS[0]), ("S2", -200, IDS[1])]


def test_batches_that_name_no_transactions_are_lines_of_the_entry():
    batches = "".join(f"<NtryDtls>{BATCH_OF.format(yuan)}</NtryDtls>" for yuan in ("1.00", "2.00"))

    assert lines_of(of_details(batches)) == [("R1-1", -100, None), ("R1-2", -200, None)]


def test_what_went_the_other_way_inside_a_batch_keeps_its_own_direction():
    inside = ONE.format("S1", IDS[0], '<Amt Ccy="CNY">3.50</Amt>')
    back = ONE.format("S2", IDS[1], '<Amt Ccy="CNY">0.50</Amt>').replace("DBIT", "CRDT")

    assert lines_of(of_details(f"<NtryDtls>{inside}{back}</NtryDtls>")) == [
        ("S1", -350, IDS[0]),
        ("S2", 50, IDS[1]),
    ]


def test_a_batch_whose_amounts_are_not_told_stays_one_line_for_two_people():
    inside = ONE.format("S1", IDS[0], "") + ONE.format("S2", IDS[1], "")

    assert lines_of(of_details(f"<NtryDtls>{inside}</NtryDtls>")) == [("R1", -300, None)]


SPOILT = {
    "two opening balances": (
        b"<Bal>",
        BALANCE.format("OPBD", "9.00", DAY).encode() + b"<Bal>",
    ),
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
        the_statement(GOOD.replace(before, after, 1))

    assert refused.value.details["problems"][0]["problem"]
