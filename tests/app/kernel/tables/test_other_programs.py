"""Workbooks as WPS and the exports of other systems write them are read like those of Excel."""

import zipfile
from io import BytesIO

import pytest

from app.kernel import tables
from app.kernel.tables import Cells, Columns, Problems, Table
from app.kernel.units import fen_from_yuan

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Column(Columns):
    NAME = "名称", Cells()
    PRICE = "价格", Cells()
    DAY = "日子", Cells(takes_days=True, optional="可以不填")


TABLE = Table("货", Column)


def relations(*found: tuple[str, str, str], office: str = OFFICE) -> str:
    rows = "".join(
        f'<Relationship Id="{key}" Type="{office}/{kind}" Target="{target}"/>'
        for key, kind, target in found
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}">{rows}</Relationships>'


def text(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


HEADING = f"<row r='1'>{text('A1', '名称')}{text('B1', '价格')}{text('C1', '日子')}</row>"
RIGHT = f"<row r='2'>{text('A2', '红碗')}<c r='B2'><v>12.5</v></c></row>"
BOOK = (
    f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="货" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def sheet(*rows: str, before: str = "", after: str = "", main: str = MAIN) -> str:
    """A sheet of the heading and these rows."""
    body = "".join((HEADING, *rows))
    return (
        f'{XML}<worksheet xmlns="{main}">{before}<sheetData>{body}</sheetData>{after}</worksheet>'
    )


PARTS = {
    "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
    "xl/workbook.xml": BOOK,
    "xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "worksheets/sheet1.xml")),
    "xl/worksheets/sheet1.xml": sheet(RIGHT),
}


def archive(**changes: str | None) -> BytesIO:
    """The least that is a workbook; ``changes`` are parts instead, or None for parts left out."""
    return packed(PARTS | changes)


def packed(parts: dict[str, str | None]) -> BytesIO:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in parts.items():
            if content is not None:
                # Not by name: zipfile would mend the backslashes that other programs write.
                info = zipfile.ZipInfo("x")
                info.filename = name
                made.writestr(info, content)
    return out


def read(file: BytesIO) -> list[tuple[str, str, str]]:
    problems = Problems(100, {})
    with tables.reading(file, TABLE, problems) as reader:
        rows = [(row[Column.NAME], row[Column.PRICE], row[Column.DAY]) for row in reader.rows()]
    assert problems.listed() == []
    return rows


def told(file: BytesIO) -> list[tuple[int, str, str]]:
    problems = Problems(100, {})
    with tables.reading(file, TABLE, problems) as reader:
        list(reader.rows())
    return [(one.row, one.column, str(one.kind)) for one in problems.listed()]


def with_rows(*rows: str, **parts: str | None) -> BytesIO:
    return archive(**{"xl/worksheets/sheet1.xml": sheet(*rows)} | parts)


ODD = "<odd xmlns='urn:wps' a='&#26684;'/>"
WAYS = {
    "without styles, properties and a list of kinds": archive(),
    "with the sheet of images that WPS hides before the others": archive(
        **{
            "xl/workbook.xml": BOOK.replace(
                "<sheets>",
                '<sheets><sheet name="WpsReserved_CellImgList" sheetId="9" state="veryHidden"'
                ' r:id="rId9"/>',
            ),
            "xl/_rels/workbook.xml.rels": relations(
                ("rId9", "worksheet", "worksheets/sheet9.xml"),
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ),
            "xl/worksheets/sheet9.xml": sheet(),
        }
    ),
    "with one sheet that people see, of another name": archive(
        **{
            "xl/workbook.xml": BOOK.replace('name="货"', 'name="Sheet1"').replace(
                "<sheets>", '<sheets><sheet name="选项" sheetId="9" state="hidden" r:id="rId9"/>'
            ),
            "xl/_rels/workbook.xml.rels": relations(
                ("rId9", "worksheet", "worksheets/sheet9.xml"),
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ),
            "xl/worksheets/sheet9.xml": sheet(),
        }
    ),
    "with a space behind the name of the sheet": archive(
        **{"xl/workbook.xml": BOOK.replace('name="货"', 'name=" 货 "')}
    ),
    "with names of parts in other letters": packed(
        {
            **{n: c for n, c in PARTS.items() if "sheet1" not in n},
            "xl/Worksheets/Sheet1.xml": PARTS["xl/worksheets/sheet1.xml"],
        }
    ),
    "with backslashes": packed({n.replace("/", "\\"): c for n, c in PARTS.items()}),
    "with absolute targets": archive(
        **{
            "xl/_rels/workbook.xml.rels": relations(
                ("rId1", "worksheet", "/xl/worksheets/sheet1.xml")
            )
        }
    ),
    "with another name of the workbook": packed(
        {
            **{n: c for n, c in PARTS.items() if n.startswith("xl/worksheets")},
            "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook22.xml")),
            "xl/workbook22.xml": BOOK,
            "xl/_rels/workbook22.xml.rels": PARTS["xl/_rels/workbook.xml.rels"],
        }
    ),
    "with properties, a theme and styles that only WPS understands": archive(
        **{
            "docProps/core.xml": f"{XML}<core>",
            "docProps/custom.xml": ODD,
            "xl/theme/theme1.xml": "no XML",
            "xl/styles.xml": f'{XML}<styleSheet xmlns="{MAIN}"><fonts><font><sz val="x"/></font>'
            f'</fonts><fills><fill/></fills><cellXfs><xf numFmtId="0"/></cellXfs>{ODD}'
            "</styleSheet>",
            "xl/_rels/workbook.xml.rels": relations(
                ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml")
            ),
        }
    ),
    "with a size that is wrong and settings that cannot be": archive(
        **{
            "xl/worksheets/sheet1.xml": sheet(
                RIGHT,
                before='<sheetPr odd="1"/><dimension ref="A1"/><sheetViews><sheetView zoomScale="x"'
                "/></sheetViews><cols><col min='0' max='99999'/></cols>",
                after="<pageMargins left='x'/><dataValidations><dataValidation type='wps'/>"
                "</dataValidations><hyperlinks><hyperlink ref='?'/></hyperlinks>",
            )
        }
    ),
    "as strict workbooks are": packed(
        {n: c.replace(MAIN, STRICT_MAIN).replace(OFFICE, STRICT_OFFICE) for n, c in PARTS.items()}
    ),
    "without numbers of rows and places of cells": with_rows(
        "<row><c t='inlineStr'><is><t>红碗</t></is></c><c><v>12.5</v></c></row>"
    ),
    "with text that has a format for each part and how it is read aloud": with_rows(
        "<row r='2'><c r='A2' t='inlineStr'><is><r><rPr><rFont val='x'/><odd/></rPr><t>红</t></r>"
        "<r><t>碗</t></r><rPh sb='0' eb='1'><t>hóng</t></rPh></is></c>"
        "<c r='B2'><v>12.5</v></c></row>"
    ),
    "with text that is kept as that of a formula": with_rows(
        "<row r='2'><c r='A2' t='str'><v>红碗</v></c><c r='B2' t='str'><v>12.5</v></c></row>"
    ),
    "with what XML cannot hold escaped": with_rows(
        f"<row r='2'>{text('A2', '红_x7897__x000D_')}<c r='B2'><v>12.5</v></c></row>"
    ),
    "with texts that are shared": with_rows(
        "<row r='2'><c r='A2' t='s'><v>1</v></c><c r='B2' t='s'><v>0</v></c></row>",
        **{
            "xl/SharedStrings.xml": f'{XML}<sst xmlns="{MAIN}" count="9"><si><t>12.5</t></si><si>'
            "<r><t>红</t></r><r><t>碗</t></r></si></sst>",
            "xl/_rels/workbook.xml.rels": relations(
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "sharedStrings", "sharedStrings.xml"),
            ),
        },
    ),
    "with a sheet of another kind beside it": archive(
        **{
            "xl/workbook.xml": BOOK.replace(
                "</sheets>", '<sheet name="图" sheetId="2" r:id="rId2"/></sheets>'
            ),
            "xl/_rels/workbook.xml.rels": relations(
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "chartsheet", "chartsheets/sheet1.xml"),
            ),
        }
    ),
    "with a damaged sheet that nobody asked for": archive(
        **{
            "xl/workbook.xml": BOOK.replace(
                "</sheets>", '<sheet name="别的" sheetId="2" r:id="rId2"/></sheets>'
            ),
            "xl/_rels/workbook.xml.rels": relations(
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "worksheet", "worksheets/sheet2.xml"),
            ),
            "xl/worksheets/sheet2.xml": "<worksheet>",
        }
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_workbook_is_read_whichever_way_it_was_written(way):
    assert read(WAYS[way]) == [("红碗", "12.5", "")]


