"""Vouchers that a household has bought and not used: only it is shown their codes."""

from collections.abc import Iterator

from sqlalchemy import and_, func, select

from app.kernel.db import db
from app.kernel.errors import DomainError
from app.register.households.life import Change, ChangeKind, Line, Touched, touched
from mall.vouchers.errors import VouchersLeft
from mall.vouchers.models import PurchaseState, VoucherCode, VoucherPurchase


def _left(change: Change) -> int:
    bought = (
        select(func.count())
        .select_from(VoucherPurchase)
        .join(
            VoucherCode,
            and_(
                VoucherCode.county_id == VoucherPurchase.county_id,
                VoucherCode.id == VoucherPurchase.code_id,
            ),
        )
        .where(
            VoucherPurchase.county_id == change.county_id,
            VoucherPurchase.household_id == change.household_id,
            VoucherPurchase.state == PurchaseState.BOUGHT,
            VoucherPurchase.used_at.is_(None),
            VoucherCode.last_on >= change.day,
        )
    )
    return db.session.scalar(bought) or 0


def _blocks(change: Change) -> Iterator[DomainError]:
    count = _left(change)
    if count and change.kind is ChangeKind.MERGE:
        yield VouchersLeft(vouchers=count)


def _apply(change: Change) -> Iterator[Line]:
    if count := _left(change):
        yield Line("vouchers", f"没用的 {count} 张券留在原来的户")


VOUCHERS = touched(Touched("vouchers", apply=_apply, blocks=_blocks))
