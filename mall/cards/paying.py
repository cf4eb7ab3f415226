"""Paying at a counter with a card and its PIN."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import audit, clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.messages import notices
from app.points.means import cooling
from app.register.cards import pins, queries, service
from app.register.cards.locking import locked_card
from app.register.cards.models import Card, CardState
from app.register.households.locking import lock_households
from app.register.identity.caller import Caller
from app.register.identity.models import User
from mall.cards import limits
from mall.cards.buyers import is_in_force
from mall.cards.errors import (
    CardIsBlocked,
    NobodyNamed,
    NotHandedOver,
    OverDayLimit,
    OverPaymentLimit,
    ProxyNotFound,
    ProxyOverDayLimit,
    ProxyServesHere,
    WrongPin,
)
from mall.cards.models import CardUse, Proxy
from mall.cards.notices import CARD_USED
from mall.cards.settings import settings_of
from mall.redemption.models import PaymentMethod, Redemption, RedemptionState
from mall.redemption.queries import ShownRedemption
from mall.redemption.service import Payer, Sale, take


@dataclass(frozen=True)
class Shown:
    """What the customer gives: the scanned text or typed number of the card, and the PIN."""

    card: str
    pin: str = field(repr=False)
    proxy_id: UUID | None = None  # none: nobody was named who buys for the household


def pay(
    *, shop_id: UUID, shown: Shown, sale: Sale, by: Caller, at: datetime
) -> ShownRedemption | WrongPin | CardIsBlocked:
    """Take points from the household of the card, and write down who stood there.

    The caller serves at the shop. A PIN that is wrong is an outcome to be committed, not an error
    to be undone: it is returned, and so is the block that the last try brings.

    Raises:
        CardNumberMistyped, CardNotFound, NotHandedOver, CardIsBlocked: the card does not pay.
        TooManyWrongPins: typed for the caller, over all cards.
        OverPaymentLimit, OverDayLimit, ProxyOverDayLimit, NobodyNamed: cards pay small amounts.
        CoolingOff: the card, its PIN or the proxy is new.
        ProxyNotFound, ProxyServesHere: this person may not buy here for the household.
        and whatever ``redemption.take`` raises.
    """
    limits.PINS_OF_CLERK.check(by.user_id)
    card = locked_card(by.county_id, shown.card)
    if card.state is CardState.PRINTED:
        raise NotHandedOver()
    if card.state is CardState.BLOCKED:
        raise CardIsBlocked()
    if not pins.is_right(card, shown.pin):
        return _wrong(card, shop_id, by, at)
    pins.forget_wrong_ones(card)
    # Before rows are written that refer to the household: ``take`` may lock it too.
    lock_households([card.household_id])
    _check_limits(card, shown.proxy_id, by, sale.points, at)
    _cool_off(card, shown.proxy_id, sale.points, at)
    use = CardUse(
        county_id=by.county_id,
        id=uuid7(at),
        card_id=card.id,
        step=card.step,
        household_id=card.household_id,
        proxy_id=shown.proxy_id,
        redemption_id=uuid7(at),
        used_at=at,
    )
    db.session.add(use)
    db.session.flush()
    _tell(use, sale.points, act_of=_let_by(card, shown.proxy_id))
    return take(
        payer=Payer(
            county_id=by.county_id,
            household_id=card.household_id,
            payment_method=PaymentMethod.CARD,
            user_id=None,
            card_use_id=use.id,
            redemption_id=use.redemption_id,
        ),
        shop_id=shop_id,
        clerk_id=by.user_id,
        points=sale.points,
        market_price_fen=sale.market_price_fen,
        lines=sale.lines,
        at=at,
    )


def _wrong(card: Card, shop_id: UUID, by: Caller, at: datetime) -> WrongPin | CardIsBlocked:
    limits.PINS_OF_CLERK.add(by.user_id)
    audit.record(
        "cards.wrong_pin",
        county_id=card.county_id,
        actor_id=by.user_id,
        subject=("card", card.id),
        at=at,
        household_id=card.household_id,
        shop_id=str(shop_id),
    )
    tries_left = service.count_wrong_pin(card, by=by.user_id, at=at)
    return WrongPin(tries_left=tries_left) if tries_left else CardIsBlocked()


def _check_limits(card: Card, proxy_id: UUID | None, by: Caller, points: int, at: datetime) -> None:
    settings = settings_of(card.county_id)
    if points > settings.payment_points_max:
        raise OverPaymentLimit(limit=settings.payment_points_max)
    paid = _paid_today(card, at)
    left = settings.day_points_max - sum(paid.values())
    if points > left:
        raise OverDayLimit(limit=settings.day_points_max, left=max(left, 0))
    named = _proxies_today(card, at)
    if proxy_id is None:
        _check_nobody_named(named, paid, points)
    else:
        _check_proxy(named.get(proxy_id), paid, by, points)


def _check_nobody_named(
    named: dict[UUID, Proxy], paid: dict[UUID | None, int], points: int
) -> None:
    """Nobody at a counter can tell one of the household from its proxy who says nothing: where
    there are proxies, it pays what each of them still could."""
    if not named:
        return
    tightest = min(named.values(), key=lambda proxy: _left(proxy, paid))
    left = _left(tightest, paid)
    if points > left:
        raise NobodyNamed(limit=tightest.day_points_max, left=max(left, 0))


def _check_proxy(
    proxy: Proxy | None, paid: dict[UUID | None, int], by: Caller, points: int
) -> None:
    if proxy is None:
        raise ProxyNotFound()
    clerk = db.session.get_one(User, by.user_id)
    if clerk.phone_index == proxy.phone_index:
        raise ProxyServesHere()
    left = _left(proxy, paid)
    if points > left:
        raise ProxyOverDayLimit(limit=proxy.day_points_max, left=max(left, 0))


def _left(proxy: Proxy, paid: dict[UUID | None, int]) -> int:
    """What was paid by nobody who was named may have been the proxy's."""
    return proxy.day_points_max - paid.get(proxy.id, 0) - paid.get(None, 0)


