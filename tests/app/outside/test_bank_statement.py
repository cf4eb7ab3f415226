"""A statement file is taken whole or not at all; each fault is named by row and column."""

from datetime import date

import pytest

from app.outside.bank import BadStatement, Statement, StatementLine
from app.outside.bank.statement import FILE_BYTES_MAX, PROBLEMS_SHOWN_MAX
from tests.given.statements import the_statement

ID = "0123456789abcdef0123456789abcdef"
# Rows are numbered from 1, as a spreadsheet shows them: the lines are rows 7 to 9.
GOOD = """\
账号,9901010100000018
日期,2026-06-01
期初余额,"1,000.00"
期末余额,1200.05
笔数,3
交易日期,交易流水号,收入金额,支出金额,余额,对方户名,对方账号,摘要,指令号
2026-06-01,A1,500.00,,1500.00,分分县财政局,9901010100000026,垃圾分类资金,
2026-06-01,A2,,300.00,1200.00,李家小卖部,6228480000000000012,积分兑付,0123456789abcdef0123456789abcdef
2026-06-01,A3,0.05,0.00,1200.05,分分县农村信用社,,结息,
"""
LINES = (
    StatementLine(
        bank_reference="A1",
        booked_on=date(2026, 6, 1),
        amount_fen=50_000,
        counterparty_name="分分县财政局",
        counterparty_account="9901010100000026",
        purpose="垃圾分类资金",
        payment_id=None,
    ),
    StatementLine(
        bank_reference="A2",
        booked_on=date(2026, 6, 1),
        amount_fen=-30_000,
        counterparty_name="李家小卖部",
        counterparty_account="6228480000000000012",
        purpose="积分兑付",
        payment_id=ID,
    ),
    StatementLine(
        bank_reference="A3",
        booked_on=date(2026, 6, 1),
        amount_fen=5,
        counterparty_name="分分县农村信用社",
        counterparty_account="",
        purpose="结息",
        payment_id=None,
    ),
)
STATEMENT = Statement("9901010100000018", date(2026, 6, 1), 100_000, 120_005, LINES)


def changed(*changes):
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


def problems_of(content):
    with pytest.raises(BadStatement) as bad:
        the_statement(content)
    assert bad.value.status == 422
    problems = bad.value.details["problems"]
    assert bad.value.details["count"] >= len(problems) > 0
    return [(found["row"], found["column"], found["problem"]) for found in problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_statement_reads_in_the_encodings_of_banks(encoding):
    assert the_statement(GOOD.encode(encoding)) == STATEMENT


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\n\n"),
        GOOD.replace("A2", '="A2"').replace("6228480000000000012", "6228480000000000012\t"),
        GOOD.replace("2026-06-01", "20260601"),
        GOOD.replace("2026-06-01", "2026/6/1 09:30:00"),
        GOOD.replace("2026-06-01", "2026年6月1日"),
        GOOD.replace("日期,2026", "日期：,2026", 1),
        GOOD.replace("笔数,3\n", ""),
        "分分县农村信用社账户明细\n" + GOOD,
        GOOD.replace("\n日期,2026-06-01", ",日期,2026-06-01", 1),
        GOOD.replace("2026-06-01,A", "20260601093000,A"),
        GOOD.replace("2026-06-01,A", "２０２６-06-01T09:30:00,A"),
        GOOD.replace("笔数,3", "笔数,共 3 笔"),
        GOOD.replace("收入金额", "收入金额（元）").replace(",余额,", ",余额(人民币),"),
        GOOD.replace("0123456789abcdef" * 2, "0123456789ABCDEF" * 2),
    ],
)
def test_what_banks_write_differently_reads_the_same(content):
    assert the_statement(content.encode()) == STATEMENT


