"""A file that is not a roster gets a clear error, costs little, and changes nothing."""

import random
import tracemalloc
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from app.register.households.roster import (
    NotAWorkbook,
    SheetMissing,
    TooManyRows,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookTooLarge,
    WorkbookTooOld,
)
from app.register.households.roster.columns import Column
from app.register.households.roster.errors import NothingToImport
from tests.given.rosters import book, id_number, row, saved

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
SHEET = "xl/worksheets/sheet1.xml"
MEGABYTE = 1 << 20
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def with_part(name: str, content: bytes) -> BytesIO:
    """A right roster whose part ``name`` is something else."""
    out = BytesIO()
    with (
        zipfile.ZipFile(book(row(1))) as right,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for part in right.namelist():
            if part != name:
                changed.writestr(part, right.read(part))
        changed.writestr(name, content)
    out.seek(0)
    return out


def junk(size: int) -> bytes:
    return random.Random(1).randbytes(size)


@pytest.fixture
def refused(imports, register):
    """``refused(file, Error)``: both runs end so, and the register stays empty."""

    def check(file, error):
        for is_dry_run in (True, False):
            file.seek(0)
            with pytest.raises(error) as refusal:
                imports(file, is_dry_run=is_dry_run)
        assert register() == []
        return refusal.value.sentence()

    return check


def test_an_empty_file_is_refused(refused):
    assert refused(BytesIO(), WorkbookEmpty) == "文件是空的，请重新选择文件"


def test_ten_megabytes_of_junk_are_refused(refused):
    assert refused(BytesIO(junk(10 * MEGABYTE)), NotAWorkbook) == (
        "打不开这个文件：它不是 Excel 文件（.xlsx），或已损坏，请用 Excel 或 WPS 另存一次再导入"
    )


def test_junk_that_begins_like_a_zip_is_refused(refused):
    refused(BytesIO(b"PK\x03\x04" + junk(MEGABYTE)), NotAWorkbook)


def test_more_than_ten_megabytes_are_refused(refused):
    refused(BytesIO(junk(10 * MEGABYTE + 1)), WorkbookTooLarge)


def test_an_old_excel_file_is_refused_with_what_to_do(refused):
    assert "另存为" in refused(BytesIO(OLE + bytes(512)), WorkbookTooOld)


def test_an_encrypted_workbook_is_refused_with_what_to_do(refused):
    file = BytesIO(OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512))

    assert "取消密码" in refused(file, WorkbookEncrypted)


def test_a_zip_that_is_no_workbook_is_refused(refused):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")

    refused(out, NotAWorkbook)