@pytest.mark.parametrize(
    ("kept", "shown", "fen"),
    [
        ("12.299999999999999", "12.3", 1230),
        ("12.300000000000001", "12.3", 1230),
        ("0.57999999999999996", "0.58", 58),
        ("1.1499999999999999", "1.15", 115),
        ("1.23E1", "12.3", 1230),
        ("12", "12", 1200),
        ("12.0", "12", 1200),
        ("1E3", "1000", 100_000),
    ],
)
def test_a_number_is_what_people_see_and_not_what_the_file_keeps(kept, shown, fen):
    row = f"<row r='2'>{text('A2', '红碗')}<c r='B2'><v>{kept}</v></c></row>"

    assert read(with_rows(row)) == [("红碗", shown, "")]
    assert fen_from_yuan(shown) == fen


STYLED = {
    "xl/styles.xml": f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="200" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
    '<numFmt numFmtId="201" formatCode="&quot;day&quot; 0.00"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="200"/><xf numFmtId="201"/></cellXfs></styleSheet>',
    "xl/_rels/workbook.xml.rels": relations(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml")
    ),
}


def dated(style: int, value: str = "46174", kind: str = "n") -> str:
    return (
        f"<row r='2'>{text('A2', '红碗')}<c r='B2'><v>1</v></c>"
        f"<c r='C2' s='{style}' t='{kind}'><v>{value}</v></c></row>"
    )


