"""What a basket costs now, and making an order of it: all of it, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import DomainError
from app.kernel.ids import uuid7
from app.points import ledger
from app.points.means import cooling
from app.register.households.locking import lock_households
from mall import campaigns
from mall.catalogue import search, stock
from mall.catalogue.errors import OutOfStock, OverLimit
from mall.catalogue.prices import Charged
from mall.catalogue.search import Found
from mall.catalogue.stock import Reserved, Wanted
from mall.merchants import apart
from mall.merchants import queries as merchants
from mall.merchants.models import ShopKind
from mall.orders import queries
from mall.orders.errors import NoDelivery, NotEnoughPoints, OneShopOnly, PriceDiffers
from mall.orders.models import LineState, Order, OrderLine, OrderState, Way
from mall.orders.queries import ShownOrder
from mall.orders.rows import trace
from mall.orders.settings import OrderSettings, settings_of
from mall.redemption import day_limits

LINES_MAX = 20
GONE = "这件商品现在买不到了，请从篮子里拿掉"


@dataclass(frozen=True)
class Basket:
    """What somebody wants of one shop, and how it reaches them."""

    shop_id: UUID
    way: Way
    wanted: Sequence[Wanted]


@dataclass(frozen=True)
class PricedLine:
    """A line of a basket at the prices of now; amounts are of the whole line, 0 without price."""

    offer_id: UUID
    count: int
    name: str | None  # none: it is not to be had
    unit: str | None
    market_price_fen: int
    points: int
    subsidy_fen: int
    campaign_name: str | None
    funder_name: str | None
    why_full_price: str | None  # when a campaign runs and does not pay
    why_not: str | None  # why it cannot be ordered; none: it can


@dataclass(frozen=True)
class PricedBasket:
    """What a basket would cost, and what the household has."""

    lines: tuple[PricedLine, ...]
    points: int  # of the lines that can be ordered
    available: int  # points that the household can spend

    @property
    def missing(self) -> int:
        return max(0, self.points - self.available)

    @property
    def can_be_ordered(self) -> bool:
        return self.missing == 0 and all(line.why_not is None for line in self.lines)


def price(
    *,
    county_id: int,
    household_id: UUID,
    shop_id: UUID,
    wanted: Sequence[Wanted],
    at: datetime,
) -> PricedBasket:
    """What the lines cost the household now, and why some cannot be ordered. Changes nothing."""
    found = search.offers(
        county_id, [one.offer_id for one in wanted], household_id=household_id, at=at
    )
    here = {key: offer for key, offer in found.items() if offer.shop_id == shop_id}
    why_not = {
        one.offer_id: _why_not(county_id, household_id, here.get(one.offer_id), one.count, at)
        for one in wanted
    }
    # In the order in which an order would be agreed, so that both come to the same sum.
    priced = sorted(
        (one for one in wanted if why_not[one.offer_id] is None), key=lambda one: one.offer_id
    )
    quotes = campaigns.quote_lines(
        county_id=county_id,
        found=campaigns.running(county_id, shop_id, at=at),
        prices=[_total(here[one.offer_id], one.count) for one in priced],
        goods=[_charged(here[one.offer_id]) for one in priced],
        buyer=campaigns.Buyer(household_id, shop_id),
        at=at,
    )
    quoted = {one.offer_id: quote for one, quote in zip(priced, quotes, strict=True)}
    lines = tuple(
        _priced(one, here.get(one.offer_id), quoted.get(one.offer_id), why_not[one.offer_id])
        for one in wanted
    )
    return PricedBasket(
        lines,
        points=sum(line.points for line in lines),
        available=ledger.household_points(county_id, household_id, day=clock.day_of(at)),
    )


def place(
    *,
    county_id: int,
    household_id: UUID,
    user_id: UUID,
    basket: Basket,
    points: int,
    at: datetime,
) -> ShownOrder:
    """Order a basket for the ``points`` that the household was shown.

    Its pieces are set aside, its points held, and its subsidies promised, in one transaction.

    Raises:
        NoDelivery: the shop delivers nothing.
        OwnCounter: somebody of the household owns the shop or serves there.
        OneShopOnly: a line is of another shop.
        OfferNotFound, NotOnSale, NotForYou, OverLimit, OutOfStock: of ``mall.catalogue``.
        PriceDiffers: it costs something else now.
        SubsidyUsedUp: a funder's money was taken a moment ago.
        NotEnoughPoints, HouseholdDayLimit: the household has fewer, or spends too many in a day.
        CoolingOff: the phone is new to the household.
    """
    shop = merchants.shop(county_id, basket.shop_id)
    if basket.way is Way.DELIVERY and shop.kind is not ShopKind.MALL:
        raise NoDelivery()
    apart.check(shop_id=shop.id, household_id=household_id, clerk_id=None, at=at)
    running = campaigns.running(county_id, shop.id, at=at)
    is_new = cooling.is_cooling(county_id, household_id, [user_id], at)
    if running or is_new:
        _take_turns(county_id, household_id, basket)
    campaigns.take_turns(running)
    if is_new:
        cooling.spend_little(county_id, household_id, points, at)
    home, times = queries.home_of(household_id), settings_of(county_id)
    due_at = at + timedelta(hours=times.prepare_hours)
    order = _order(basket, home, points, due_at, placed_by=user_id, placed_at=at)
    reserved = stock.reserve(
        county_id=county_id,
        reference=order.stock_reference,
        wanted=basket.wanted,
        buyer=stock.Buyer(household_id, home.path),
        by=user_id,
        at=at,
    )
    if {one.shop_id for one in reserved} != {shop.id}:
        raise OneShopOnly()
    quotes = campaigns.quote_lines(
        county_id=county_id,
        found=running,
        prices=[_total(one, one.count) for one in reserved],
        goods=[_charged(one) for one in reserved],
        buyer=campaigns.Buyer(household_id, shop.id),
        at=at,
    )
    _check_price(quotes, points)
    lines = _write(order, [_line(order, *pair) for pair in zip(reserved, quotes, strict=True)])
    _hold(order, lines, quotes, times)
    return queries.as_written(order, lines, shop, home)


def _take_turns(county_id: int, household_id: UUID, basket: Basket) -> None:
    """Stock before households, and households before rows that refer to them."""
    stock.locked_offers(county_id, [one.offer_id for one in basket.wanted])
    lock_households([household_id])


def _check_price(quotes: Sequence[campaigns.Quote], points: int) -> None:
    total = sum(quote.points for quote in quotes)
    if total != points:
        raise PriceDiffers(points=total, shown=points)


def _total(one: Found | Reserved, count: int) -> tuple[int, int]:
    """Market and settlement price of so many."""
    return one.market_price_fen * count, one.settlement_price_fen * count


def _charged(one: Found | Reserved) -> Charged:
    return Charged(one.goods_id, one.market_price_fen, one.points_price)


def _why_not(
    county_id: int, household_id: UUID, offer: Found | None, count: int, at: datetime
) -> str | None:
    if offer is None:
        return GONE
    refusal: DomainError | None = None
    if offer.stock < count:
        refusal = OutOfStock(name=offer.name, stock=offer.stock)
    elif offer.limit_count is not None and offer.limit_period is not None:
        bought = stock.bought(county_id, offer.goods_id, household_id, offer.limit_period, at)
        left = max(offer.limit_count - bought, 0)
        if count > left:
            period = stock.PERIODS[offer.limit_period]
            refusal = OverLimit(name=offer.name, period=period, limit=offer.limit_count, left=left)
    return refusal.sentence() if refusal else None


def _priced(
    one: Wanted, offer: Found | None, quote: campaigns.Quote | None, why_not: str | None
) -> PricedLine:
    return PricedLine(
        offer_id=one.offer_id,
        count=one.count,
        name=offer.name if offer else None,
        unit=offer.unit if offer else None,
        market_price_fen=quote.market_price_fen if quote else 0,
        points=quote.points if quote else 0,
        subsidy_fen=quote.subsidy_fen if quote else 0,
        campaign_name=quote.campaign_name if quote else None,
        funder_name=quote.funder_name if quote else None,
        why_full_price=quote.why_full_price if quote else None,
        why_not=why_not,
    )


def _order(
    basket: Basket,
    home: queries.Home,
    points: int,
    due_at: datetime,
    *,
    placed_by: UUID,
    placed_at: datetime,
) -> Order:
    return Order(
        county_id=home.county_id,
        id=uuid7(placed_at),
        household_id=home.household_id,
        user_id=placed_by,
        shop_id=basket.shop_id,
        group_id=home.path[-1],
        way=basket.way,
        state=OrderState.PLACED,
        points=points,
        placed_at=placed_at,
        due_at=due_at,
    )


def _write(order: Order, lines: list[OrderLine]) -> list[OrderLine]:
    db.session.add(order)
    db.session.flush()
    db.session.add_all(lines)
    shop_id = str(order.shop_id)
    trace("place", order, order.user_id, order.placed_at, points=order.points, shop_id=shop_id)
    db.session.flush()
    return lines


def _line(order: Order, one: Reserved, quote: campaigns.Quote) -> OrderLine:
    line_id = uuid7(order.placed_at)
    return OrderLine(
        county_id=order.county_id,
        id=line_id,
        order_id=order.id,
        root_id=line_id,
        offer_id=one.offer_id,
        state=LineState.OPEN,
        name=one.name,
        unit=one.unit,
        count=one.count,
        market_price_fen=quote.market_price_fen,
        settlement_fen=quote.settlement_fen,
        points=quote.points,
        subsidy_fen=quote.subsidy_fen,
        campaign_name=quote.campaign_name,
        funder_name=quote.funder_name,
        held_points=quote.points,
        promised_fen=quote.subsidy_fen,
    )


def _hold(
    order: Order,
    lines: Sequence[OrderLine],
    quotes: Sequence[campaigns.Quote],
    times: OrderSettings,
) -> None:
    assert order.due_at is not None
    promised_until = order.due_at + timedelta(days=times.pick_up_days)
    left = order.points
    for line in lines:
        try:
            ledger.hold_points(
                county_id=order.county_id,
                household_id=order.household_id,
                reference=f"{line.reference}:hold",
                decided_at=order.placed_at,
                kind=ledger.TransferKind.ORDER,
                credit=ledger.shop(order.shop_id),
                amount=line.points,
                expires_at=promised_until,
            )
        except ledger.InsufficientPoints as short:
            raise NotEnoughPoints(missing=left - short.balance, needed=order.points) from None
        left -= line.points
    promised = [
        (quote.funder_id, line.reference, quote)
        for line, quote in zip(lines, quotes, strict=True)
        if quote.funder_id is not None
    ]
    # Funders always in the same order: see ``campaigns.end_promises``.
    for _, reference, quote in sorted(promised, key=lambda one: one[:2]):
        campaigns.promise_subsidy(
            county_id=order.county_id,
            buyer=campaigns.Buyer(order.household_id, order.shop_id),
            reference=reference,
            quote=quote,
            decided_at=order.placed_at,
        )
    day_limits.check_household(
        county_id=order.county_id,
        household_id=order.household_id,
        points=order.points,
        at=order.placed_at,
        written=order.id,
    )
