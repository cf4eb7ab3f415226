"""An order goes on: prepared, ready, on its way, handed over; or it is cancelled."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from app.messages.notices import NoticeKind, ToHousehold, tell
from mall.merchants import apart
from mall.merchants import queries as merchants
from mall.orders import codes
from mall.orders.errors import (
    AlreadyPreparing,
    CodeNeeded,
    CodeWrong,
    DeliveryNeedsCode,
    NothingLeft,
    ShopSuspended,
    SubstitutePending,
)
from mall.orders.models import CancelledBy, LineState, Order, OrderLine, OrderState, Way
from mall.orders.notices import ORDER_CANCELLED, ORDER_READY, ORDER_RECEIVED
from mall.orders.rows import (
    any_order,
    end_lines,
    line_in,
    lines_of,
    order_of_household,
    order_of_shops,
    require,
    trace,
)
from mall.orders.settings import settings_of

_S = OrderState
# What a delivery may be worth that is handed over for a name; above it, for the digits only.
NAME_POINTS_MAX = 2_000
OPEN = tuple(state for state in _S if state.is_open)


@dataclass(frozen=True)
class ShownCode:
    """The digits of an order for the phone to show: their only appearance in clear."""

    qr: str
    digits: str


@dataclass(frozen=True)
class HandOver:
    """How the goods changed hands: the digits that were shown, or who took a delivery.

    ``without`` names the lines that the household did not get.
    """

    code: str | None = None
    received_by: str | None = None
    without: Collection[UUID] = ()


def prepare(
    *, county_id: int, order_id: UUID, shop_ids: Collection[UUID], by: UUID, at: datetime
) -> Order:
    """The shop begins with the order; from now on its household cannot cancel it.

    Raises:
        OrderNotFound: it is not of these shops.
        StepNotPossible: it is past this.
    """
    order = order_of_shops(county_id, order_id, shop_ids)
    require(order, _S.PLACED)
    order.step_to(_S.PREPARING)
    trace("prepare", order, by, at)
    return order


def make_ready(
    *, county_id: int, order_id: UUID, shop_ids: Collection[UUID], by: UUID, at: datetime
) -> Order:
    """The goods are packed; the household is told.

    Raises:
        OrderNotFound, StepNotPossible: as for ``prepare``.
        SubstitutePending: a substitute still waits for the household's word.
    """
    order = order_of_shops(county_id, order_id, shop_ids)
    require(order, _S.PREPARING)
    lines = lines_of(order)
    if any(line.state is LineState.OFFERED for line in lines):
        raise SubstitutePending()
    order.step_to(_S.READY)
    order.due_at = at + _pick_up_time(county_id)
    trace("make_ready", order, by, at)
    _tell(
        ORDER_READY,
        order,
        at,
        way=order.way.value,
        points=sum(line.points for line in lines if line.state is LineState.OPEN),
        until=order.due_at.isoformat(),
    )
    return order


def depart(
    *, county_id: int, order_id: UUID, shop_ids: Collection[UUID], by: UUID, at: datetime
) -> Order:
    """A delivery leaves the shop.

    Raises:
        OrderNotFound: it is not of these shops.
        StepNotPossible: it is not ready, or is to be picked up.
    """
    order = order_of_shops(county_id, order_id, shop_ids)
    require(order, *([_S.READY] if order.way is Way.DELIVERY else []))
    order.step_to(_S.ON_THE_WAY)
    order.due_at = at + _pick_up_time(county_id)
    trace("depart", order, by, at)
    return order


def show_code(*, county_id: int, order_id: UUID, household_id: UUID) -> ShownCode:
    """New digits for an order that is ready or on its way; those shown before end.

    Raises:
        OrderNotFound: it is not the household's.
        StepNotPossible: there is nothing to hand over now.
    """
    order = order_of_household(county_id, order_id, household_id)
    require(order, _S.READY, _S.ON_THE_WAY)
    digits = codes.new_digits()
    order.code_digest = codes.digest(county_id, order_id, digits)
    return ShownCode(codes.qr(order_id, digits), digits)


def hand_over(
    *,
    county_id: int,
    order_id: UUID,
    shop_ids: Collection[UUID],
    how: HandOver,
    by: UUID,
    at: datetime,
) -> Order:
    """The household has its goods: pieces leave the stock, points and subsidies reach the shop.

    Raises:
        OrderNotFound, LineNotFound: it is not of these shops.
        CodeNeeded, DeliveryNeedsCode: what is picked up or dear needs the digits.
        CodeWrong, TooManyWrongCodes, CodeUnavailable: digits were typed.
        StepNotPossible: it is not ready, not on its way, or has ended.
        NothingLeft: every line was left out.
        ShopSuspended: its merchant takes no points now.
        OwnCounter, Related: it would go to the caller's own household, or a relation's.
        ledger.AccountFrozen: an account of the household, the shop or a funder is frozen.
    """
    if how.code is not None:
        codes.TRIES.begin_until_commit(order_id)
    order = order_of_shops(county_id, order_id, shop_ids)
    require(order, _S.READY if order.way is Way.PICK_UP else _S.ON_THE_WAY)
    _check_receiver(order, how)
    _check_merchant(order)
    apart.check(shop_id=order.shop_id, household_id=order.household_id, clerk_id=by, at=at)
    lines = lines_of(order)
    left_out = {line_in(lines, line_id).id for line_id in how.without}
    still_open = [line for line in lines if line.state is LineState.OPEN]
    handed = [line for line in still_open if line.id not in left_out]
    if not handed:
        raise NothingLeft()
    order.step_to(_S.HANDED_OVER)
    order.due_at, order.ended_at = None, at
    points = sum(line.points for line in handed)
    if how.code is None:
        if points > NAME_POINTS_MAX:
            raise DeliveryNeedsCode(limit=NAME_POINTS_MAX)
        order.received_by = how.received_by
    _tell(ORDER_RECEIVED, order, at, received_by=order.received_by, points=points)
    trace("hand_over", order, by, at, points=points)
    dropped = [line for line in still_open if line.id in left_out]
    end_lines(order, handed=handed, dropped=dropped, by=by, at=at)
    return order


def cancel(*, county_id: int, order_id: UUID, household_id: UUID, by: UUID, at: datetime) -> Order:
    """The household does not want it any more, before the shop has begun; or at any time while
    its merchant is suspended, which hands nothing over.

    Raises:
        OrderNotFound: it is not the household's.
        AlreadyPreparing: the shop has begun.
        StepNotPossible: it has ended.
    """
    order = order_of_household(county_id, order_id, household_id)
    require(order, *OPEN)
    if order.state is not _S.PLACED and _is_served(order):
        raise AlreadyPreparing()
    end_order(order, CancelledBy.RESIDENT, by=by, at=at)
    return order


def refuse(
    *,
    county_id: int,
    order_id: UUID,
    shop_ids: Collection[UUID],
    reason: str,
    by: UUID,
    at: datetime,
) -> Order:
    """The shop cancels an order; its household is told why.

    Raises:
        OrderNotFound: it is not of these shops.
        StepNotPossible: it has ended.
    """
    order = order_of_shops(county_id, order_id, shop_ids)
    require(order, *OPEN)
    end_order(order, CancelledBy.SHOP, reason=reason, by=by, at=at)
    return order


def end_if_overdue(*, county_id: int, order_id: UUID, at: datetime) -> bool:
    """Cancel an order that was not prepared, or not picked up, in time. Returns whether it did."""
    order = any_order(county_id, order_id)
    if order.due_at is None or at < order.due_at:
        return False
    end_order(order, CancelledBy.TIME, by=None, at=at)
    return True


def end_order(
    order: Order,
    cancelled_by: CancelledBy,
    *,
    reason: str | None = None,
    by: UUID | None,
    at: datetime,
) -> None:
    """Cancel a locked order: points, pieces and subsidies are free again."""
    standing = [line for line in lines_of(order) if _stands(line)]
    points = sum(line.held_points for line in standing if line.state is LineState.OPEN)
    order.step_to(_S.CANCELLED)
    order.due_at, order.ended_at = None, at
    order.cancelled_by, order.reason = cancelled_by, reason
    trace("cancel", order, by, at, points=points, cancelled_by=cancelled_by.value)
    if standing:
        end_lines(order, dropped=standing, by=by, at=at)
    if cancelled_by is not CancelledBy.RESIDENT:
        _tell(ORDER_CANCELLED, order, at, reason=reason, points=points)


def _stands(line: OrderLine) -> bool:
    return line.state in {LineState.OPEN, LineState.OFFERED}


def _check_receiver(order: Order, how: HandOver) -> None:
    if how.code is None:
        if order.way is Way.PICK_UP or not how.received_by:
            raise CodeNeeded()
        return
    shown = codes.digest(order.county_id, order.id, how.code)
    if order.code_digest is None or not compare_digest(order.code_digest, shown):
        raise CodeWrong()


def _check_merchant(order: Order) -> None:
    if not _is_served(order):
        raise ShopSuspended()


def _is_served(order: Order) -> bool:
    """Whether its merchant takes points now."""
    shop = merchants.shop(order.county_id, order.shop_id)
    return merchants.merchant(order.county_id, shop.merchant_id).is_active


def _pick_up_time(county_id: int) -> timedelta:
    return timedelta(days=settings_of(county_id).pick_up_days)


def _tell(kind: NoticeKind, order: Order, at: datetime, **details: object) -> None:
    shop = merchants.shop(order.county_id, order.shop_id).name
    about = {"order_id": str(order.id), "shop": shop, **details}
    tell(
        kind,
        [ToHousehold(order.household_id, f"order:{order.id}", about)],
        county_id=order.county_id,
        at=at,
    )
