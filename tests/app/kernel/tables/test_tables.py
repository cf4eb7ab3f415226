"""A list of columns makes the reader, the template and the export, and what is wrong is told."""

import subprocess
import sys
from datetime import date, datetime, time
from enum import StrEnum
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from app.kernel import tables, texts
from app.kernel.tables import Cells, Columns, Problems, Table
from app.kernel.tables.lines import CSV_BYTES_MAX
from app.kernel.tables.texts import decoded


class Kind(StrEnum):
    COUNT = "count"
    COLOUR = "colour"
    NUMBER = "number"
    SMALL = "small"
    DEAR = "dear"


SENTENCES = {
    Kind.COUNT: "应为 1 到 9 的整数",
    Kind.COLOUR: "请选一种颜色",
    Kind.NUMBER: "请设为文本",
    Kind.SMALL: "应为小写",
    Kind.DEAR: "太贵，最多 {most} 元",
    tables.Kind.EMPTY: "这里要填",
}


class Column(Columns):
    NAME = "名称", Cells(length_max=5, how="五个字以内", example="红碗", width=20, is_text=True)
    NUMBER = "编号", Cells(no_numbers=Kind.NUMBER, clean=texts.number, optional="可以不填")
    COUNT = "件数", Cells(whole=(1, 9), wrong=Kind.COUNT, how="几件", example="3")
    COLOUR = "颜色", Cells(choices=("红", "蓝"), wrong=Kind.COLOUR, optional="没有就不填")
    WORD = "口令", Cells(right=str.islower, wrong=Kind.SMALL, optional="可以不填")
    DAY = "日子", Cells(takes_days=True, may_be_missing=True, optional="可以不填")
    PLACE = "地方", Cells(choices=("甲",), optional="可以不填")  # offered, not insisted on


TABLE = Table("货", Column, rows_max=20, takes_csv=True, notes=("一个文件最多 20 行。",))
SECRET = Table("货", Column, is_secret=True)
RIGHT = {Column.NAME: "红碗", Column.COUNT: 3}
HEADING = tuple(Column)


def book(*rows, heading=HEADING, change=None) -> BytesIO:
    made = Workbook()
    sheet = made.active
    sheet.title = "货"
    sheet.append([str(name) for name in heading])
    for row in rows:
        sheet.append([row.get(name) for name in heading])
    if change is not None:
        change(sheet)
    out = BytesIO()
    made.save(out)
    return out


def lines(*rows: str, encoding: str = "utf-8-sig") -> BytesIO:
    return BytesIO("\r\n".join(rows).encode(encoding))


def read(file: BytesIO, table=TABLE, listed_max=100):
    """The texts of the rows that are right, and the problems."""
    problems = Problems(listed_max, SENTENCES)
    with tables.reading(file, table, problems) as reader:
        rows = [row for row in reader.rows() if row.is_right]
    return [{c: row[c] for c in Column if row[c]} for row in rows], problems


def told(file: BytesIO, table=TABLE) -> list[tuple]:
    return [(p.row, p.column, str(p.kind)) for p in read(file, table)[1].listed()]


def test_rows_are_read_by_their_headings_in_any_order():
    rows, problems = read(book(RIGHT, heading=[*reversed(Column)]))

    assert (rows, problems.total) == ([{Column.NAME: "红碗", Column.COUNT: "3"}], 0)


def test_headings_may_have_spaces_in_them():
    assert told(book(RIGHT, change=lambda sheet: sheet.cell(1, 1, " 名 称\n"))) == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({Column.NAME: None}, "empty"),
        ({Column.NAME: "  "}, "empty"),
        ({Column.NAME: "六个字就太长"}, "too_long"),
        ({Column.NAME: "=A1"}, "formula"),
        ({Column.NAME: "#N/A"}, "cell_error"),
        ({Column.NAME: True}, "cell_kind"),
        ({Column.NAME: date(2026, 3, 12)}, "cell_date"),
        ({Column.NAME: time(8, 30)}, "cell_date"),
        ({Column.NUMBER: 123456789012345678}, "number"),
        ({Column.COUNT: 0}, "count"),
        ({Column.COUNT: 10}, "count"),
        ({Column.COUNT: 2.5}, "count"),
        ({Column.COLOUR: "绿"}, "colour"),
        ({Column.WORD: "ABC"}, "small"),
        ({Column.DAY: "=TODAY()"}, "formula"),
    ],
)
def test_a_wrong_cell_is_told_once_by_row_and_column(change, kind):
    (column,) = change

    assert told(book(RIGHT, RIGHT | change)) == [(3, column, kind)]


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (Column.NAME, 12.0, "12"),
        (Column.NAME, 2.5, "2.5"),
        (Column.NAME, " 红\u200b 碗\u3000", "红 碗"),
        (Column.NUMBER, "Ａ１ ２", "A12"),
        (Column.DAY, datetime(2026, 12, 31), "2026-12-31"),
        (Column.DAY, "2026年12月31日", "2026年12月31日"),
        (Column.PLACE, "乙", "乙"),
    ],
)
def test_a_cell_is_read_as_a_text(column, value, text):
    rows, problems = read(book(RIGHT | {column: value}))

    assert (rows[0][column], problems.total) == (text, 0)


