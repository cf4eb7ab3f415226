"""Something is missing: the shop offers another thing of at most the same value, or none."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from app.kernel.db import db
from app.kernel.ids import uuid7
from app.messages.notices import ToHousehold, tell
from app.register.regions import queries as regions
from mall import campaigns
from mall.catalogue import stock
from mall.catalogue.stock import Reserved, Wanted
from mall.orders.errors import (
    LineNotFound,
    OneShopOnly,
    SubstituteIsSame,
    SubstituteOver,
    SubstitutePending,
    SubstituteTooDear,
)
from mall.orders.fulfilment import end_order
from mall.orders.models import CancelledBy, LineState, Order, OrderLine, OrderState
from mall.orders.notices import SUBSTITUTE_OFFERED
from mall.orders.rows import (
    any_order,
    end_lines,
    free_stock,
    line_in,
    lines_of,
    order_of_household,
    order_of_shops,
    require,
    trace,
)
from mall.orders.settings import settings_of
from mall.orders.words import OUT_OF_STOCK


def offer_substitute(
    *,
    county_id: int,
    order_id: UUID,
    line_id: UUID,
    shop_ids: Collection[UUID],
    wanted: Wanted,
    by: UUID,
    at: datetime,
) -> OrderLine:
    """Offer the household something else for a line that is missing; its pieces are set aside.

    It costs what it would have cost under the terms agreed for the line, and at most as much.

    Raises:
        OrderNotFound, LineNotFound: it is not of these shops, or not open any more.
        StepNotPossible: the order is not being prepared.
        SubstituteIsSame: it is the same offer.
        SubstitutePending: another one still waits for an answer.
        SubstituteTooDear: it costs more.
        OneShopOnly, NotOnSale, NotForYou, OverLimit, OutOfStock: as for an order.
    """
    order = order_of_shops(county_id, order_id, shop_ids)
    require(order, OrderState.PREPARING)
    lines = lines_of(order)
    missing = line_in(lines, line_id)
    if missing.state is not LineState.OPEN:
        raise LineNotFound()
    if missing.offer_id == wanted.offer_id:
        raise SubstituteIsSame()
    if any(line.state is LineState.OFFERED and line.replaces_id == line_id for line in lines):
        raise SubstitutePending()
    substitute_id = uuid7(at)
    (reserved,) = stock.reserve(
        county_id=county_id,
        reference=f"order_line:{substitute_id}",
        wanted=[wanted],
        buyer=stock.Buyer(order.household_id, regions.paths([order.group_id])[order.group_id]),
        by=by,
        at=at,
    )
    substitute = _substitute(order, missing, substitute_id, reserved, at)
    db.session.add(substitute)
    trace("offer_substitute", order, by, at, line_id=str(line_id), points=substitute.points)
    db.session.flush()
    _tell(order, missing, substitute, at)
    return substitute


def answer(
    *,
    county_id: int,
    order_id: UUID,
    line_id: UUID,
    household_id: UUID,
    is_wanted: bool,
    by: UUID,
    at: datetime,
) -> Order:
    """The household takes the substitute ``line_id``, or neither it nor what was missing.

    Raises:
        OrderNotFound, LineNotFound: it is not the household's.
        SubstituteOver: it was answered before, or too late.
    """
    order = order_of_household(county_id, order_id, household_id)
    substitute = line_in(lines_of(order), line_id)
    until = substitute.answer_until
    if substitute.state is not LineState.OFFERED or until is None or at >= until:
        raise SubstituteOver()
    trace("answer", order, by, at, line_id=str(line_id), is_wanted=is_wanted)
    if is_wanted:
        _take(order, substitute, by, at)
    else:
        _drop(order, substitute, by, at)
    return order


def end_if_unanswered(*, county_id: int, order_id: UUID, at: datetime) -> int:
    """Drop what nobody answered for in time, with its substitute. Returns how many."""
    order = any_order(county_id, order_id)
    late = [
        line
        for line in lines_of(order)
        if line.state is LineState.OFFERED and line.answer_until and line.answer_until <= at
    ]
    for substitute in late:
        _drop(order, substitute, None, at)
    return len(late)


def _substitute(
    order: Order, missing: OrderLine, substitute_id: UUID, reserved: Reserved, at: datetime
) -> OrderLine:
    if reserved.shop_id != order.shop_id:
        raise OneShopOnly()
    quote = campaigns.quote_as_promised(
        county_id=order.county_id,
        reference=missing.reference,
        market_price_fen=reserved.market_price_fen * reserved.count,
        settlement_fen=reserved.settlement_price_fen * reserved.count,
    )
    if quote.points > missing.points or quote.subsidy_fen > missing.promised_fen:
        raise SubstituteTooDear(points=quote.settlement_fen, points_max=missing.settlement_fen)
    minutes = settings_of(order.county_id).substitute_minutes
    return OrderLine(
        county_id=order.county_id,
        id=substitute_id,
        order_id=order.id,
        replaces_id=missing.id,
        root_id=missing.root_id,
        offer_id=reserved.offer_id,
        state=LineState.OFFERED,
        name=reserved.name,
        unit=reserved.unit,
        count=reserved.count,
        market_price_fen=quote.market_price_fen,
        settlement_fen=quote.settlement_fen,
        points=quote.points,
        subsidy_fen=quote.subsidy_fen,
        campaign_name=quote.campaign_name,
        funder_name=quote.funder_name,
        held_points=missing.held_points,
        promised_fen=missing.promised_fen,
        answer_until=at + timedelta(minutes=minutes),
    )


def _take(order: Order, substitute: OrderLine, by: UUID, at: datetime) -> None:
    """The substitute stands in for what was missing, and has its points from now on."""
    assert substitute.replaces_id is not None
    missing = line_in(lines_of(order), substitute.replaces_id)
    free_stock(missing, by=by, at=at)
    missing.step_to(LineState.REPLACED)
    substitute.step_to(LineState.OPEN)
    substitute.answer_until = None


def _drop(order: Order, substitute: OrderLine, by: UUID | None, at: datetime) -> None:
    assert substitute.replaces_id is not None
    lines = lines_of(order)
    missing = line_in(lines, substitute.replaces_id)
    others = [line for line in lines if line.state is LineState.OPEN and line is not missing]
    if not others:
        end_order(order, CancelledBy.SHOP, reason=OUT_OF_STOCK, by=by, at=at)
        return
    end_lines(order, dropped=[missing, substitute], by=by, at=at)


def _tell(order: Order, missing: OrderLine, substitute: OrderLine, at: datetime) -> None:
    assert substitute.answer_until is not None
    details = {
        "order_id": str(order.id),
        "line_id": str(substitute.id),
        "was": missing.name,
        "now": substitute.name,
        "points": substitute.points,
        "minutes": int((substitute.answer_until - at).total_seconds() // 60),
    }
    tell(
        SUBSTITUTE_OFFERED,
        [ToHousehold(order.household_id, f"order_line:{substitute.id}", details)],
        county_id=order.county_id,
        at=at,
    )
