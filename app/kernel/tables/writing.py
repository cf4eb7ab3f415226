"""The workbook to fill in, and the export that can be imported again: both from the columns."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.kernel.tables.columns import C, Table

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

EXPLAINED = ("列", "是否必填", "怎么填", "例子")
EXPLAINED_WIDTHS = (14, 16, 60, 24)
HOW = 3  # the column of the explanations that is longest


def template(table: Table[C], choices: Mapping[C, Sequence[str]]) -> bytes:
    """An .xlsx with the headings, lists to choose from, and a sheet that explains each column.

    ``choices`` are those that only the caller knows, beside the ones that columns declare.
    """
    return export(table, choices, ())


def export(
    table: Table[C], choices: Mapping[C, Sequence[str]], rows: Iterable[Mapping[C, str | int]]
) -> bytes:
    """The template, filled in. Every cell is a text or a number, and none is ever computed."""
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet), "a new workbook has one worksheet"
    sheet.title = table.sheet
    letters = _write_headings(sheet, table)
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(table.columns, start=1):
            if (value := row[column]) != "":
                write(sheet.cell(number, place), value)
    _explain(book.create_sheet("说明"), table)
    lists = book.create_sheet("选项")
    lists.sheet_state = "hidden"
    for column, letter in letters.items():
        offered = choices.get(column, column.cells.choices)
        _offer(sheet, lists, letter, offered, table.rows_max)
        if column.cells.whole:
            _ask_for_whole(sheet, letter, column, column.cells.whole, table.rows_max)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def write(cell: Any, value: str | int) -> None:
    """Write a value that Excel will show and never compute, whatever a name begins with."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, int):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"  # openpyxl would make a formula of what begins with "="
    cell.number_format = "@"
    cell.quotePrefix = True  # and Excel of what somebody edits


def _write_headings(sheet: "Worksheet", table: Table[C]) -> dict[C, str]:
    """The letter of each column."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    letters = {}
    sheet.append(list(table.columns))
    sheet.freeze_panes = "A2"
    for place, column in enumerate(table.columns, start=1):
        letter = letters[column] = get_column_letter(place)
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet.column_dimensions[letter].width = column.cells.width
        if column.cells.is_text:
            sheet.column_dimensions[letter].number_format = "@"
    return letters


def _explain(sheet: "Worksheet", table: Table[C]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet.append(EXPLAINED)
    for column in table.columns:
        cells = column.cells
        sheet.append([str(column), cells.optional or "必填", cells.how, cells.example])
    sheet.append([])
    for note in table.notes:
        sheet.append([note])
    for place, width in enumerate(EXPLAINED_WIDTHS, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=cell.column == HOW, vertical="top")


def _offer(
    sheet: "Worksheet", lists: "Worksheet", letter: str, choices: Sequence[str], rows_max: int
) -> None:
    """Let the cells of a column be chosen from a list kept in the hidden sheet."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if not choices:
        return
    for number, choice in enumerate(choices, start=1):
        write(lists[f"{letter}{number}"], choice)
    source = f"选项!${letter}$1:${letter}${len(choices)}"
    validation = DataValidation(type="list", formula1=source, allow_blank=True)
    _apply(sheet, letter, validation, "请从下拉列表中选择", rows_max)


def _ask_for_whole(
    sheet: "Worksheet", letter: str, heading: str, whole: tuple[int, int], rows_max: int
) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    least, greatest = whole
    validation = DataValidation(
        type="whole", operator="between", formula1=str(least), formula2=str(greatest)
    )
    _apply(sheet, letter, validation, f"{heading}应为 {least} 到 {greatest} 的整数", rows_max)


def _apply(sheet: "Worksheet", letter: str, validation: Any, error: str, rows_max: int) -> None:
    validation.error = error
    validation.showErrorMessage = True
    sheet.add_data_validation(validation)
    validation.add(f"{letter}2:{letter}{rows_max + 1}")