def test_a_problem_says_what_to_do_in_the_words_of_the_table_or_in_the_general_ones():
    _, problems = read(book({Column.COUNT: 0}, RIGHT | {Column.NAME: "六个字就太长"}))

    assert problems.listed() == [
        (2, "名称", tables.Kind.EMPTY, "这里要填"),
        (2, "件数", Kind.COUNT, "应为 1 到 9 的整数"),
        (3, "名称", tables.Kind.TOO_LONG, "太长了，最多 5 个字"),
    ]


def test_so_many_are_listed_and_all_are_counted():
    _, problems = read(book(*[RIGHT | {Column.COUNT: 0}] * 5), listed_max=2)

    assert problems.details() == {
        "total": 5,
        "problems": [
            {"row": n, "column": "件数", "kind": "count", "message": "应为 1 到 9 的整数"}
            for n in (2, 3)
        ],
    }


def test_what_only_the_row_can_show_is_told_beside_it():
    problems = Problems(10, SENTENCES)
    with tables.reading(book(RIGHT), TABLE, problems) as reader:
        (row,) = reader.rows()
        row.problem(Column.COUNT, Kind.DEAR, most=5)

    assert not row.is_right
    assert problems.listed() == [(2, "件数", Kind.DEAR, "太贵，最多 5 元")]


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        (["名称"], [(1, "件数"), (1, "编号"), (1, "颜色"), (1, "口令"), (1, "地方")]),
        ([*HEADING, Column.NAME], [(1, "名称")]),
    ],
    ids=["missing", "twice"],
)
def test_with_an_unclear_heading_no_row_is_guessed_at(heading, found):
    file = book(RIGHT | {Column.COUNT: 0}, heading=heading)

    rows, problems = read(file)

    assert rows == []
    assert {(p.row, p.column) for p in problems.listed()} == set(found)


def test_an_unknown_column_is_told_and_the_rows_are_read():
    file = book(RIGHT | {Column.COUNT: 0}, heading=[*HEADING, "备注"])

    assert told(file) == [(1, "备注", "column_unknown"), (2, "件数", "count")]


def test_a_column_may_be_missing_and_what_stands_beyond_the_headings_is_not_read():
    rows, problems = read(lines("名称,编号,件数,颜色,口令,地方", "红碗,,3,,,,明年"))

    assert (rows, problems.total) == ([{Column.NAME: "红碗", Column.COUNT: "3"}], 0)


def test_merged_cells_are_told_under_their_heading():
    file = book(RIGHT, RIGHT, change=lambda sheet: sheet.merge_cells("C2:C3"))

    assert told(file) == [(2, "件数", "merged"), (3, "件数", "empty")]


def test_of_a_secret_table_no_problem_repeats_anything():
    def spoil(sheet):
        sheet.cell(1, 8, "AAAA-0001")
        sheet.merge_cells("H1:H3")

    _, problems = read(book(RIGHT, change=spoil), SECRET)

    assert [(p.column, str(p.kind)) for p in problems.listed()] == [
        ("8", "column_unknown"),
        ("H", "merged"),
    ]
    assert "AAAA" not in str(problems.listed())


def test_empty_rows_are_skipped_and_the_others_keep_their_numbers():
    file = book(RIGHT, {}, {Column.NAME: "\u3000 "}, RIGHT | {Column.COUNT: 0}, {}, {})

    problems = Problems(10, SENTENCES)
    with tables.reading(file, TABLE, problems) as reader:
        numbers = [row.number for row in reader.rows()]

    assert (numbers, reader.rows_read) == ([2, 5], 2)
    assert [p.row for p in problems.listed()] == [5]


def test_rows_can_be_read_twice_and_the_heading_is_told_once():
    problems = Problems(10, SENTENCES)
    with tables.reading(book(RIGHT, heading=[*HEADING, "备注"]), TABLE, problems) as reader:
        counts = [len(list(reader.rows())) for _ in range(2)]

    assert (counts, problems.total) == ([1, 1], 1)


