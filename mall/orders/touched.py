"""A household with goods on their way is not merged: they would reach nobody."""

from collections.abc import Iterator

from sqlalchemy import func, select

from app.kernel.db import db
from app.kernel.errors import DomainError
from app.register.households.life import Change, ChangeKind, Line, Touched, touched
from mall.orders.errors import OrdersOpen
from mall.orders.models import Order


def _open(change: Change) -> int:
    found = select(func.count()).where(
        Order.county_id == change.county_id,
        Order.household_id == change.household_id,
        Order.ended_at.is_(None),
    )
    return db.session.scalar(found) or 0


def _blocks(change: Change) -> Iterator[DomainError]:
    count = _open(change)
    if count and change.kind is ChangeKind.MERGE:
        yield OrdersOpen(orders=count)


def _apply(change: Change) -> Iterator[Line]:
    if count := _open(change):
        yield Line("orders", f"还没交货的 {count} 个订单留在原来的户，留着付款的积分不分")


ORDERS = touched(Touched("orders", apply=_apply, blocks=_blocks))