def _proxies_today(card: Card, at: datetime) -> dict[UUID, Proxy]:
    rows = db.session.scalars(
        select(Proxy).where(
            Proxy.county_id == card.county_id,
            Proxy.household_id == card.household_id,
            is_in_force(clock.day_of(at)),
        )
    )
    return {proxy.id: proxy for proxy in rows}


def _paid_today(card: Card, at: datetime) -> dict[UUID | None, int]:
    """What the household paid today with any card, by proxy; None: nobody was named.

    Those that it pays with now wait their turn.
    """
    rows = db.session.execute(
        select(CardUse.proxy_id, func.sum(Redemption.points))
        .join(
            CardUse,
            (CardUse.county_id == Redemption.county_id) & (CardUse.id == Redemption.card_use_id),
        )
        .where(
            CardUse.county_id == card.county_id,
            CardUse.household_id == card.household_id,
            CardUse.used_at >= clock.day_start(clock.day_of(at)),
            Redemption.state == RedemptionState.PAID,
        )
        .group_by(CardUse.proxy_id)
    )
    return {proxy_id: int(points) for proxy_id, points in rows}


def _cool_off(card: Card, proxy_id: UUID | None, points: int, at: datetime) -> None:
    means = [card.id] if proxy_id is None else [card.id, proxy_id]
    cooling.spend(card.county_id, card.household_id, means, points, at)


def _let_by(card: Card, proxy_id: UUID | None) -> UUID:
    """Who let this person pay: who named the proxy, or gave the card its PIN."""
    if proxy_id is not None:
        return db.session.get_one(Proxy, (card.county_id, proxy_id)).named_by
    return queries.pin_set_by(card)


def _tell(use: CardUse, points: int, act_of: UUID) -> None:
    notices.tell(
        CARD_USED,
        [
            notices.ToHousehold(
                use.household_id,
                str(use.id),
                {"points": points, "is_by_proxy": use.proxy_id is not None},
                act_of,
            )
        ],
        county_id=use.county_id,
        at=use.used_at,
    )