@pytest.mark.parametrize("make", [book, lambda *rows: lines(",".join(HEADING), *["红碗,,3"] * 21)])
def test_more_rows_than_the_table_has_are_refused(make):
    with pytest.raises(tables.TooManyRows) as refusal:
        read(make(*[RIGHT] * 21))

    assert refusal.value.details == {"most": 20}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_csv_is_read_as_a_sheet_is(encoding):
    rows, problems = read(lines(",".join(HEADING), "红碗,007,3", ",,", ",,0", encoding=encoding))

    assert rows == [{Column.NAME: "红碗", Column.NUMBER: "007", Column.COUNT: "3"}]
    assert [(p.row, str(p.kind)) for p in problems.listed()] == [(4, "empty"), (4, "count")]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", tables.WorkbookEmpty),
        (b"\x89PNG\r\n\x00", tables.NotText),
        (b"\xff\xff\xff", tables.NotText),
        ((",".join(HEADING) + '\r\n"A"B').encode(), tables.NotText),
        (b"x" * (CSV_BYTES_MAX + 1), tables.WorkbookTooLarge),
        (b"PK\x03\x04junk", tables.NotAWorkbook),
        (bytes.fromhex("d0cf11e0a1b11ae1"), tables.WorkbookTooOld),
    ],
)
def test_what_is_no_table_is_refused(content, refusal):
    with pytest.raises(refusal):
        read(BytesIO(content))


def test_a_table_that_is_kept_in_excel_only_takes_no_csv():
    with pytest.raises(tables.NotAWorkbook):
        read(lines(",".join(HEADING)), SECRET)


def test_the_template_has_headings_explanations_lists_and_limits():
    made = load_workbook(BytesIO(tables.template(TABLE, {Column.PLACE: ["=东村", "西村"]})))

    assert [cell.value for cell in made["货"][1]] == list(Column)
    assert made["货"].column_dimensions["A"].width == 20
    assert made["货"].column_dimensions["A"].number_format == "@"
    told = [[cell.value for cell in row] for row in made["说明"].iter_rows()]
    assert told[0] == ["列", "是否必填", "怎么填", "例子"]
    assert told[1] == ["名称", "必填", "五个字以内", "红碗"]
    assert told[4][:2] == ["颜色", "没有就不填"]
    assert told[-1][0] == "一个文件最多 20 行。"
    assert made["选项"].sheet_state == "hidden"
    assert [cell.value for cell in made["选项"]["D"]] == ["红", "蓝"]
    assert [cell.value for cell in made["选项"]["G"]] == ["=东村", "西村"]
    assert {cell.data_type for cell in made["选项"]["G"]} == {"s"}
    limits = {
        str(v.sqref): (v.type, v.formula1) for v in made["货"].data_validations.dataValidation
    }
    assert limits == {
        "C2:C21": ("whole", "1"),
        "D2:D21": ("list", "选项!$D$1:$D$2"),
        "G2:G21": ("list", "选项!$G$1:$G$2"),
    }


def test_the_template_is_an_empty_table():
    assert read(BytesIO(tables.template(TABLE, {}))) == ([], Problems(100, SENTENCES))


def test_what_is_exported_can_be_read_again_and_computes_nothing():
    empty = dict.fromkeys(Column, "")
    given = [
        empty | {Column.NAME: "=1+1", Column.COUNT: 3, Column.NUMBER: "007"},
        empty | {Column.NAME: "@A\x07", Column.COUNT: 9, Column.COLOUR: "蓝"},
    ]

    content = tables.export(TABLE, {}, given)

    rows, problems = read(BytesIO(content))
    assert (rows, problems.total) == (
        [
            {Column.NAME: "=1+1", Column.NUMBER: "007", Column.COUNT: "3"},
            {Column.NAME: "@A", Column.COUNT: "9", Column.COLOUR: "蓝"},
        ],
        0,
    )
    cells = [cell for row in load_workbook(BytesIO(content))["货"].iter_rows(2) for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    assert all(cell.quotePrefix for cell in cells if isinstance(cell.value, str))


def test_a_report_shows_amounts_in_yuan_and_texts_as_texts():
    content = tables.report(
        sheet="账",
        above=[("=一店",), ("六月",)],
        columns={"时间": 20, "金额（元）": 14},
        lines=iter([("6 月 1 日", 1250), ("合计", 1250)]),
    )

    sheet = load_workbook(BytesIO(content))["账"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["=一店", None],
        ["六月", None],
        ["时间", "金额（元）"],
        ["6 月 1 日", 12.5],
        ["合计", 12.5],
    ]
    assert sheet["A1"].data_type == "s"
    assert sheet["B4"].number_format == "#,##0.00"
    assert [n for n in range(1, 6) if sheet.cell(n, 1).font.bold] == [1, 3, 5]
    assert (sheet.freeze_panes, sheet.column_dimensions["B"].width) == ("A4", 14)


def test_a_file_of_text_is_decoded_as_excel_and_banks_write_it():
    assert decoded("红".encode("gb18030")) == "红"
    assert decoded("\ufeff红".encode()) == "红"
    assert decoded(b"\x00a") is None


def test_whoever_only_declares_a_table_does_not_wait_for_openpyxl():
    said = subprocess.run(
        [sys.executable, "-c", "import sys, app.kernel.tables; print('openpyxl' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.strip() == "False"
