"""The same day as different banks lay it out: other names, separators, one column for amounts."""

from dataclasses import replace
from datetime import date

import pytest

from app.outside.bank import BadStatement, StatementLine, parse_statements
from tests.given.camt import entry, message, statement
from tests.given.statements import DAY, EVE, the_statement

ID = "0123456789abcdef0123456789abcdef"
LINES = (
    StatementLine("A1", DAY, 50_000, "分分县财政局", "9901010100000026", "垃圾分类资金", None),
    StatementLine("A2", DAY, -30_000, "李家小卖部", "6228480000000000012", "积分兑付", ID),
)
LAYOUTS = {
    "debit and credit": f"""\
账户明细查询
账号：9901010100000018,户名：分分县财政专户,币种：人民币
起始日期,2026-06-01,终止日期,2026-06-01
上日余额（元）,"1,000.00",本日余额（元）,"1,200.00"
记账日期,借方发生额(元),贷方发生额(元),账户余额,对方账户,对方账户名称,交易流水,用途,客户流水号
20260601,,500.00,"1,500.00",9901010100000026,分分县财政局,A1,垃圾分类资金,
20260601,300.00,,"1,200.00",6228480000000000012,李家小卖部,A2,积分兑付,{ID}
""",
    "one column with its direction": f"""\
账户,9901010100000018
查询日期,２０２６年６月１日
期初余额,1000
期末余额,1200
交易时间,流水号,借贷标志,交易金额,余额,对方名称,对方账号,摘要,附言
2026-06-01 09:30:00,A1,贷,"￥500.00",1500.00,分分县财政局,9901010100000026,垃圾分类资金,
2026-06-01 10:30:00,A2,借,300.00,1200.00,李家小卖部,6228480000000000012,积分兑付,付款{ID}完
总计,,,"800.00",,,,,
""",
    "one column with a sign": f"""\
卡号,9901010100000018
对账日期,2026/06/01
期初余额,1000
期末余额,1200
交易日期,交易流水号,发生额,余额,对方户名,对方账号,摘要,指令号
2026/06/01,A1,+500.00,1500.00,分分县财政局,9901010100000026,垃圾分类资金,
2026/06/01,A2,－３００．００,1200.00,李家小卖部,6228480000000000012,积分兑付,{ID}
""",
    "a sum without a word below": f"""\
账号,9901010100000018
日期,2026-06-01
期初余额,1000
期末余额,1200
交易日期,交易流水号,收入金额,支出金额,余额,对方户名,对方账号,摘要,指令号
2026-06-01,A1,500.00,,1500.00,分分县财政局,9901010100000026,垃圾分类资金,
2026-06-01,A2,,300.00,1200.00,李家小卖部,6228480000000000012,积分兑付,{ID}
,,500.00,300.00,,,,,
""",
}


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_day_reads_the_same_however_a_bank_lays_it_out(layout, encoding, separator):
    text = LAYOUTS[layout]
    if separator != ",":
        text = text.replace('"1,', '"1').replace(",", separator)

    read = the_statement(text.encode(encoding))

    assert (read.account, read.on) == ("9901010100000018", DAY)
    assert (read.opening_fen, read.closing_fen) == (100_000, 120_000)
    assert read.lines == LINES


def test_a_direction_that_nobody_knows_is_told():
    text = LAYOUTS["one column with its direction"].replace("A1,贷,", "A1,左,")

    with pytest.raises(BadStatement) as bad:
        parse_statements(text.encode())

    assert {"row": 6, "column": "借贷", "problem": "借贷方向看不懂，应为借或贷，请重新下载"} in (
        bad.value.details["problems"]
    )


def test_ten_thousands_of_yuan_are_never_read_as_yuan():
    text = LAYOUTS["debit and credit"].replace("上日余额（元）", "上日余额（万元）")

    with pytest.raises(BadStatement) as bad:
        parse_statements(text.encode())

    (problem,) = bad.value.details["problems"]
    assert problem["problem"].startswith("文件开头缺少“期初余额”")


WEEK = """\
账号,9901010100000018
日期,{period}
期初余额,10.00
期末余额,12.00
笔数,3
交易日期,交易流水号,收入金额,支出金额,余额,对方户名,对方账号,摘要,指令号
2026-05-30,000001,5.00,,15.00,财政局,,补助,
2026-05-30,000002,,1.00,14.00,信用社,,手续费,
2026-06-01,000001,,2.00,12.00,信用社,,手续费,
"""


@pytest.mark.parametrize(
    "period", ["2026-05-29至2026-06-01", "20260529 - 20260601", "2026-05-29~2026-06-01"]
)
def test_a_file_of_several_days_is_a_statement_for_each_on_which_something_moved(period):
    told = parse_statements(WEEK.format(period=period).encode())

    assert [(one.on, one.opening_fen, one.closing_fen) for one in told] == [
        (date(2026, 5, 30), 1_000, 1_400),
        (DAY, 1_400, 1_200),
    ]
    assert [line.bank_reference for one in told for line in one.lines] == [
        "000001",
        "000002",
        "000001",
    ]


def test_a_file_of_several_days_without_a_line_is_one_statement_of_the_last():
    text = "".join(WEEK.splitlines(keepends=True)[:6]).format(period="2026-05-29至2026-06-01")

    read = the_statement(text.replace("12.00", "10.00").replace("笔数,3", "笔数,0").encode())

    assert (read.on, read.opening_fen, read.closing_fen, read.lines) == (DAY, 1_000, 1_000, ())


def test_a_line_outside_the_days_of_its_file_is_told():
    with pytest.raises(BadStatement) as bad:
        parse_statements(WEEK.format(period="2026-05-31至2026-06-01").encode())

    assert bad.value.details["problems"][0]["problem"] == "不在对账单的起止日期里，请重新下载"


def test_a_message_of_several_days_is_a_statement_for_each_the_oldest_first():
    told = parse_statements(
        message(
            statement(entry(2, -200), opening_fen=500, closing_fen=300),
            statement(entry(1, 500), opening_fen=0, closing_fen=500, on=EVE),
        )
    )

    assert [(one.on, one.closing_fen) for one in told] == [(EVE, 500), (DAY, 300)]


def test_a_message_with_one_day_twice_is_refused_with_what_to_do():
    twice = statement(entry(1, 500), opening_fen=0, closing_fen=500)

    with pytest.raises(BadStatement) as bad:
        parse_statements(message(twice, twice))

    assert bad.value.details["problems"][0]["problem"] == (
        "同一天的对账单在文件里出现了两次，请让银行每天只出一份"
    )


def test_an_entry_with_only_its_own_number_is_known_by_that():
    numbered = entry(1, 500).replace("AcctSvcrRef", "NtryRef")
    bare = entry(1, 500).replace("<AcctSvcrRef>R1</AcctSvcrRef>", "")

    (line,) = the_statement(message(statement(numbered, opening_fen=0, closing_fen=500))).lines
    with pytest.raises(BadStatement) as bad:
        parse_statements(message(statement(bare, opening_fen=0, closing_fen=500)))

    assert line == replace(line, bank_reference="R1")
    assert bad.value.details["problems"][0]["problem"].endswith("请让银行在导出时带上流水号")
