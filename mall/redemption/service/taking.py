"""Taking points at a shop: what every means of paying has in common."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import audit, ledger
from app.kernel.db import db
from app.kernel.ids import uuid7
from mall import campaigns
from mall.merchants import queries as merchants
from mall.redemption.errors import NotEnoughPoints, PointsOverLimit, ShopNotOpen
from mall.redemption.models import Means, Redemption, RedemptionState

POINTS_MAX = 20_000  # 200 yuan in one redemption


@dataclass(frozen=True)
class Payer:
    """Whose points are taken, and what shows that the household wants it.

    Of the ids that name the means exactly one is set: the one that belongs to ``means``.
    """

    county_id: int
    household_id: UUID
    means: Means
    user_id: UUID | None  # whose phone it was; none only for a card
    pay_code_id: UUID | None = None
    card_use_id: UUID | None = None
    # The redemption that it becomes, for a row that names it and is written first.
    redemption_id: UUID | None = None


def take(
    *,
    payer: Payer,
    shop_id: UUID,
    clerk_id: UUID | None,
    points: int,
    market_price_fen: int | None,
    at: datetime,
) -> Redemption:
    """Take ``points`` from the household and give them to the shop, at once.

    The caller has made sure that the means of paying is good, holds its lock, and that the clerk
    serves at the shop. Points that expire first are spent first. With a ``market_price_fen`` the
    points are what the customer was told to pay for goods of that price: if a campaign holds, its
    funder pays the rest in the same transaction, and if the price is another one now, nothing
    moves. Without it no campaign is asked.

    Raises:
        PointsOverLimit, ShopNotOpen: whoever pays.
        SubsidyUsedUp, DayLimitReached, NoCampaignNow, PriceDiffers: it costs something else now.
        NotEnoughPoints: the household has fewer points.
    """
    assert points > 0, "the schema admits whole points from 1"
    check_points(points, market_price_fen)
    check_shop(payer.county_id, shop_id)
    quote = _agreed(payer, shop_id, market_price_fen, points, at)
    redemption = Redemption(
        county_id=payer.county_id,
        id=payer.redemption_id or uuid7(at),
        household_id=payer.household_id,
        user_id=payer.user_id,
        shop_id=shop_id,
        clerk_id=clerk_id,
        means=payer.means,
        pay_code_id=payer.pay_code_id,
        card_use_id=payer.card_use_id,
        points=points,
        state=RedemptionState.PAID,
        paid_at=at,
    )
    db.session.add(redemption)
    _trace(redemption, quote)
    db.session.flush()
    _pay(redemption, quote)
    return redemption


def check_points(points: int, market_price_fen: int | None) -> None:
    """Raises PointsOverLimit when it is too much for one redemption."""
    if max(points, market_price_fen or 0) > POINTS_MAX:
        raise PointsOverLimit(limit=POINTS_MAX)


def check_shop(county_id: int, shop_id: UUID) -> None:
    """Raises ShopNotOpen when the shop takes no points now."""
    # Read without a lock: a suspension holds from the next redemption on, and locking the shop
    # here would make its customers wait for one another twice.
    shop = merchants.shop(county_id, shop_id)
    merchant = merchants.merchant(county_id, shop.merchant_id)
    if not shop.is_open or not merchant.is_active:
        raise ShopNotOpen()


def _agreed(
    payer: Payer, shop_id: UUID, market_price_fen: int | None, points: int, at: datetime
) -> campaigns.Quote | None:
    if market_price_fen is None:
        return None
    return campaigns.agree(
        county_id=payer.county_id,
        shop_id=shop_id,
        household_id=payer.household_id,
        market_price_fen=market_price_fen,
        points=points,
        at=at,
    )


def _trace(redemption: Redemption, quote: campaigns.Quote | None) -> None:
    audit.record(
        "redemption.redeem",
        county_id=redemption.county_id,
        actor_id=redemption.clerk_id or redemption.user_id,
        subject=("redemption", redemption.id),
        at=redemption.paid_at,
        means=redemption.means.value,
        points=redemption.points,
        subsidy_fen=quote.subsidy_fen if quote else 0,
        shop_id=str(redemption.shop_id),
        household_id=str(redemption.household_id),
    )


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
        missing = short.details["needed"] - short.details["balance"]
        raise NotEnoughPoints(missing=missing, needed=short.details["needed"]) from None
    if quote is not None and quote.subsidy_fen:
        campaigns.pay_subsidy(
            county_id=redemption.county_id,
            household_id=redemption.household_id,
            shop_id=redemption.shop_id,
            reference=redemption.reference,
            decided_at=redemption.paid_at,
            quote=quote,
        )
