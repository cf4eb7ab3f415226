"""The workbook that a village clerk fills in."""

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from app.kernel.workbooks import ROWS_MAX
from app.register.households.roster.checks import MEMBERS_MAX
from app.register.households.roster.columns import SHEET, Column
from app.register.regions.queries import Village

WIDTHS = {Column.HEAD: 12, Column.ID_NUMBER: 24, Column.PHONE: 16, Column.DOOR: 18}
TEXT_COLUMNS = (Column.GROUP, Column.ID_NUMBER, Column.PHONE, Column.DOOR, Column.LIAISON)

# Column, must it be filled in, how, an example. The ID number is of a region that does not exist.
EXPLANATIONS = (
    (Column.TOWN, "必填", "从下拉列表中选择；镇由县里先登记", "和平镇"),
    (Column.VILLAGE, "必填", "从下拉列表中选择；村由县里先登记", "前进村"),
    (Column.GROUP, "必填", "片或组的名称；同一组每行写法要一样，没有的组会自动新建", "一组"),
    (Column.HEAD, "必填", "与身份证一致，30 个字以内", "张三"),
    (Column.ID_NUMBER, "必填", "18 位；这一列必须是文本格式，否则末几位会变", "990101198001010014"),
    (
        Column.PHONE,
        "可以不填",
        "11 位手机号；住户用它在微信里绑定，没有的由村里当面绑定",
        "19900000001",
    ),
    (Column.DOOR, "必填", "门牌或住址，60 个字以内", "3-12"),
    (Column.MEMBERS, "必填", f"常住人口，1 到 {MEMBERS_MAX} 的整数", "4"),
    (Column.PARTY, "必填", "只能填 是 或 否", "否"),
    (
        Column.LIAISON,
        "党员户可以不填",
        "本村一位党员户户主的姓名；有同名的写 姓名(身份证末四位)",
        "李四 或 李四(1234)",
    ),
)


def template(villages: Sequence[Village]) -> bytes:
    """An .xlsx with the headings, lists to choose from, and a sheet that explains each column."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet), "a new workbook has one worksheet"
    sheet.title = SHEET
    _write_headings(sheet)
    _explain(book.create_sheet("说明"))
    lists = book.create_sheet("选项")
    lists.sheet_state = "hidden"
    towns = list(dict.fromkeys(village.town for village in villages))
    _offer(sheet, lists, Column.TOWN, towns)
    _offer(sheet, lists, Column.VILLAGE, list(dict.fromkeys(v.name for v in villages)))
    _offer(sheet, lists, Column.PARTY, ["是", "否"])
    whole = DataValidation(
        type="whole", operator="between", formula1="1", formula2=str(MEMBERS_MAX)
    )
    whole.error = f"人口应为 1 到 {MEMBERS_MAX} 的整数"
    _apply(sheet, Column.MEMBERS, whole)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write_headings(sheet: Worksheet) -> None:
    sheet.append(list(Column))
    sheet.freeze_panes = "A2"
    for column in Column:
        letter = _letter(column)
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet.column_dimensions[letter].width = WIDTHS.get(column, 10)
        if column in TEXT_COLUMNS:  # or Excel makes numbers and dates of what is typed
            sheet.column_dimensions[letter].number_format = "@"


def _explain(sheet: Worksheet) -> None:
    sheet.append(["列", "是否必填", "怎么填", "例子"])
    for column, needed, how, example in EXPLANATIONS:
        sheet.append([str(column), needed, how, example])
    sheet.append([])
    sheet.append([f"每户一行，一个文件最多 {ROWS_MAX} 户。不要合并单元格，不要用公式。"])
    sheet.append(["重复导入不会重复登记：按户主身份证号认户，有变化的更新，表里没有的户不动。"])
    for letter, width in (("A", 14), ("B", 16), ("C", 60), ("D", 24)):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=cell.column == 3, vertical="top")


def _offer(sheet: Worksheet, lists: Worksheet, column: Column, choices: list[str]) -> None:
    """Let the cells of a column be chosen from a list kept in the hidden sheet."""
    if not choices:
        return
    letter = _letter(column)
    for number, choice in enumerate(choices, start=1):
        lists[f"{letter}{number}"] = choice
    source = f"选项!${letter}$1:${letter}${len(choices)}"
    validation = DataValidation(type="list", formula1=source, allow_blank=True)
    validation.error = "请从下拉列表中选择"
    _apply(sheet, column, validation)


def _apply(sheet: Worksheet, column: Column, validation: DataValidation) -> None:
    validation.showErrorMessage = True
    sheet.add_data_validation(validation)
    letter = _letter(column)
    validation.add(f"{letter}2:{letter}{ROWS_MAX + 1}")


def _letter(column: Column) -> str:
    return "ABCDEFGHIJ"[list(Column).index(column)]
