"""The account statement of a shop: for programs, for Excel, and for paper."""

from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from mall.merchants import queries as merchants
from mall.settlement.shop_statements import ShopStatement, shop_statement
from miniprogram_api.mall.settlement.shop_statements_bodies import PeriodArgs, ShopStatementOut
from miniprogram_api.printing import print_page

bp = Blueprint("shop_statements", __name__, description="商户对账单", template_folder="templates")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("时间", "摘要", "收入（元）", "支出（元）", "余额（元）")
WIDTHS = {"A": 20, "B": 16, "C": 14, "D": 14, "E": 14}


@bp.get("/<uuid:shop_id>/statement")
@requires(Role.MERCHANT, Role.FINANCE, Role.AUDITOR)
@bp.arguments(PeriodArgs, location="query")
@bp.response(200, ShopStatementOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
@bp.alt_response(422, schema=ErrorOut, description="Too many days, or in the wrong order")
def statement(args: dict[str, Any], shop_id: UUID) -> ShopStatement | Response:
    """What was on the account, each movement, what is there; as JSON, Excel or a page to print."""
    who = caller()
    shop = merchants.seen_shop(
        who.county_id,
        shop_id,
        merchant_ids=who.places(Role.MERCHANT),
        region_ids=who.places(Role.FINANCE, Role.AUDITOR),
    )
    wanted = args.pop("format")
    told = shop_statement(shop, at=clock.now(), **args)
    if wanted == "xlsx":
        return _workbook(told)
    if wanted == "html":
        return print_page("shop_statement.html", told=told, headings=HEADINGS)
    return told


def _workbook(told: ShopStatement) -> Response:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet), "a new workbook has a sheet"
    sheet.title = "对账单"
    _write(sheet, f"{told.merchant_name}　{told.shop_name}　对账单")
    _write(sheet, f"{told.from_on} 至 {told.to_on}")
    _write(sheet, *HEADINGS)
    _write(sheet, "", "期初余额", None, None, told.opening_fen)
    for movement in told.movements:
        fen = movement.amount_fen
        at = movement.at.astimezone(clock.CALENDAR).strftime("%Y-%m-%d %H:%M")
        income, outgo = (fen, None) if fen > 0 else (None, -fen)
        _write(sheet, at, movement.words, income, outgo, movement.balance_fen)
    _write(sheet, "", "合计", told.in_fen, told.out_fen, told.closing_fen)
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    for number in (1, 3, sheet.max_row):
        for cell in sheet[number]:
            cell.font = Font(bold=True)
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "1:3"
    out = BytesIO()
    book.save(out)
    name = f"statement-{told.from_on}-{told.to_on}.xlsx"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(out.getvalue(), content_type=XLSX, headers=headers)


def _write(sheet: Worksheet, *values: str | int | None) -> None:
    """Append a row: amounts (fen) as yuan with two decimals, text as text and never a formula."""
    row = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value else 1
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column)
        if isinstance(value, int):
            cell.value, cell.number_format = Decimal(value) / 100, "#,##0.00"
            cell.alignment = Alignment(horizontal="right")
        elif value:
            cell.value, cell.data_type = value, "s"
