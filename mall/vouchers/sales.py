"""The sales of a platform as a workbook, to check its bill by."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import and_, func, select

from app.kernel import clock
from app.kernel.db import db
from mall.vouchers.errors import PeriodTooLong
from mall.vouchers.models import (
    Outcome,
    Platform,
    PurchaseState,
    VoucherClaim,
    VoucherCode,
    VoucherKind,
    VoucherPurchase,
)

DAYS_MAX = 93
HEADINGS = ("购买时间", "券名", "券码尾号", "结算价（元）", "市场价（元）", "备注")
WIDTHS = {"A": 18, "B": 28, "C": 12, "D": 14, "E": 14, "F": 20}


def export(platform: Platform, *, from_on: date, to_on: date) -> bytes:
    """An .xlsx of what was sold from the first day to the last, both included.

    A code appears by its tail only, and no household at all.

    Raises:
        PeriodTooLong: the days are too many, or in the wrong order.
    """
    if not from_on <= to_on < from_on + timedelta(days=DAYS_MAX):
        raise PeriodTooLong(days=DAYS_MAX)
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet), "a new workbook has one worksheet"
    sheet.title = "销售明细"
    _write(sheet, 1, (platform.name, f"{from_on} 至 {to_on}"))
    _write(sheet, 2, HEADINGS)
    total, number = 0, 2
    for number, (owed, line) in enumerate(_lines(platform, from_on, to_on), start=3):
        _write(sheet, number, line)
        total += owed
    _write(sheet, number + 1, ("合计", None, None, total, None, "不含已退分的"))
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    for row in (1, 2, number + 1):
        for cell in sheet[row]:
            cell.font = Font(bold=True)
    sheet.freeze_panes = "A3"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _lines(
    platform: Platform, from_on: date, to_on: date
) -> Iterator[tuple[int, tuple[str | int | None, ...]]]:
    """What each sale adds to the bill in fen, and its line."""
    exchanged = (
        select(func.count())
        .where(
            VoucherClaim.county_id == VoucherPurchase.county_id,
            VoucherClaim.purchase_id == VoucherPurchase.id,
            VoucherClaim.outcome == Outcome.ANOTHER,
            VoucherClaim.decided_at.is_not(None),
        )
        .correlate(VoucherPurchase)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(VoucherPurchase, VoucherKind.name, VoucherCode.tail, exchanged)
        .join(VoucherKind, VoucherKind.id == VoucherPurchase.kind_id)
        .join(
            VoucherCode,
            and_(
                VoucherCode.county_id == VoucherPurchase.county_id,
                VoucherCode.id == VoucherPurchase.code_id,
            ),
        )
        .where(
            VoucherPurchase.county_id == platform.county_id,
            VoucherPurchase.shop_id == platform.shop_id,
            VoucherPurchase.bought_at >= clock.day_start(from_on),
            VoucherPurchase.bought_at < clock.day_end(to_on),
        )
        .order_by(VoucherPurchase.id)
    )
    for purchase, name, tail, exchanges in rows:
        is_refunded = purchase.state is PurchaseState.REFUNDED
        note = "坏券，已退分" if is_refunded else "坏券，已换码" if exchanges else None
        at = _local(purchase.bought_at)
        line = (at, name, f"****{tail}", purchase.points, purchase.market_price_fen, note)
        yield (0 if is_refunded else purchase.points), line


def _local(at: datetime) -> str:
    return at.astimezone(clock.CALENDAR).strftime("%Y-%m-%d %H:%M")


def _write(sheet: Worksheet, row: int, values: tuple[str | int | None, ...]) -> None:
    """Write a row: amounts (fen) as yuan, text as text and never a formula."""
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column)
        if isinstance(value, int):
            cell.value, cell.number_format = Decimal(value) / 100, "#,##0.00"
        elif value:
            cell.value, cell.data_type = value, "s"
