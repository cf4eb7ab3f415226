"""Redeeming a pay code at a shop."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from app.kernel import texts
from app.kernel.db import db, locked
from app.kernel.digits import are_digits
from mall.redemption import codes, limits, queries
from mall.redemption.errors import (
    CodeAlreadyUsed,
    CodeAwaitsConfirmation,
    CodeExpired,
    CodeNotFound,
    DigitsMistyped,
)
from mall.redemption.models import PayCode, PendingPayment
from mall.redemption.queries import ShownRedemption
from mall.redemption.service import pending
from mall.redemption.service.paying import check_bound, use
from mall.redemption.service.taking import Sale, charge

# A slow network or an old hand is not a fraud: a code still pays a moment after it left the screen.
GRACE = timedelta(seconds=15)


def redeem(
    *, county_id: int, shop_id: UUID, clerk_id: UUID, code: str, sale: Sale, at: datetime
) -> ShownRedemption | PendingPayment:
    """Take the points of a sale from the household whose code it is and give them to the shop.

    ``code`` is the text of the QR code or the nine digits. The caller has made sure that the clerk
    serves at the shop. Above the county's limit nothing moves yet: the user whose code it is must
    say yes first, and the code ends. ``take`` says what else holds of points and price.

    Raises:
        PointsOverLimit, LinesDoNotAddUp, ShopNotOpen: whatever the code.
        DigitsMistyped, TooManyWrongDigits, DigitsUnavailable: digits were typed.
        CodeNotFound, CodeAlreadyUsed, CodeExpired, CodeAwaitsConfirmation: the code cannot pay.
        HouseholdNotBound: the user left the household since the code was made.
        HouseholdDayLimit, ShopDayLimit: too much for today.
        SubsidyUsedUp, DayLimitReached, NoCampaignNow, PriceDiffers: it costs something else now.
        NotEnoughPoints: the household has fewer points.
    """
    sale.check()
    at_shop = queries.open_shop(county_id, shop_id)
    pay_code = _locked_code(county_id, shop_id, code)
    _check_code(pay_code, at)
    if at_shop.limits.needs_yes(sale.points):
        return pending.ask(pay_code=pay_code, at_shop=at_shop, clerk_id=clerk_id, sale=sale, at=at)
    return charge(use(pay_code, at), at_shop, clerk_id, sale, at)


# Digits come back after years: the newest code with them is meant.
_NEWEST = (
    select(PayCode)
    .where(PayCode.county_id == bindparam("county"))
    .order_by(PayCode.issued_at.desc())
    .limit(1)
)
_BY_QR = locked(_NEWEST.where(PayCode.digest == bindparam("digest")))
_BY_DIGITS = locked(_NEWEST.where(PayCode.digits_digest == bindparam("digest")))


def _locked_code(county_id: int, shop_id: UUID, text: str) -> PayCode:
    """The code, locked, so that two clerks who scan it take turns."""
    if codes.is_qr(text):
        newest, digest = _BY_QR, codes.qr_digest(county_id, text)
    elif are_digits(text):
        limits.DIGITS.begin_until_commit(shop_id)
        newest, digest = _BY_DIGITS, codes.digits_digest(county_id, text)
    elif texts.are_digits(text):
        raise DigitsMistyped()
    else:
        raise CodeNotFound()
    pay_code = db.session.scalar(newest, {"county": county_id, "digest": digest})
    if pay_code is None:
        raise CodeNotFound()
    return pay_code


def _check_code(pay_code: PayCode, at: datetime) -> None:
    if pay_code.used_at is not None:
        raise CodeAlreadyUsed()
    if pay_code.replaced_at is not None and queries.is_awaited(pay_code, at):
        raise CodeAwaitsConfirmation()
    if pay_code.replaced_at is not None or pay_code.expires_at + GRACE <= at:
        raise CodeExpired()
    check_bound(pay_code.household_id, pay_code.user_id)
