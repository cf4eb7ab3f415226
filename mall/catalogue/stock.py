"""Stock for orders: set aside, handed over or given back; once for each reference.

The front door for orders. ``reserve`` takes pieces from the shelf for a reference (say
``order:<id>``); each offer of the reference later ends in ``consume`` or in ``give_back``, all of
them at once or some before others, and each of the three may be repeated without doing anything
again. Rows are locked in the order of
their ids, goods before offers: two orders wait for one another and never deadlock.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from app.kernel import clock
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from mall.catalogue.errors import (
    NotForYou,
    NotOnSale,
    OfferNotFound,
    OutOfStock,
    OverLimit,
    ReservationDiffers,
    ReservationEnded,
    ReservationNotFound,
)
from mall.catalogue.models import Goods, GoodsState, LimitPeriod, MoveKind, Offer, StockMove
from mall.merchants.models import Merchant, MerchantState, Shop

PERIODS = {LimitPeriod.DAY: "每天", LimitPeriod.MONTH: "每月", LimitPeriod.EVER: "一共"}


@dataclass(frozen=True)
class Wanted:
    """So many pieces of an offer."""

    offer_id: UUID
    count: int


@dataclass(frozen=True)
class Buyer:
    """The household that an order is for, and the places in which it lives."""

    household_id: UUID
    places: Collection[UUID]


@dataclass(frozen=True)
class Reserved:
    """What was set aside of one offer, at the prices of that moment, for the order to keep."""

    offer_id: UUID
    goods_id: UUID
    shop_id: UUID
    merchant_id: UUID
    name: str
    unit: str
    count: int
    market_price_fen: int  # of one piece, like the others
    settlement_price_fen: int
    points_price: int


def reserve(
    *,
    county_id: int,
    reference: str,
    wanted: Sequence[Wanted],
    buyer: Buyer,
    by: UUID | None,
    at: datetime,
) -> list[Reserved]:
    """Set pieces aside for an order: all that is wanted, or nothing. In the order of offer ids.

    A repeat with the same reference returns what it reserved, at the prices of now.

    Raises:
        OfferNotFound: there is no such offer in the county.
        NotOnSale: withdrawn, not listed, not at this time, or its shop is closed or suspended.
        NotForYou: it is for residents of other places.
        OverLimit: the household may not buy so many more.
        OutOfStock: fewer are left.
        ReservationDiffers: the reference reserved something else before.
    """
    pieces = _by_offer(wanted)
    found = locked_offers(county_id, pieces)
    if len(found) != len(pieces):
        raise OfferNotFound()
    before = _begun(county_id, reference)
    if before:
        if {move.offer_id: (move.reserved_change, move.household_id) for move in before} != {
            offer_id: (count, buyer.household_id) for offer_id, count in pieces.items()
        }:
            raise ReservationDiffers()
    else:
        _check_on_sale([offer for offer, _ in found], at)
        for offer, goods in found:
            _check_buyer(goods, offer, buyer)
            _check_limit(goods, offer, pieces, found, buyer, at)
            if offer.stock < pieces[offer.id]:
                raise OutOfStock(name=goods.name, offer_id=str(offer.id), stock=offer.stock)
        for offer, _ in found:
            count = pieces[offer.id]
            _move(offer, MoveKind.RESERVE, count, reference, buyer.household_id, by, at)
    return [_reserved(offer, goods, pieces[offer.id]) for offer, goods in found]


def consume(
    *,
    county_id: int,
    reference: str,
    offer_ids: Collection[UUID] | None = None,
    by: UUID | None,
    at: datetime,
) -> None:
    """What was set aside for the reference was handed over; a repeat does nothing.

    ``offer_ids`` names some of its offers; without it all end.

    Raises:
        ReservationNotFound: nothing was ever set aside for it.
        ReservationEnded: it was given back.
    """
    _end(county_id, MoveKind.CONSUME, reference, offer_ids, by, at)


def give_back(
    *,
    county_id: int,
    reference: str,
    offer_ids: Collection[UUID] | None = None,
    by: UUID | None,
    at: datetime,
) -> None:
    """Put what was set aside for the reference on the shelf again; a repeat does nothing.

    ``offer_ids`` names some of its offers; without it all end.

    Raises:
        ReservationNotFound: nothing was ever set aside for it.
        ReservationEnded: it was handed over.
    """
    _end(county_id, MoveKind.GIVE_BACK, reference, offer_ids, by, at)


def note_return(
    *, county_id: int, reference: str, offer_id: UUID, pieces: int, by: UUID | None, at: datetime
) -> None:
    """Pieces that were handed over came back: they count no more under the household's limit.

    The shelf is left as it is: the shop counts what stands there again.

    Raises:
        ReservationNotFound: nothing was ever set aside for the reference.
    """
    begun = [move for move in _begun(county_id, reference) if move.offer_id == offer_id]
    if not begun:
        raise ReservationNotFound()
    db.session.add(
        StockMove(
            county_id=county_id,
            id=uuid7(at),
            offer_id=offer_id,
            goods_id=begun[0].goods_id,
            kind=MoveKind.RETURN,
            stock_change=0,
            reserved_change=0,
            returned_count=pieces,
            reference=reference,
            household_id=begun[0].household_id,
            moved_by=by,
            moved_at=at,
        )
    )


def _end(
    county_id: int,
    kind: MoveKind,
    reference: str,
    offer_ids: Collection[UUID] | None,
    by: UUID | None,
    at: datetime,
) -> None:
    begun = [
        move
        for move in _begun(county_id, reference)
        if offer_ids is None or move.offer_id in offer_ids
    ]
    if len(begun) < len(offer_ids or {None}):
        raise ReservationNotFound()
    found = locked_offers(county_id, [move.offer_id for move in begun])
    ended = db.session.scalars(
        select(StockMove.kind).where(
            StockMove.county_id == county_id,
            StockMove.reference == reference,
            StockMove.offer_id.in_([move.offer_id for move in begun]),
            StockMove.kind.in_([MoveKind.CONSUME, MoveKind.GIVE_BACK]),
        )
    ).all()
    if ended:
        if set(ended) != {kind} or len(ended) != len(begun):
            raise ReservationEnded()
        return
    offers = {offer.id: offer for offer, _ in found}
    for move in begun:
        offer = offers[move.offer_id]
        _move(offer, kind, move.reserved_change, reference, move.household_id, by, at)


def _by_offer(wanted: Sequence[Wanted]) -> dict[UUID, int]:
    pieces: dict[UUID, int] = {}
    for one in wanted:
        assert one.count > 0, "an order names at least one piece"
        pieces[one.offer_id] = pieces.get(one.offer_id, 0) + one.count
    return dict(sorted(pieces.items()))


_CHOSEN = (
    Offer.county_id == bindparam("county"),
    Offer.id.in_(bindparam("ids", expanding=True)),
)
_LOCKED_GOODS = locked(
    select(Goods).where(Goods.id.in_(select(Offer.goods_id).where(*_CHOSEN))).order_by(Goods.id)
)
_LOCKED_OFFERS = locked(select(Offer).where(*_CHOSEN).order_by(Offer.id))


def locked_offers(
    county_id: int, offer_ids: Sequence[UUID] | dict[UUID, int]
) -> list[tuple[Offer, Goods]]:
    """The offers with their goods, in the order of ids, locked until commit.

    Goods are locked too: a household's limit counts over all shops, and a price must not change
    between what is shown and what is reserved.
    """
    chosen = {"county": county_id, "ids": list(offer_ids)}
    goods = {row.id: row for row in db.session.scalars(_LOCKED_GOODS, chosen)}
    offers = db.session.scalars(_LOCKED_OFFERS, chosen)
    return [(offer, goods[offer.goods_id]) for offer in offers]


_BEGUN = (
    select(StockMove)
    .where(
        StockMove.county_id == bindparam("county"),
        StockMove.reference == bindparam("reference"),
        StockMove.kind == MoveKind.RESERVE,
    )
    .order_by(StockMove.offer_id)
)


def _begun(county_id: int, reference: str) -> Sequence[StockMove]:
    asked = {"county": county_id, "reference": reference}
    return db.session.scalars(_BEGUN, asked).all()


_ON_SALE = (
    select(Offer.id, Goods.name, Goods.state, Shop.is_open, Merchant.state)
    .join(Goods, Goods.id == Offer.goods_id)
    .join(Shop, Shop.id == Offer.shop_id)
    .join(Merchant, Merchant.id == Offer.merchant_id)
    .where(Offer.id.in_(bindparam("ids", expanding=True)))
)


def _check_on_sale(offers: Sequence[Offer], at: datetime) -> None:
    """All of them are for sale at this moment, as the catalogue would show them."""
    asked = {"ids": [offer.id for offer in offers]}
    rows = db.session.connection().execute(_ON_SALE, asked)
    facts = {row[0]: row for row in rows}
    for offer in offers:
        _, name, state, is_open, merchant_state = facts[offer.id]
        is_in_time = offer.on_sale_from <= at and (
            offer.on_sale_until is None or at < offer.on_sale_until
        )
        is_served = is_open and merchant_state is MerchantState.ACTIVE
        if not (state is GoodsState.LISTED and offer.is_listed and is_in_time and is_served):
            raise NotOnSale(name=name, offer_id=str(offer.id))


def _check_buyer(goods: Goods, offer: Offer, buyer: Buyer) -> None:
    if goods.buyer_region_ids and set(buyer.places).isdisjoint(goods.buyer_region_ids):
        raise NotForYou(name=goods.name, offer_id=str(offer.id))


def _check_limit(
    goods: Goods,
    offer: Offer,
    pieces: dict[UUID, int],
    found: list[tuple[Offer, Goods]],
    buyer: Buyer,
    at: datetime,
) -> None:
    if goods.limit_count is None or goods.limit_period is None:
        return
    now = sum(pieces[other.id] for other, theirs in found if theirs.id == goods.id)
    left = goods.limit_count - bought(
        goods.county_id, goods.id, buyer.household_id, goods.limit_period, at
    )
    if now > left:
        raise OverLimit(
            name=goods.name,
            offer_id=str(offer.id),
            period=PERIODS[goods.limit_period],
            limit=goods.limit_count,
            left=max(left, 0),
        )


def bought(
    county_id: int, goods_id: UUID, household_id: UUID, period: LimitPeriod, at: datetime
) -> int:
    """Pieces that the household has reserved in the running period and not given back.

    What is given back, or came back after it was handed over, counts for the day on which it was
    reserved.
    """
    begun = select(StockMove.reference).where(
        StockMove.county_id == county_id,
        StockMove.household_id == household_id,
        StockMove.goods_id == goods_id,
        StockMove.kind == MoveKind.RESERVE,
    )
    if period is not LimitPeriod.EVER:
        day = clock.day_of(at)
        first = day if period is LimitPeriod.DAY else day.replace(day=1)
        begun = begun.where(StockMove.moved_at >= clock.day_start(first))
    total = select(func.sum(StockMove.reserved_change - StockMove.returned_count)).where(
        StockMove.county_id == county_id,
        StockMove.household_id == household_id,
        StockMove.goods_id == goods_id,
        StockMove.kind.in_([MoveKind.RESERVE, MoveKind.GIVE_BACK, MoveKind.RETURN]),
        StockMove.reference.in_(begun),
    )
    return int(db.session.scalar(total) or 0)


def _move(
    offer: Offer,
    kind: MoveKind,
    count: int,
    reference: str,
    household_id: UUID | None,
    by: UUID | None,
    at: datetime,
) -> None:
    """Write one line of the journal, and the offer as it stands after it."""
    reserved_change = count if kind is MoveKind.RESERVE else -count
    stock_change = 0 if kind is MoveKind.CONSUME else -reserved_change
    offer.stock += stock_change
    offer.reserved += reserved_change
    offer.sold += count if kind is MoveKind.CONSUME else 0
    db.session.add(
        StockMove(
            county_id=offer.county_id,
            id=uuid7(at),
            offer_id=offer.id,
            goods_id=offer.goods_id,
            kind=kind,
            stock_change=stock_change,
            reserved_change=reserved_change,
            reference=reference,
            household_id=household_id,
            moved_by=by,
            moved_at=at,
        )
    )


def _reserved(offer: Offer, goods: Goods, count: int) -> Reserved:
    return Reserved(
        offer_id=offer.id,
        goods_id=goods.id,
        shop_id=offer.shop_id,
        merchant_id=offer.merchant_id,
        name=goods.name,
        unit=goods.unit,
        count=count,
        market_price_fen=goods.market_price_fen,
        settlement_price_fen=goods.settlement_price_fen,
        points_price=goods.points_price,
    )