@pytest.mark.parametrize(
    ("as_written", "otherwise"),
    [
        ("500.00", "¥500.00"),
        ("500.00", "￥500.00"),
        ("500.00", "500.00元"),
        ("500.00", "CNY 500.00"),
        ("500.00", "500.00 RMB"),
        ("500.00", "人民币500.00元整"),
        ("500.00", "+500.00"),
        ("500.00", "+¥500"),
        ("500.00", "５００．００"),
        ("500.00", "0000000000000000500.00"),
        ("500.00", "500.0000"),
        ("500.00", "'500.00"),
        ('"1,000.00"', "1000."),
        ('"1,000.00"', '"￥1,000.00"'),
        ('"1,000.00"', "１，０００．００"),
        ("0.05,0.00", ".05,--"),
        ("0.05,0.00", "0.05,/"),
        (",300.00,", ",-300.00,"),
        (",300.00,", ",300.00-,"),
        (",300.00,", ",¥-300.00,"),
        (",300.00,", ",－300.00,"),
    ],
)
def test_an_amount_is_the_same_however_banks_write_it(as_written, otherwise):
    assert the_statement(changed((as_written, otherwise))) == STATEMENT


def test_a_minus_that_takes_a_booking_back_is_told_from_one_that_only_says_out():
    taken_back = changed(
        ("A2,,300.00,1200.00", "A2,,-300.00,1800.00"),
        ("0.05,0.00,1200.05", "-0.05,0.00,1799.95"),
        ("期末余额,1200.05", "期末余额,1799.95"),
    )

    lines = the_statement(taken_back).lines

    assert [line.amount_fen for line in lines] == [50_000, 30_000, -5]


def newest_first(text=GOOD):
    rows = text.splitlines()
    return "\n".join(rows[:6] + rows[:5:-1])


def test_a_statement_with_the_newest_line_first_is_the_same():
    assert the_statement(newest_first().encode()) == STATEMENT


def test_with_the_newest_line_first_a_slip_is_told_by_the_row_below():
    content = newest_first().replace(",,300.00,", ",,299.99,")

    assert problems_of(content.encode()) == [(8, "余额", "余额不连续：按下一行推算应为 1200.01 元")]


FEE = "2026-06-01,A2,,1.00,1199.00,分分县农村信用社,,手续费,0123456789abcdef0123456789abcdef\n"


@pytest.mark.parametrize("turn", [str, newest_first])
def test_a_fee_under_the_reference_of_its_payment_is_a_line_of_its_own(turn):
    content = (
        GOOD.replace("2026-06-01,A3", FEE + "2026-06-01,A3")
        .replace("1200.05", "1199.05")
        .replace("笔数,3", "笔数,4")
    )

    lines = the_statement(turn(content).encode()).lines

    assert [(line.bank_reference, line.amount_fen) for line in lines] == [
        ("A1", 50_000),
        ("A2", -30_000),
        ("A2", -100),
        ("A3", 5),
    ]


@pytest.mark.parametrize(
    "below",
    [
        "合计,,500.05,300.00,,,,,",
        "合计：,,500.05,-300.00,1200.05,,,,",
        "2026-06-01,合计,500.05,300.00,,,,,",
        ",,500.05,300.00,1200.05,,,总计 3 笔,",
        "小计,,500.00,300.00,,,,,\n合计,,¥500.05,300.00元,,,,,",
        "合计,500.05,300.00",
        "2026-06-01,,,,1200.05,,,过次页,",
        "以上为全部交易记录",
        "打印时间,2026-06-02 08:00:00",
    ],
)
def test_sums_and_notes_below_the_lines_are_no_lines(below):
    assert the_statement((GOOD + below + "\n").encode()) == STATEMENT


def test_a_page_that_begins_and_ends_with_what_is_carried_over_reads_the_same():
    content = GOOD.replace("2026-06-01,A1", "2026-06-01,,,,1000.00,,,承前页,\n2026-06-01,A1")

    assert the_statement(content.encode()) == STATEMENT


def test_a_sum_that_is_none_of_the_lines_is_told():
    assert problems_of((GOOD + "合计,,500.05,300.01,,,,,\n").encode()) == [
        (10, "支出金额", "合计不符：各行相加为 300.00 元")
    ]


