"""Issue pay codes and redeem them at a shop."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app import audit, awards, ledger
from app.households.models import Binding
from app.kernel import clock
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from mall import campaigns
from mall.merchants import queries as merchants
from mall.redemption import codes, limits, queries
from mall.redemption.errors import (
    AlreadyVoid,
    CodeAlreadyUsed,
    CodeExpired,
    CodeNotFound,
    DigitsMistyped,
    HouseholdNotBound,
    NotEnoughPoints,
    PointsOverLimit,
    ShopHasTooLittle,
    ShopNotOpen,
    TooManyCodes,
)
from mall.redemption.models import PayCode, Redemption, RedemptionState

LIFETIME = timedelta(seconds=60)
# A slow network or an old hand is not a fraud: a code still pays a moment after it left the screen.
GRACE = timedelta(seconds=15)
POINTS_MAX = 20_000  # 200 yuan in one redemption
KEPT_UNUSED = timedelta(days=1)
_ISSUE_TRIES = 8


@dataclass(frozen=True)
class IssuedCode:
    """A code for the phone to show: its only appearance in clear."""

    code: str  # for the QR code
    digits: str  # nine digits to type
    expires_at: datetime


def issue(*, county_id: int, household_id: UUID, user_id: UUID, at: datetime) -> IssuedCode:
    """Give the user a code that pays once within a minute, and end the one they had.

    Raises:
        TooManyCodes: the same user asks many times at the same moment.
    """
    for _ in range(_ISSUE_TRIES):
        db.session.execute(
            update(PayCode)
            .where(
                PayCode.county_id == county_id,
                PayCode.user_id == user_id,
                PayCode.used_at.is_(None),
                PayCode.replaced_at.is_(None),
            )
            .values(replaced_at=at)
            .execution_options(synchronize_session=False)
        )
        secret = codes.new_secret()
        added = (
            insert(PayCode)
            .values(
                county_id=county_id,
                id=uuid7(at),
                digest=codes.qr_digest(county_id, secret.qr),
                digits_digest=codes.digits_digest(county_id, secret.digits),
                household_id=household_id,
                user_id=user_id,
                issued_at=at,
                expires_at=at + LIFETIME,
            )
            .on_conflict_do_nothing()
            .returning(PayCode.id)
        )
        # A conflict means that another code waits with these digits, or that the user asked
        # twice at the same moment: take other digits and end the other code as well.
        if db.session.execute(added).scalar_one_or_none() is not None:
            return IssuedCode(secret.qr, secret.digits, at + LIFETIME)
    raise TooManyCodes()


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

    ``code`` is the text of the QR code or the nine digits. Points that expire first are spent
    first. The caller has made sure that the clerk serves at the shop.

    With a ``market_price_fen`` the points are what the customer was told to pay for goods of that
    price: if a campaign holds, its funder pays the rest in the same transaction, and if the price
    is another one now, nothing moves. Without it no campaign is asked.

    Raises:
        PointsOverLimit, ShopNotOpen: whatever the code.
        DigitsMistyped, TooManyWrongDigits, DigitsUnavailable: digits were typed.
        CodeNotFound, CodeAlreadyUsed, CodeExpired: the code cannot pay.
        HouseholdNotBound: the user left the household since the code was made.
        SubsidyUsedUp, DayLimitReached, NoCampaignNow, PriceDiffers: it costs something else now.
        NotEnoughPoints: the household has fewer points.
    """
    assert points > 0, "the schema admits whole points from 1"
    if max(points, market_price_fen or 0) > POINTS_MAX:
        raise PointsOverLimit(limit=POINTS_MAX)
    _check_shop(county_id, shop_id)
    pay_code = _locked_code(county_id, shop_id, code)
    _check_code(pay_code, at)
    quote = _agreed(pay_code, shop_id, market_price_fen, points, at)
    redemption = Redemption(
        county_id=county_id,
        id=uuid7(at),
        household_id=pay_code.household_id,
        user_id=pay_code.user_id,
        shop_id=shop_id,
        clerk_id=clerk_id,
        pay_code_id=pay_code.id,
        points=points,
        state=RedemptionState.PAID,
        paid_at=at,
    )
    db.session.add(redemption)
    pay_code.used_at, pay_code.redemption_id = at, redemption.id
    _trace(redemption, quote)
    db.session.flush()
    _pay(redemption, quote)
    return redemption


