"""Orders and their lines for a command, and how a line ends: stock first, the ledger last."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.kernel import audit
from app.kernel.db import db, locked
from app.points import awards, ledger
from mall import campaigns
from mall.catalogue import stock
from mall.orders.errors import LineNotFound, OrderNotFound, StepNotPossible
from mall.orders.models import LineState, Order, OrderLine, OrderState
from mall.orders.words import STATES


def order_of_household(county_id: int, order_id: UUID, household_id: UUID) -> Order:
    """The household's order, locked until commit. Raises OrderNotFound for any other."""
    return _locked_order(county_id, order_id, Order.household_id == household_id)


def order_of_shops(county_id: int, order_id: UUID, shop_ids: Collection[UUID]) -> Order:
    """An order of one of the shops, locked until commit. Raises OrderNotFound for any other."""
    return _locked_order(county_id, order_id, Order.shop_id.in_(shop_ids))


def any_order(county_id: int, order_id: UUID) -> Order:
    """An order that is known to exist, locked until commit, for a job."""
    return _locked_order(county_id, order_id)


def _locked_order(county_id: int, order_id: UUID, *whose: ColumnElement[bool]) -> Order:
    order = db.session.scalar(
        locked(select(Order).where(Order.county_id == county_id, Order.id == order_id, *whose))
    )
    if order is None:
        raise OrderNotFound()
    return order


def lines_of(order: Order) -> list[OrderLine]:
    """The lines of a locked order as they are now: who changes a line locks its order."""
    return list(
        db.session.scalars(
            select(OrderLine)
            .where(OrderLine.county_id == order.county_id, OrderLine.order_id == order.id)
            .order_by(OrderLine.id)
            .execution_options(populate_existing=True)
        )
    )


def line_in(lines: Iterable[OrderLine], line_id: UUID) -> OrderLine:
    """Raises LineNotFound."""
    found = next((line for line in lines if line.id == line_id), None)
    if found is None:
        raise LineNotFound()
    return found


def require(order: Order, *states: OrderState) -> None:
    """Raises StepNotPossible unless the order is in one of the states."""
    if order.state not in states:
        raise StepNotPossible(state=order.state.value, words=STATES[order.state])


def end_lines(
    order: Order,
    *,
    handed: Sequence[OrderLine] = (),
    dropped: Sequence[OrderLine] = (),
    by: UUID | None,
    at: datetime,
) -> None:
    """Hand lines over and let others go, in the one order of locks: stock, then the ledger.

    A substitute that nobody has answered to is let go like a line; it holds no points.
    """
    _end_stock(order, handed, dropped, by, at)
    was_open = [line for line in dropped if line.state is LineState.OPEN]
    for line in handed:
        line.step_to(LineState.HANDED_OVER)
    for line in dropped:
        is_open = line.state is LineState.OPEN
        line.step_to(LineState.DROPPED if is_open else LineState.DECLINED)
        line.answer_until = None
    db.session.flush()
    _move_points(order, handed, was_open, at)


def free_stock(line: OrderLine, *, by: UUID | None, at: datetime) -> None:
    """Put the pieces of one line back on the shelf."""
    stock.give_back(
        county_id=line.county_id,
        reference=line.stock_reference,
        offer_ids=[line.offer_id],
        by=by,
        at=at,
    )


def _end_stock(
    order: Order,
    handed: Sequence[OrderLine],
    dropped: Sequence[OrderLine],
    by: UUID | None,
    at: datetime,
) -> None:
    # All at once and in the order of ids; each of the calls below then finds them locked.
    stock.locked_offers(order.county_id, [line.offer_id for line in [*handed, *dropped]])
    for lines, end in ((handed, stock.consume), (dropped, stock.give_back)):
        by_reference: defaultdict[str, list[UUID]] = defaultdict(list)
        for line in lines:
            by_reference[line.stock_reference].append(line.offer_id)
        for reference, offer_ids in by_reference.items():
            end(
                county_id=order.county_id,
                reference=reference,
                offer_ids=offer_ids,
                by=by,
                at=at,
            )


def _move_points(
    order: Order, handed: Sequence[OrderLine], dropped: Sequence[OrderLine], at: datetime
) -> None:
    for line in handed:
        ledger.settle_points(
            county_id=order.county_id,
            held_as=f"{line.reference}:hold",
            held_at=order.placed_at,
            reference=line.reference,
            decided_at=at,
            amount=line.points,
        )
    for line in dropped:
        ledger.release_points(
            county_id=order.county_id,
            held_as=f"{line.reference}:hold",
            held_at=order.placed_at,
            reference=f"{line.reference}:release",
            decided_at=at,
        )
    for line in [*handed, *dropped]:
        _prolong(order, line, at)
    paid = {
        line.reference: campaigns.Paid(
            line.market_price_fen, line.settlement_fen, line.points, line.subsidy_fen
        )
        if line in handed and line.subsidy_fen
        else None
        for line in [*handed, *dropped]
        if line.promised_fen
    }
    if paid:
        campaigns.end_promises(county_id=order.county_id, outcomes=paid, decided_at=at)


def _prolong(order: Order, line: OrderLine, at: datetime) -> None:
    """What was held for the line, was not paid, and has ended meanwhile can be spent again."""
    held = ledger.held_pieces(
        order.county_id, reference=f"{line.reference}:hold", held_at=order.placed_at
    )
    spent = ledger.spent_pieces(order.county_id, reference=line.reference, decided_at=at)
    paid = {piece.expires_on: piece.amount for piece in spent}
    left = [
        replace(piece, amount=amount)
        for piece in held
        if (amount := piece.amount - paid.get(piece.expires_on, 0))
    ]
    awards.prolong(
        county_id=order.county_id,
        household_id=order.household_id,
        pieces=left,
        reference=f"{line.reference}:prolong",
        decided_at=at,
    )


def trace(action: str, order: Order, by: UUID | None, at: datetime, **details: Any) -> None:
    """Write who did what to the order."""
    audit.record(
        f"orders.{action}",
        county_id=order.county_id,
        actor_id=by,
        subject=("order", order.id),
        at=at,
        household_id=order.household_id,
        state=order.state.value,
        **details,
    )