def test_a_line_without_a_reference_is_no_sum_and_keeps_no_day_open():
    lines = the_statement(changed((",A3,", ",,"), ("结息", "本日结息"))).lines

    assert [(line.bank_reference, line.amount_fen) for line in lines] == [
        ("A1", 50_000),
        ("A2", -30_000),
        ("无流水号", 5),
    ]


def test_columns_are_found_by_their_names():
    rows = [
        "账号,1\n日期,2026-06-01\n期初余额,0\n期末余额,1",
        "序号,指令号,摘要,对方账号,对方户名,余额,支出金额,收入金额,交易流水号,交易日期",
        "1,,资金,2,财政局,1.00,,1.00,A1,2026-06-01",
    ]

    statement = the_statement("\n".join(rows).encode())
    assert [(line.amount_fen, line.purpose) for line in statement.lines] == [(100, "资金")]


def test_a_day_without_lines_is_a_statement():
    content = "".join(GOOD.splitlines(keepends=True)[:6])

    statement = the_statement(
        content.replace("1200.05", "1000").replace("笔数,3", "笔数,0").encode()
    )
    assert statement == Statement("9901010100000018", date(2026, 6, 1), 100_000, 100_000, ())


NO_TABLE = (
    "没有找到表头行（交易日期、交易流水号……），这不是对账单。请在网银里选择“账户明细”或“对账单”导出"
)
AMOUNT = "金额看不懂，应为 1234.50 这样的写法，最多两位小数"
DATE = "日期看不懂，应为 2026-01-31 这样的写法"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            ("账号,9901010100000018\n", ""),
            (None, "账号", "文件开头缺少“账号”，请在网银里选择带账号、日期和余额的对账单导出"),
        ),
        (
            ("日期,2026-06-01\n", ""),
            (None, "日期", "文件开头缺少“日期”，请在网银里选择带账号、日期和余额的对账单导出"),
        ),
        (
            ("账号,9901010100000018", "账号,"),
            (None, "账号", "文件开头缺少“账号”，请在网银里选择带账号、日期和余额的对账单导出"),
        ),
        (("笔数,3", "日期,2026-06-02"), (5, "日期", "“日期”出现了两次，内容不同")),
        (("日期,2026-06-01", "日期,2026-02-30"), (2, "日期", DATE)),
        (('"1,000.00"', "1000美元"), (3, "期初余额", AMOUNT)),
        (('"1,000.00"', '"1,00.00"'), (3, "期初余额", AMOUNT)),
        (('"1,000.00"', "+-1000"), (3, "期初余额", AMOUNT)),
        (("1200.05\n笔数", "1200.055\n笔数"), (4, "期末余额", AMOUNT)),
        (("笔数,3", "笔数,4"), (5, "笔数", "笔数不符：文件里有 3 笔，文件可能不完整")),
        ((",余额,", ",结余,"), (6, "余额", "缺少“余额”这一列，请在网银导出时勾选这一列")),
        (
            (",摘要,指令号\n", ",甲,乙\n"),
            (
                *(6, "指令号"),
                "缺少“指令号”这一列，也没有附言，看不出是哪一笔付款，请勾选后再导出",
            ),
        ),
        (("笔数,3", "币种,美元"), (5, "币种", "币种不是人民币，请导出人民币账户的对账单")),
        (("2026-06-01,A1", "昨天,A1"), (7, "交易日期", DATE)),
        (("2026-06-01,A1", "2026-06-02,A1"), (7, "交易日期", "不是对账单当天的日期，请重新下载")),
        (
            (",A1,", f",{'A' * 101},"),
            (7, "交易流水号", "流水号超过 100 个字，可能是列错位了，请重新下载"),
        ),
        (("500.00", "五百"), (7, "收入金额", AMOUNT)),
        (("500.00,", "500.001,"), (7, "收入金额", AMOUNT)),
        (("500.00,", "1e3,"), (7, "收入金额", AMOUNT)),
        (
            ("500.00,,", "500.00,-1.00,"),
            (7, "收入金额", "收入金额和支出金额应当只填一个，请重新下载"),
        ),
        (
            ("500.00,,", "500.00,1.00,"),
            (7, "收入金额", "收入金额和支出金额应当只填一个，请重新下载"),
        ),
        (("500.00,,", ",,"), (7, "收入金额", "收入金额和支出金额应当只填一个，请重新下载")),
        (("1500.00,分", "nan,分"), (7, "余额", AMOUNT)),
        ((",,结息,", ""), (9, None, "这一行的列数不够，文件可能被截断，请重新下载")),
    ],
)
def test_each_fault_is_named_by_row_and_column(change, problem):
    assert problem in problems_of(changed(change))