def reverse(*, county_id: int, redemption_id: UUID, at: datetime) -> None:
    """Give the points of a redemption back to the household, out of the shop's account, and the
    subsidy, if there was one, to its funder.

    Each piece goes back to where it came from; one whose last day has passed since comes back as
    if it were earned today, because the household had spent it in time.

    Raises:
        AlreadyVoid: they went back before.
        ShopHasTooLittle: the shop has cashed them out already.
        ledger.AccountFrozen: an account of the household or the shop is frozen.
    """
    # Two that give back to one household take turns, so that neither waits for the other's shop.
    awards.lock_households([queries.redemption_row(county_id, redemption_id).household_id])
    redemption = db.session.scalars(
        locked(
            select(Redemption).where(
                Redemption.county_id == county_id, Redemption.id == redemption_id
            )
        )
    ).one()
    if redemption.state is RedemptionState.VOID:
        raise AlreadyVoid()
    redemption.state = RedemptionState.VOID
    db.session.flush()
    subsidy_fen = campaigns.subsidy_left(
        county_id=redemption.county_id, reference=redemption.reference
    )
    _give_back(redemption, subsidy_fen, at)


def forget_old_codes(*, at: datetime) -> int:
    """Remove codes that nobody used, a day after they expired. Returns how many."""
    gone = db.session.execute(
        delete(PayCode)
        .where(PayCode.used_at.is_(None), PayCode.expires_at < at - KEPT_UNUSED)
        .returning(PayCode.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _check_shop(county_id: int, shop_id: UUID) -> None:
    # Read without a lock: a suspension holds from the next redemption on, and locking the shop
    # here would make its customers wait for one another twice.
    shop = merchants.shop(county_id, shop_id)
    merchant = merchants.merchant(county_id, shop.merchant_id)
    if not shop.is_open or not merchant.is_active:
        raise ShopNotOpen()


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


def _agreed(
    pay_code: PayCode, shop_id: UUID, market_price_fen: int | None, points: int, at: datetime
) -> campaigns.Quote | None:
    if market_price_fen is None:
        return None
    return campaigns.agree(
        county_id=pay_code.county_id,
        shop_id=shop_id,
        household_id=pay_code.household_id,
        market_price_fen=market_price_fen,
        points=points,
        at=at,
    )


def _trace(redemption: Redemption, quote: campaigns.Quote | None) -> None:
    audit.record(
        "redemption.redeem",
        county_id=redemption.county_id,
        actor_id=redemption.clerk_id,
        subject=("redemption", redemption.id),
        at=redemption.paid_at,
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


def _give_back(redemption: Redemption, subsidy_fen: int, at: datetime) -> None:
    pieces = ledger.spent_pieces(
        redemption.county_id, reference=redemption.reference, decided_at=redemption.paid_at
    )
    missing = redemption.points + subsidy_fen
    for number, piece in enumerate(pieces):
        try:
            ledger.post(
                county_id=redemption.county_id,
                reference=f"redemption_reversal:{redemption.id}#{number}",
                decided_at=at,
                kind=ledger.TransferKind.REVERSAL,
                debit=ledger.shop(redemption.shop_id),
                credit=ledger.household(
                    redemption.household_id,
                    awards.last_day_of_returned(piece.expires_on, clock.day_of(at)),
                ),
                amount=piece.amount,
            )
        except ledger.InsufficientPoints as short:
            raise ShopHasTooLittle(missing=missing - short.details["balance"]) from None
        missing -= piece.amount
    assert missing == subsidy_fen, "a redemption is the sum of its pieces"
    if subsidy_fen:
        _give_back_subsidy(redemption, subsidy_fen, at)


def _give_back_subsidy(redemption: Redemption, subsidy_fen: int, at: datetime) -> None:
    try:
        campaigns.give_back_subsidy(
            county_id=redemption.county_id,
            reference=redemption.reference,
            because=f"redemption_reversal:{redemption.id}",
            decided_at=at,
            amount_fen=subsidy_fen,
        )
    except ledger.InsufficientPoints as short:
        raise ShopHasTooLittle(missing=subsidy_fen - short.details["balance"]) from None
