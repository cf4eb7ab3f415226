"""Makes workbooks for the tests: a right one, and right ones with one thing changed."""

from io import BytesIO

from openpyxl import Workbook

from app.register.households.roster.checks import check_character
from app.register.households.roster.columns import SHEET, Column


def id_number(serial: int, born: str = "19700101") -> str:
    first_17 = f"990101{born}{serial:03}"
    return first_17 + check_character(first_17)


def row(serial: int, **changes):
    """A party household in 和平镇 前进村, unless changed: ``row(2, 是否党员户="否")``."""
    right = {
        "镇": "和平镇",
        "村": "前进村",
        "组": "一组",
        "户主姓名": f"赵青{'甲乙丙丁戊己庚辛'[serial % 8]}",
        "身份证号": id_number(serial),
        "手机号": f"1990000{serial:04}",
        "门牌": f"{serial}号",
        "人口": 3,
        "是否党员户": "是",
        "联系党员": None,
        "同门牌": None,
    }
    assert changes.keys() <= right.keys()
    return right | changes


def book(*rows, columns=tuple(Column), title=SHEET, change=None) -> BytesIO:
    """The file with these rows; ``change(sheet)`` may spoil it before it is saved."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    sheet.append([str(column) for column in columns])
    for values in rows:
        sheet.append([values.get(str(column)) for column in columns])
    if change is not None:
        change(sheet)
    return saved(workbook)


def saved(workbook: Workbook) -> BytesIO:
    out = BytesIO()
    workbook.save(out)
    out.seek(0)
    return out