def test_a_changed_amount_breaks_the_balance_of_its_row_and_no_other():
    assert problems_of(changed(("300.00", "299.99"))) == [
        (8, "余额", "余额不连续：按上一行推算应为 1200.01 元")
    ]


def test_a_line_taken_out_is_noticed_by_the_balance_and_the_count():
    line = GOOD.splitlines(keepends=True)[7]

    assert problems_of(changed((line, ""))) == [
        (8, "余额", "余额不连续：按上一行推算应为 1500.05 元"),
        (5, "笔数", "笔数不符：文件里有 2 笔，文件可能不完整"),
    ]


def test_the_last_line_taken_out_is_noticed_by_the_closing_balance():
    line = GOOD.splitlines(keepends=True)[8]

    assert problems_of(changed((line, ""), ("笔数,3", "笔数,2"))) == [
        (4, "期末余额", "期初余额加收支为 1200.00 元，与期末余额不符")
    ]


def test_every_problem_is_listed_at_once():
    content = changed(("2026-06-01,A1", "x,A1"), (",300.00", ",三百"), (",A3,", ",,"))

    assert problems_of(content) == [
        (7, "交易日期", DATE),
        (8, "支出金额", AMOUNT),
    ]


def test_the_list_of_problems_is_bounded_and_the_count_is_not():
    head = "\n".join(GOOD.splitlines()[:6])
    content = head + "\nx" * 500

    with pytest.raises(BadStatement) as bad:
        the_statement(content.encode())
    assert len(bad.value.details["problems"]) == PROBLEMS_SHOWN_MAX
    # 500 short lines, the count and the closing balance
    assert bad.value.details["count"] == 502
    assert bad.value.sentence().startswith("对账单有 502 处问题，没有导入")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "文件是空的，请重新下载"),
        (b" \r\n", "文件是空的，请重新下载"),
        (b"\xef\xbb\xbf", NO_TABLE),
        (b"x" * (FILE_BYTES_MAX + 1), "文件超过 5 MB，请按天导出对账单"),
        (b"PK\x03\x04\x14\x00", "这是 Excel 文件，请在网银里选择导出 CSV 格式"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "这是 Excel 文件，请在网银里选择导出 CSV 格式"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "文件不是文字格式，请在网银里选择导出 CSV 格式"),
        (b"a,b\nc,d\n", NO_TABLE),
        (b"<html></html>", "这不是 BkToCstmrStmt 报文，请确认选对了文件"),
        (b"a,b\n" * 50_001, "文件超过 50000 行，请按天导出对账单"),
    ],
)
def test_a_file_that_is_no_statement_is_refused_with_what_to_do(content, problem):
    assert problems_of(content) == [(None, None, problem)]


def test_a_quote_left_open_is_named_by_its_row():
    assert problems_of(changed((",A3,", ',"A3,'))) == [
        (9, None, "这一行的引号或分隔不对，请重新下载")
    ]


def test_no_problem_repeats_names_or_accounts():
    content = changed(("1500.00,分", "0,分"), ("300.00", "x"), (",A3,", ",A1,"))

    told = str(problems_of(content))
    assert "李家小卖部" not in told
    assert "6228480000000000012" not in told
