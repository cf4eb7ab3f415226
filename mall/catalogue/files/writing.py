"""The workbook to fill in, and the one that a merchant takes home."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from uuid import UUID

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select

from app.kernel.db import db
from app.kernel.units import yuan_text
from mall.catalogue.categories import categories
from mall.catalogue.files.columns import GOODS_MAX, LISTED, PERIODS, SHEET, Column
from mall.catalogue.files.importing import named_categories
from mall.catalogue.models import Goods, GoodsState

# Column, must it be filled in, how, an example.
EXPLANATIONS = (
    (Column.OWN_NUMBER, "与条码填一个", "您自己的编号，字母、数字和横线", "A-001"),
    (Column.BARCODE, "与自编号填一个", "包装上的条码，8 到 14 位数字", "6900000000012"),
    (Column.NAME, "必填", "60 个字以内", "透明皂 200 克"),
    (Column.CATEGORY, "必填", "从下拉列表中选择；分类由县里先登记", "日用/清洁"),
    (Column.UNIT, "必填", "一件是什么", "块"),
    (Column.MARKET, "必填", "平时卖多少钱，最多两位小数", "3.50"),
    (Column.POINTS, "必填", "整数，1 分等于 1 分钱，不能高于市场价", "300"),
    (Column.LIMIT, "可以不填", "每户最多买几件", "2"),
    (Column.PERIOD, "限购时必填", "每天、每月 或 一共", "每月"),
    (Column.LISTED, "必填", "是：居民能看到；否：先不给看", "是"),
    (Column.DESCRIPTION, "可以不填", "500 个字以内", ""),
)
WIDTHS = {Column.BARCODE: 18, Column.NAME: 28, Column.CATEGORY: 18, Column.DESCRIPTION: 40}
TEXTS = (Column.OWN_NUMBER, Column.BARCODE, Column.NAME, Column.UNIT, Column.DESCRIPTION)
_PERIOD_NAMES = {period: name for name, period in PERIODS.items()}


def template(county_id: int) -> bytes:
    """An .xlsx with the headings, lists to choose from, and a sheet that explains each column."""
    return _workbook(named_categories(categories(county_id)), [])


def export(county_id: int, merchant_id: UUID) -> bytes:
    """An .xlsx of the merchant's goods, withdrawn ones apart, that can be imported again."""
    names = named_categories(categories(county_id))
    by_id = {id_: name for name, id_ in names.items()}
    goods = db.session.scalars(
        select(Goods)
        .where(
            Goods.county_id == county_id,
            Goods.merchant_id == merchant_id,
            Goods.state != GoodsState.WITHDRAWN,
        )
        .order_by(Goods.id)
    )
    return _workbook(names, (_cells(one, by_id[one.category_id]) for one in goods))


def _cells(goods: Goods, category: str) -> list[str | int]:
    cells: dict[Column, str | int] = {
        Column.OWN_NUMBER: goods.own_number or "",
        Column.BARCODE: goods.barcode or "",
        Column.NAME: goods.name,
        Column.CATEGORY: category,
        Column.UNIT: goods.unit,
        Column.MARKET: yuan_text(goods.market_price_fen),
        Column.POINTS: goods.points_price,
        Column.LIMIT: goods.limit_count or "",
        Column.PERIOD: _PERIOD_NAMES[goods.limit_period] if goods.limit_period else "",
        Column.LISTED: "是" if goods.state is GoodsState.LISTED else "否",
        Column.DESCRIPTION: goods.description,
    }
    return [cells[column] for column in Column]


def _workbook(category_names: Iterable[str], lines: Iterable[Sequence[str | int]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet), "a new workbook has one worksheet"
    sheet.title = SHEET
    sheet.append(list(Column))
    sheet.freeze_panes = "A2"
    for column in Column:
        letter = _letter(column)
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet.column_dimensions[letter].width = WIDTHS.get(column, 12)
        if column in TEXTS:  # or Excel makes numbers and dates of what is typed
            sheet.column_dimensions[letter].number_format = "@"
    for number, line in enumerate(lines, start=2):
        for place, value in enumerate(line, start=1):
            if value != "":
                cell = sheet.cell(number, place)
                assert isinstance(cell, Cell), "nothing is merged"
                _write(cell, value)
    _explain(book.create_sheet("说明"))
    lists = book.create_sheet("选项")
    lists.sheet_state = "hidden"
    _offer(sheet, lists, Column.CATEGORY, list(category_names))
    _offer(sheet, lists, Column.PERIOD, list(PERIODS))
    _offer(sheet, lists, Column.LISTED, list(LISTED))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write(cell: Cell, value: str | int) -> None:
    """Write a value that Excel will show and never compute, whatever a name begins with."""
    if isinstance(value, int):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"  # openpyxl would make a formula of what begins with "="
    cell.number_format = "@"
    cell.quotePrefix = True  # and Excel of what somebody edits


def _explain(sheet: Worksheet) -> None:
    sheet.append(["列", "是否必填", "怎么填", "例子"])
    for column, needed, how, example in EXPLANATIONS:
        sheet.append([str(column), needed, how, example])
    sheet.append([])
    sheet.append([f"每件商品一行，一个文件最多 {GOODS_MAX} 件。不要合并单元格，不要用公式。"])
    sheet.append(["重复导入不会重复登记：按自编号或条码认商品，有变化的更新，表里没有的不动。"])
    for letter, width in (("A", 14), ("B", 16), ("C", 44), ("D", 20)):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)


def _offer(sheet: Worksheet, lists: Worksheet, column: Column, choices: list[str]) -> None:
    """Let the cells of a column be chosen from a list kept in the hidden sheet."""
    if not choices:
        return
    letter = _letter(column)
    for number, choice in enumerate(choices, start=1):
        _write(lists[f"{letter}{number}"], choice)
    source = f"选项!${letter}$1:${letter}${len(choices)}"
    validation = DataValidation(type="list", formula1=source, allow_blank=True)
    validation.error = "请从下拉列表中选择"
    validation.showErrorMessage = True
    sheet.add_data_validation(validation)
    validation.add(f"{letter}2:{letter}{GOODS_MAX + 1}")


def _letter(column: Column) -> str:
    return "ABCDEFGHIJK"[list(Column).index(column)]
