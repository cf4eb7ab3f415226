"""The same figures as a workbook, for an office that goes on reckoning."""

from collections.abc import Sequence
from io import BytesIO

from app.kernel.tables.writing import write
from app.kernel.units import yuan_text
from overviews.money.summary import DayOfMoney

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS = (
    ("发出（元）", "issued_fen"),
    ("花掉（元）", "spent_fen"),
    ("商户提现（元）", "cashed_fen"),
    ("到期（元）", "expired_fen"),
    ("资金到账（元）", "funded_fen"),
    ("拨到村（元）", "allotted_fen"),
)


def flows_sheet(days: Sequence[DayOfMoney]) -> bytes:
    """What moved on each day; amounts are texts in yuan, so that no cent is rounded."""
    from openpyxl import Workbook

    book = Workbook(write_only=False)
    sheet = book.worksheets[0]
    sheet.title = "积分来去"
    sheet.append(["日期", *(heading for heading, _ in _COLUMNS)])
    for number, day in enumerate(days, start=2):
        write(sheet.cell(number, 1), day.on.isoformat())
        for place, (_, name) in enumerate(_COLUMNS, start=2):
            write(sheet.cell(number, place), yuan_text(getattr(day, name)))
    out = BytesIO()
    book.save(out)
    return out.getvalue()