def test_a_truncated_workbook_is_refused(refused):
    whole = book(row(1)).getvalue()

    refused(BytesIO(whole[: len(whole) // 2]), NotAWorkbook)


def test_a_workbook_with_a_damaged_sheet_is_refused(refused):
    refused(with_part(SHEET, HEAD + b"<row r='1'><c r='A1'"), NotAWorkbook)


def test_entities_in_a_sheet_are_refused(refused):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

    refused(with_part(SHEET, b"<?xml version='1.0'?>" + bomb + HEAD + TAIL), NotAWorkbook)
    refused(with_part("xl/styles.xml", bomb + b"<styleSheet>&b;</styleSheet>"), NotAWorkbook)


def test_a_bomb_is_refused_before_it_is_unpacked(refused):
    for part in (SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"):
        refused(with_part(part, b"<" + bytes(100 * MEGABYTE)), WorkbookTooLarge)


def test_a_bomb_that_no_table_needs_is_not_unpacked(imports):
    for part in ("docProps/core.xml", "xl/theme/theme1.xml", "xl/media/image1.jpeg"):
        file = with_part(part, b"<" + bytes(100 * MEGABYTE))
        tracemalloc.start()
        assert imports(file, is_dry_run=True).problem_count == 0
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8 * MEGABYTE


@pytest.mark.parametrize(
    "content",
    [
        HEAD + b"<row r='1'>" + b"<c/>" * 1_000_000 + b"</row>" + TAIL,
        HEAD.replace(b"<sheetData>", b"<cols>" + b"<col/>" * 1_000_000 + b"</cols><sheetData>")
        + TAIL,
        HEAD + b"</sheetData>" + b"<mergeCell ref='A1:B2'/>" * 1_000_000 + b"</worksheet>",
    ],
    ids=["one row", "before the rows", "after the rows"],
)
def test_a_part_that_would_fill_the_memory_is_refused_in_little_memory(app, refused, content):
    file = with_part(SHEET, content)

    tracemalloc.start()
    refused(file, WorkbookTooLarge)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 * MEGABYTE


def test_a_comment_cannot_hide_what_is_counted(refused):
    hidden = b"<row r='1'>" + (b"<c/>" * 100_000 + b"<!--<row -->") * 10 + b"</row>"

    refused(with_part(SHEET, HEAD + hidden + TAIL), NotAWorkbook)


def test_a_million_empty_formatted_rows_are_refused(refused):
    rows = b"".join(b'<row r="%d" s="1" customFormat="1"/>' % n for n in range(1, 1_000_001))

    assert refused(with_part(SHEET, HEAD + rows + TAIL), TooManyRows) == (
        "表格超过 50000 行（带格式的空白行也算）：请删除下面的空白行，或分成几个文件"
    )


def test_a_row_far_below_the_others_is_refused(refused):
    with zipfile.ZipFile(book(row(1))) as archive:
        sheet = archive.read(SHEET)
    far = sheet.replace(b'<row r="2"', b'<row r="1048576"')
    assert far != sheet

    refused(with_part(SHEET, far), TooManyRows)


def test_a_file_that_lies_about_its_size_is_read_whole(imports):
    file = book(row(1), row(2))
    with zipfile.ZipFile(file) as archive:
        sheet = archive.read(SHEET)
    lie = sheet.replace(b'<dimension ref="A1:K3"', b'<dimension ref="A1:B1"')
    assert lie != sheet

    assert imports(with_part(SHEET, lie)).added == 2


def test_the_wrong_sheet_is_told_with_the_sheets_there_are(refused):
    workbook = Workbook()
    workbook.active.title = "汇总"
    workbook.create_sheet("通讯录")

    assert refused(saved(workbook), SheetMissing) == (
        "没有找到名为“名册”的工作表，文件里有：汇总、通讯录。请把要导入的工作表改名为“名册”"
    )


def test_a_roster_without_households_is_refused(refused):
    assert "没有住户" in refused(book(), NothingToImport)


def test_a_sheet_without_a_heading_is_told_once_with_the_names_of_its_columns(imports):
    outcome = imports(saved(Workbook()), is_dry_run=True)

    (problem,) = outcome.problems
    assert (problem.row, problem.kind) == (1, "heading_missing")
    assert all(c in problem.message for c in Column if not c.cells.may_be_missing)


def test_a_title_above_the_heading_and_notes_below_the_table_are_no_households(imports):
    def titled(sheet):
        sheet.insert_rows(1, 2)
        sheet["A1"] = "和平镇前进村住户名册"
        sheet.merge_cells("A1:J1")
        sheet["A9"] = "备注：共两户"
        sheet.merge_cells("A9:J9")
        sheet["C12"] = " \u3000"

    outcome = imports(book(row(1), row(2), change=titled))

    assert (outcome.added, outcome.problem_count) == (2, 0)


def test_a_word_that_stands_alone_is_told_once(told):
    assert told(book(row(1), change=lambda sheet: sheet.cell(5, 4, "张三"))) == [
        (5, "镇", "no_row")
    ]


def test_a_row_is_named_as_excel_numbers_it_below_a_title(told):
    def titled(sheet):
        sheet.insert_rows(1, 1)
        sheet["A1"] = "名册"

    assert told(book(row(1), row(2, 人口=0), change=titled)) == [(4, "人口", "member_count")]


def test_what_a_large_file_needs_grows_by_less_than_a_kilobyte_a_row(app, places, imports):
    """The file is streamed: only compact facts of each row stay."""

    def peak(rows: int) -> int:
        file = book(*[row(n % 1000, 身份证号=number(n)) for n in range(rows)])
        tracemalloc.start()
        imports(file, is_dry_run=True)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(2000) - peak(1000) < 1000 * 1024


def number(n: int) -> str:
    return id_number(n % 1000, f"19{50 + n // 1000}0101")
