"""The account statement of a shop: for programs, for Excel, and for paper."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.tables import report
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from mall.merchants import queries as merchants
from mall.settlement.shop_statements import ShopStatement, shop_statement
from miniprogram_api.mall.settlement.shop_statements_bodies import PeriodArgs, ShopStatementOut
from miniprogram_api.printing import print_page

bp = Blueprint("shop_statements", __name__, description="商户对账单", template_folder="templates")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Each heading and the width of its column.
COLUMNS = {"时间": 20, "摘要": 16, "收入（元）": 14, "支出（元）": 14, "余额（元）": 14}


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
        return print_page("shop_statement.html", told=told, headings=tuple(COLUMNS))
    return told


def _workbook(told: ShopStatement) -> Response:
    content = report(
        sheet="对账单",
        above=[
            (f"{told.merchant_name}　{told.shop_name}　对账单",),
            (f"{told.from_on} 至 {told.to_on}",),
        ],
        columns=COLUMNS,
        lines=_lines(told),
    )
    name = f"statement-{told.from_on}-{told.to_on}.xlsx"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, content_type=XLSX, headers=headers)


def _lines(told: ShopStatement) -> Iterator[Sequence[str | int | None]]:
    yield "", "期初余额", None, None, told.opening_fen
    for movement in told.movements:
        fen = movement.amount_fen
        at = movement.at.astimezone(clock.CALENDAR).strftime("%Y-%m-%d %H:%M")
        income, outgo = (fen, None) if fen > 0 else (None, -fen)
        yield at, movement.words, income, outgo, movement.balance_fen
    yield "", "合计", told.in_fen, told.out_fen, told.closing_fen
