"""Goods that came back, or were not right, after they were handed over."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.kernel import clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.messages.notices import ToHousehold, tell
from app.points import awards, ledger
from app.register.households.locking import lock_households
from mall import campaigns
from mall.catalogue import stock
from mall.orders.errors import LineNotFound, RefundTooLate, RefundTooMuch, ShopHasTooLittle
from mall.orders.models import LineState, Order, OrderLine, OrderRefund, OrderState
from mall.orders.notices import ORDER_REFUNDED
from mall.orders.rows import line_in, lines_of, order_of_shops, require, trace

REFUND_DAYS = 7


@dataclass(frozen=True)
class Back:
    """So many pieces of a line, and why."""

    line_id: UUID
    count: int
    reason: str


def refund(
    *,
    county_id: int,
    order_id: UUID,
    shop_ids: Collection[UUID],
    back: Back,
    by: UUID,
    at: datetime,
) -> OrderRefund:
    """Give the points of pieces back to the household, and their subsidy to its funder.

    Each point goes back to where it came from, those that can be used longest first. The pieces
    do not return to the stock by themselves: the shop counts what stands on its shelf. Under the
    household's limit they count no more.

    Raises:
        OrderNotFound, LineNotFound: it is not of these shops, or was not handed over.
        StepNotPossible: the order was not handed over.
        RefundTooLate: it was handed over more than a week ago.
        RefundTooMuch: fewer pieces are left of the line.
        ShopHasTooLittle: the shop has cashed it out already.
        ledger.AccountFrozen: an account of the household, the shop or the funder is frozen.
    """
    order = order_of_shops(county_id, order_id, shop_ids)
    require(order, OrderState.HANDED_OVER)
    assert order.ended_at is not None
    if at >= order.ended_at + timedelta(days=REFUND_DAYS):
        raise RefundTooLate(days=REFUND_DAYS)
    line = line_in(lines_of(order), back.line_id)
    if line.state is not LineState.HANDED_OVER:
        raise LineNotFound()
    if line.refunded_count + back.count > line.count:
        raise RefundTooMuch(left=line.count - line.refunded_count)
    # Two that give back to one household take turns, so that neither waits for the other's shop.
    lock_households([order.household_id])
    before = _share(line.points, line), _share(line.subsidy_fen, line)
    line.refunded_count += back.count
    refunded = OrderRefund(
        county_id=county_id,
        id=uuid7(at),
        line_id=line.id,
        count=back.count,
        points=_share(line.points, line) - before[0],
        subsidy_fen=_share(line.subsidy_fen, line) - before[1],
        reason=back.reason,
        refunded_by=by,
        refunded_at=at,
    )
    db.session.add(refunded)
    trace("refund", order, by, at, line_id=str(line.id), points=refunded.points)
    db.session.flush()
    _forget_in_limit(line, refunded)
    _tell(order, line, refunded)
    _give_back(order, line, refunded, already=before[0])
    return refunded


def _forget_in_limit(line: OrderLine, refunded: OrderRefund) -> None:
    stock.note_return(
        county_id=line.county_id,
        reference=line.stock_reference,
        offer_id=line.offer_id,
        pieces=refunded.count,
        by=refunded.refunded_by,
        at=refunded.refunded_at,
    )


def _share(amount: int, line: OrderLine) -> int:
    """The part of an amount of the line that its refunded pieces are worth, rounded down."""
    return amount * line.refunded_count // line.count


def _give_back(order: Order, line: OrderLine, refunded: OrderRefund, *, already: int) -> None:
    assert order.ended_at is not None
    spent = ledger.spent_pieces(
        order.county_id, reference=line.reference, decided_at=order.ended_at
    )
    pieces = ledger.last_pieces(spent, amount=refunded.points, already=already)
    try:
        ledger.give_back(
            county_id=order.county_id,
            household_id=order.household_id,
            pieces=awards.usable_again(order.county_id, pieces, clock.day_of(refunded.refunded_at)),
            reference=refunded.reference,
            decided_at=refunded.refunded_at,
            kind=ledger.TransferKind.ORDER_REFUND,
            debit=ledger.shop(order.shop_id),
        )
    except ledger.InsufficientPoints as short:
        raise ShopHasTooLittle(missing=short.missing + refunded.subsidy_fen) from None
    if refunded.subsidy_fen:
        _give_back_subsidy(line, refunded)


def _give_back_subsidy(line: OrderLine, refunded: OrderRefund) -> None:
    try:
        campaigns.give_back_subsidy(
            county_id=line.county_id,
            reference=line.reference,
            because=refunded.reference,
            decided_at=refunded.refunded_at,
            amount_fen=refunded.subsidy_fen,
        )
    except ledger.InsufficientPoints as short:
        raise ShopHasTooLittle(missing=short.missing) from None


def _tell(order: Order, line: OrderLine, refunded: OrderRefund) -> None:
    details = {
        "order_id": str(order.id),
        "name": line.name,
        "count": refunded.count,
        "unit": line.unit,
        "points": refunded.points,
        "reason": refunded.reason,
    }
    tell(
        ORDER_REFUNDED,
        [ToHousehold(order.household_id, refunded.reference, details)],
        county_id=order.county_id,
        at=refunded.refunded_at,
    )
