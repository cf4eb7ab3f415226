"""Taking points at a shop: what every means of paying has in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.messages import notices
from app.points import ledger
from app.points.means import cooling
from mall import campaigns
from mall.merchants import apart
from mall.redemption import day_limits, queries
from mall.redemption.errors import NotEnoughPoints, PointsOverLimit
from mall.redemption.lines import Line, check_sum
from mall.redemption.models import PaymentMethod, Redemption, RedemptionLine, RedemptionState
from mall.redemption.notices import POINTS_PAID
from mall.redemption.queries import OpenShop, ShownRedemption

POINTS_MAX = 20_000  # 200 yuan in one redemption


@dataclass(frozen=True)
class Payer:
    """Whose points are taken, and what shows that the household wants it.

    Of the ids that name the means exactly one is set: the one that belongs to ``payment_method``.
    """

    county_id: int
    household_id: UUID
    payment_method: PaymentMethod
    user_id: UUID | None  # whose phone it was; none only for a card
    pay_code_id: UUID | None = None
    shop_code_id: UUID | None = None
    card_use_id: UUID | None = None
    # The redemption that it becomes, for a row that names it and is written first.
    redemption_id: UUID | None = None


@dataclass(frozen=True)
class Sale:
    """What the customer was told to pay, and for what."""

    points: int
    market_price_fen: int | None  # none: no campaign is asked
    lines: tuple[Line, ...] = ()

    def check(self) -> None:
        """Raises PointsOverLimit or LinesDoNotAddUp."""
        assert self.points > 0, "the schema admits whole points from 1"
        price_fen = self.points if self.market_price_fen is None else self.market_price_fen
        if max(self.points, price_fen) > POINTS_MAX:
            raise PointsOverLimit(limit=POINTS_MAX)
        check_sum(self.lines, price_fen=price_fen)


def take(
    *,
    payer: Payer,
    shop_id: UUID,
    clerk_id: UUID | None,
    points: int,
    market_price_fen: int | None,
    lines: Sequence[Line] = (),
    at: datetime,
) -> ShownRedemption:
    """Take ``points`` from the household and give them to the shop, at once.

    The caller has made sure that the means of paying is good, holds its lock, and that the clerk
    serves at the shop. Points that expire first are spent first. With a ``market_price_fen`` the
    points are what the customer was told to pay for goods of that price: if a campaign holds, its
    funder pays the rest in the same transaction, and if the price is another one now, nothing
    moves. Without it no campaign is asked. ``lines`` say what was bought for that price.

    Raises:
        PointsOverLimit, LinesDoNotAddUp, ShopNotOpen: whoever pays.
        OwnCounter, Related: the household's own people serve there, or a relation takes it.
        HouseholdDayLimit, ShopDayLimit, ShopCodeDayLimit: too much for today.
        SubsidyUsedUp, DayLimitReached, NoCampaignNow, PriceDiffers: it costs something else now.
        NotEnoughPoints: the household has fewer points.
    """
    sale = Sale(points, market_price_fen, tuple(lines))
    sale.check()
    at_shop = queries.open_shop(payer.county_id, shop_id)
    return charge(payer, at_shop, clerk_id, sale, at)


def charge(
    payer: Payer, at_shop: OpenShop, clerk_id: UUID | None, sale: Sale, at: datetime
) -> ShownRedemption:
    """``take`` of a sale that was checked, at a shop that is open; what was written, not read back.

    Raises:
        CoolingOff: the phone is new to the household. Cards ask for themselves.
    """
    if payer.user_id is not None:
        cooling.spend(payer.county_id, payer.household_id, [payer.user_id], sale.points, at)
    quote = agree(payer, at_shop, clerk_id, sale, at)
    redemption = Redemption(
        county_id=payer.county_id,
        id=payer.redemption_id or uuid7(at),
        household_id=payer.household_id,
        user_id=payer.user_id,
        shop_id=at_shop.shop_id,
        clerk_id=clerk_id,
        payment_method=payer.payment_method,
        pay_code_id=payer.pay_code_id,
        shop_code_id=payer.shop_code_id,
        card_use_id=payer.card_use_id,
        points=sale.points,
        state=RedemptionState.PAID,
        paid_at=at,
    )
    db.session.add(redemption)
    _trace(redemption, quote)
    db.session.flush()
    _write_lines(redemption, sale)
    _tell(redemption, at_shop)
    _pay(redemption, quote)
    day_limits.check(
        at_shop=at_shop,
        household_id=payer.household_id,
        payment_method=payer.payment_method,
        points=sale.points,
        at=at,
        written=redemption.id,
    )
    return _shown(redemption, at_shop, quote)


def _shown(
    redemption: Redemption, at_shop: OpenShop, quote: campaigns.Quote | None
) -> ShownRedemption:
    paid_for = quote if quote is not None and quote.subsidy_fen else None
    return ShownRedemption(
        id=redemption.id,
        shop_id=redemption.shop_id,
        shop_name=at_shop.name,
        points=redemption.points,
        state=redemption.state,
        paid_at=redemption.paid_at,
        payment_method=redemption.payment_method,
        void_reason=None,
        market_price_fen=paid_for.market_price_fen if paid_for else redemption.points,
        subsidy_fen=paid_for.subsidy_fen if paid_for else 0,
        campaign_name=paid_for.campaign_name if paid_for else None,
        funder_name=paid_for.funder_name if paid_for else None,
    )


def agree(
    payer: Payer, at_shop: OpenShop, clerk_id: UUID | None, sale: Sale, at: datetime
) -> campaigns.Quote | None:
    """The price that the household was told, if it is right and not at a counter of its own.

    None when the sale names no market price: then no campaign is asked.
    """
    apart.check(shop_id=at_shop.shop_id, household_id=payer.household_id, clerk_id=clerk_id, at=at)
    if sale.market_price_fen is None:
        return None
    return campaigns.agree(
        county_id=payer.county_id,
        shop_id=at_shop.shop_id,
        household_id=payer.household_id,
        market_price_fen=sale.market_price_fen,
        goods=[line.charged for line in sale.lines],
        points=sale.points,
        at=at,
    )


def _write_lines(redemption: Redemption, sale: Sale) -> None:
    if not sale.lines:
        return
    db.session.execute(
        insert(RedemptionLine),
        [
            {
                "county_id": redemption.county_id,
                "id": uuid7(redemption.paid_at),
                "redemption_id": redemption.id,
                "position": position,
                "goods_id": line.goods_id,
                "name": line.name,
                "quantity": line.quantity,
                "price_fen": line.price_fen,
            }
            for position, line in enumerate(sale.lines, start=1)
        ],
    )


def _trace(redemption: Redemption, quote: campaigns.Quote | None) -> None:
    audit.record(
        "redemption.redeem",
        county_id=redemption.county_id,
        actor_id=redemption.clerk_id or redemption.user_id,
        subject=("redemption", redemption.id),
        at=redemption.paid_at,
        payment_method=redemption.payment_method.value,
        points=redemption.points,
        subsidy_fen=quote.subsidy_fen if quote else 0,
        shop_id=str(redemption.shop_id),
        household_id=redemption.household_id,
    )


def _tell(redemption: Redemption, at_shop: OpenShop) -> None:
    """Tell the household at once; who used a card for it tells of that instead."""
    if redemption.payment_method is PaymentMethod.CARD:
        return
    about = {"shop": at_shop.name, "points": redemption.points}
    act_of = redemption.clerk_id or redemption.user_id
    said = notices.ToHousehold(redemption.household_id, str(redemption.id), about, act_of)
    notices.tell(POINTS_PAID, [said], county_id=redemption.county_id, at=redemption.paid_at)


def _pay(redemption: Redemption, quote: campaigns.Quote | None) -> None:
    try:
        ledger.spend(
            county_id=redemption.county_id,
            household_id=redemption.household_id,
            reference=redemption.reference,
            decided_at=redemption.paid_at,
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(redemption.shop_id),
            amount=redemption.points,
        )
    except ledger.InsufficientPoints as short:
        raise NotEnoughPoints(missing=short.missing, needed=redemption.points) from None
    if quote is not None and quote.subsidy_fen:
        campaigns.pay_subsidy(
            county_id=redemption.county_id,
            household_id=redemption.household_id,
            shop_id=redemption.shop_id,
            reference=redemption.reference,
            decided_at=redemption.paid_at,
            quote=quote,
        )
