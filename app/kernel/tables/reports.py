"""A workbook to look at: an account or a list with its sums, for Excel and for paper."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import chain

from app.kernel.tables.writing import write

Line = Sequence[str | int | None]


def report(
    *, sheet: str, above: Iterable[Line], columns: Mapping[str, int], lines: Iterable[Line]
) -> bytes:
    """An .xlsx: a few lines above the headings, then the lines, of which the last are the sums.

    ``columns`` gives the width of each by its heading. Whole numbers are amounts in fen and are
    shown as yuan; a text is a text and never a formula.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet), "a new workbook has one worksheet"
    page.title = sheet
    head = [*above, tuple(columns)]
    last = 0
    for last, line in enumerate(chain(head, lines), start=1):
        for place, value in enumerate(line, start=1):
            cell = page.cell(last, place)
            if isinstance(value, int):
                cell.value, cell.number_format = Decimal(value) / 100, "#,##0.00"
                cell.alignment = Alignment(horizontal="right")
            elif value:
                write(cell, value)
    for place, width in enumerate(columns.values(), start=1):
        page.column_dimensions[get_column_letter(place)].width = width
    for number in (1, len(head), last):
        for cell in page[number]:
            cell.font = Font(bold=True)
    page.freeze_panes = f"A{len(head) + 1}"
    page.print_title_rows = f"1:{len(head)}"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
