"""Redeeming a pay code at a shop."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.households.models import Binding
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from mall.redemption import codes, limits
from mall.redemption.errors import (
    CodeAlreadyUsed,
    CodeExpired,
    CodeNotFound,
    DigitsMistyped,
    HouseholdNotBound,
)
from mall.redemption.models import Means, PayCode, Redemption
from mall.redemption.service.taking import Payer, check_points, check_shop, take

# A slow network or an old hand is not a fraud: a code still pays a moment after it left the screen.
GRACE = timedelta(seconds=15)


def redeem(
    *,
    county_id: int,
    shop_id: UUID,
    clerk_id: UUID,
    code: str,
    points: int,
    market_price_fen: int | None = None,
    at: datetime,
) -> Redemption:
    """Take ``points`` from the household whose code it is and give them to the shop, at once.

    ``code`` is the text of the QR code or the nine digits. The caller has made sure that the clerk
    serves at the shop. ``take`` says what else holds of points and price.

    Raises:
        PointsOverLimit, ShopNotOpen: whatever the code.
        DigitsMistyped, TooManyWrongDigits, DigitsUnavailable: digits were typed.
        CodeNotFound, CodeAlreadyUsed, CodeExpired: the code cannot pay.
        HouseholdNotBound: the user left the household since the code was made.
        SubsidyUsedUp, DayLimitReached, NoCampaignNow, PriceDiffers: it costs something else now.
        NotEnoughPoints: the household has fewer points.
    """
    check_points(points, market_price_fen)
    check_shop(county_id, shop_id)
    pay_code = _locked_code(county_id, shop_id, code)
    _check_code(pay_code, at)
    return take(
        payer=use(pay_code, at),
        shop_id=shop_id,
        clerk_id=clerk_id,
        points=points,
        market_price_fen=market_price_fen,
        at=at,
    )


def use(pay_code: PayCode, at: datetime) -> Payer:
    """Mark the code, which is locked, as used; returns who pays with it."""
    pay_code.used_at, pay_code.redemption_id = at, uuid7(at)
    return Payer(
        county_id=pay_code.county_id,
        household_id=pay_code.household_id,
        means=Means.PAY_CODE,
        user_id=pay_code.user_id,
        pay_code_id=pay_code.id,
        redemption_id=pay_code.redemption_id,
    )


def _locked_code(county_id: int, shop_id: UUID, text: str) -> PayCode:
    """The code, locked, so that two clerks who scan it take turns."""
    if codes.is_qr(text):
        named = PayCode.digest == codes.qr_digest(county_id, text)
    elif codes.are_digits(text):
        limits.count_try(shop_id)
        named = PayCode.digits_digest == codes.digits_digest(county_id, text)
    elif text.isdecimal():
        raise DigitsMistyped()
    else:
        raise CodeNotFound()
    # Digits come back after years: the newest code with them is meant.
    newest = select(PayCode).where(PayCode.county_id == county_id, named)
    pay_code = db.session.scalar(locked(newest.order_by(PayCode.issued_at.desc()).limit(1)))
    if pay_code is None:
        raise CodeNotFound()
    return pay_code


def _check_code(pay_code: PayCode, at: datetime) -> None:
    if pay_code.used_at is not None:
        raise CodeAlreadyUsed()
    if pay_code.replaced_at is not None or pay_code.expires_at + GRACE <= at:
        raise CodeExpired()
    bound = select(Binding.id).where(
        Binding.user_id == pay_code.user_id,
        Binding.household_id == pay_code.household_id,
        Binding.ended_at.is_(None),
    )
    if db.session.scalar(bound) is None:
        raise HouseholdNotBound()