@pytest.mark.parametrize("style", [1, 2])
def test_a_day_is_known_by_the_style_that_shows_it(style):
    assert read(with_rows(dated(style), **STYLED)) == [("红碗", "1", "2026-06-01")]


def test_a_day_may_be_written_as_one():
    row = dated(0, "2026-06-01T00:00:00", "d")

    assert read(with_rows(row, **STYLED)) == [("红碗", "1", "2026-06-01")]


def test_days_of_an_old_mac_are_counted_from_1904():
    book = BOOK.replace("<sheets>", '<workbookPr date1904="1"/><sheets>')

    assert read(with_rows(dated(1, "44712"), **STYLED, **{"xl/workbook.xml": book})) == [
        ("红碗", "1", "2026-06-01")
    ]


def test_a_style_of_numbers_makes_no_day_of_them():
    assert read(with_rows(dated(3), **STYLED)) == [("红碗", "1", "46174")]


def test_formulas_and_errors_are_told_as_before():
    rows = (
        f"<row r='2'>{text('A2', '红碗')}<c r='B2'><f>1+1</f><v>2</v></c></row>",
        f"<row r='3'>{text('A3', '红碗')}<c r='B3' t='e'><v>#N/A</v></c></row>",
        f"<row r='4'>{text('A4', '红碗')}<c r='B4' t='shared'><f t='shared' si='0'/></c></row>",
        f"<row r='9'>{text('A9', '红碗')}<c r='B9' s='1'><v>46174</v></c></row>",
    )

    assert told(with_rows(*rows, **STYLED)) == [
        (2, "价格", "formula"),
        (3, "价格", "cell_error"),
        (4, "价格", "formula"),
        (9, "价格", "cell_date"),
    ]


def test_of_several_sheets_that_people_see_none_is_guessed_at_and_hidden_ones_are_not_named():
    book = BOOK.replace('name="货"', 'name="一月"').replace(
        "</sheets>",
        '<sheet name="二月" sheetId="2" r:id="rId1"/>'
        '<sheet name="选项" sheetId="3" state="hidden" r:id="rId1"/></sheets>',
    )

    with pytest.raises(tables.SheetMissing) as refusal:
        read(archive(**{"xl/workbook.xml": book}))

    assert refusal.value.details == {"wanted": "货", "found": "一月、二月"}


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (tables.WorkbookTooOld, "（.xls 或 .et），请在 Excel 或 WPS 里“另存为”.xlsx"),
        (tables.WorkbookEncrypted, "请在 Excel 或 WPS 里取消密码"),
        (tables.NotAWorkbook, "请用 Excel 或 WPS 另存一次"),
        (tables.NotText, "请用 Excel 或 WPS 另存为 .xlsx"),
    ],
)
def test_a_refusal_advises_what_can_be_done_in_wps_too(refusal, words):
    assert words in refusal().sentence()


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"])
def test_a_document_type_is_refused_in_each_part_that_is_read(part):
    parts = PARTS | STYLED | {"xl/worksheets/sheet1.xml": sheet(RIGHT)}
    parts[part] = parts[part].replace(XML, f"{XML}<!DOCTYPE x [<!ENTITY a 'b'>]>")

    with pytest.raises(tables.NotAWorkbook):
        read(packed(parts))
