"""The sales of a platform as a workbook, to check its bill by."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.tables import report
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
# Each heading and the width of its column.
COLUMNS = {
    "购买时间": 18,
    "券名": 28,
    "券码尾号": 12,
    "结算价（元）": 14,
    "市场价（元）": 14,
    "备注": 20,
}


def export(platform: Platform, *, from_on: date, to_on: date) -> bytes:
    """An .xlsx of what was sold from the first day to the last, both included.

    A code appears by its tail only, and no household at all.

    Raises:
        PeriodTooLong: the days are too many, or in the wrong order.
    """
    if not from_on <= to_on < from_on + timedelta(days=DAYS_MAX):
        raise PeriodTooLong(days=DAYS_MAX)
    sales = list(_lines(platform, from_on, to_on))
    total = sum(owed for owed, _ in sales)
    return report(
        sheet="销售明细",
        above=[(platform.name, f"{from_on} 至 {to_on}")],
        columns=COLUMNS,
        lines=[*(line for _, line in sales), ("合计", None, None, total, None, "不含已退分的")],
    )


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
