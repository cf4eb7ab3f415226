"""A merchant asks for money; above the county's limit, or under a flag, a second person agrees."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import audit, clock
from app.kernel.db import db, locked
from app.kernel.errors import DomainError
from app.kernel.ids import uuid7
from app.kernel.units import yuan_text
from app.points import ledger
from app.register import trust
from app.register.regions.queries import inside
from mall.merchants import queries as merchants
from mall.merchants.models import Merchant, Shop
from mall.risk import queries as risk
from mall.risk.service import takes_own
from mall.settlement.errors import (
    CashOutNotFound,
    DayLimitReached,
    MerchantSuspended,
    NewMerchantDayLimit,
    PayeeFrozen,
    PayeeInQuestion,
    PayeeNotVerified,
    ShopBalanceTooSmall,
    ShopFlagged,
)
from mall.settlement.models import CashOut, CashOutState
from mall.settlement.service.batches import still_payable, who_held
from mall.settlement.service.outcomes import release_hold
from mall.settlement.settings import settings_of

JUDGED_BEFORE = timedelta(days=30)
TWICE_REASON = "以前有一笔付款说是失败了，请先向银行问清那笔不会再付，再放行"
NEW_MERCHANT_DAY_FEN = 50_000  # what a shop that was invented would cost, before it is noticed


def ask(*, county_id: int, shop_id: UUID, amount_fen: int, asked_by: UUID, at: datetime) -> CashOut:
    """Hold an amount of a shop for its merchant's bank account.

    Up to the county's limit the cash-out is ready to be sent. Above it, while a risk flag on the
    shop is open, when the shop has taken points of its own people's households in the last 30
    days, or while the bank may yet pay what was freed before, a second person releases it. The
    caller has made sure that the shop is the asker's.

    Raises:
        MerchantSuspended, PayeeNotVerified, PayeeInQuestion, PayeeFrozen: the merchant is not paid
            now.
        DayLimitReached, NewMerchantDayLimit: with what the merchant asked for today it would be
            too much.
        ShopBalanceTooSmall: less is free on the shop's account.
    """
    assert amount_fen > 0, "the schema admits whole fen from 1"
    shop = merchants.shop(county_id, shop_id)
    merchant = merchants.locked_merchant(county_id, shop.merchant_id)
    _refuse_unpayable(merchant, at)
    limits = settings_of(county_id)
    _refuse_above_day_limits(limits.cash_out_day_limit_fen, merchant, amount_fen, at)
    is_small = amount_fen <= limits.auto_release_limit_fen
    is_odd = risk.is_flagged(county_id, shop_id) or takes_own(
        county_id=county_id, shop_id=shop_id, at=at
    )
    may_be_paid_twice = bool(still_payable(county_id, merchant.id))
    needs_nobody = is_small and not is_odd and not may_be_paid_twice
    cash_out_id = uuid7(at)
    held = _hold(county_id, shop_id, cash_out_id, amount_fen, at)
    cash_out = CashOut(
        county_id=county_id,
        id=cash_out_id,
        merchant_id=merchant.id,
        shop_id=shop_id,
        amount_fen=amount_fen,
        payee_name=merchant.payee_name,
        payee_account_sealed=merchant.payee_account_sealed,
        payee_account_tail=merchant.payee_account_tail,
        payee_bank=merchant.payee_bank,
        hold_id=held.id,
        state=CashOutState.CREATED if needs_nobody else CashOutState.AWAITING_RELEASE,
        proposed_by=asked_by,
        proposed_at=at,
        due_at=at if needs_nobody else None,
        reason=TWICE_REASON if may_be_paid_twice else None,
    )
    db.session.add(cash_out)
    _trace("settlement.ask", cash_out, asked_by, at)
    return cash_out


def release(
    *, county_id: int, cash_out_id: UUID, within: Collection[UUID], released_by: UUID, at: datetime
) -> CashOut:
    """Agree to a cash-out that needs a second person; it is then ready to be sent.

    ``within`` names the regions for which the releaser may speak.

    Raises:
        CashOutNotFound: there is none such in those regions.
        AlreadyDecided: somebody did, or nobody had to.
        SamePerson, SameHousehold, Related, Interested: nobody releases what they asked for
            themselves, what goes to where they work, to a shop whose flag they judged in the
            last 30 days, or to a merchant whose freed payment went through their hands.
        MerchantSuspended: the merchant was suspended since.
        ShopFlagged: a risk flag on the shop is still open.
    """
    cash_out = _locked(county_id, cash_out_id, within)
    _decide(cash_out, CashOutState.CREATED, released_by, at)
    if not merchants.merchant(county_id, cash_out.merchant_id).is_active:
        raise MerchantSuspended()
    if risk.is_flagged(county_id, cash_out.shop_id):
        raise ShopFlagged()
    cash_out.due_at, cash_out.reason = at, None
    _trace("settlement.release", cash_out, released_by, at)
    return cash_out


def decline(
    *,
    county_id: int,
    cash_out_id: UUID,
    within: Collection[UUID],
    reason: str,
    declined_by: UUID,
    at: datetime,
) -> CashOut:
    """Refuse a cash-out above the limit; the amount is free again on the shop's account.

    Raises:
        CashOutNotFound, AlreadyDecided, SamePerson, SameHousehold, Related, Interested: as for
            ``release``.
    """
    cash_out = _locked(county_id, cash_out_id, within)
    _decide(cash_out, CashOutState.DECLINED, declined_by, at)
    cash_out.reason = reason
    _trace("settlement.decline", cash_out, declined_by, at)
    db.session.flush()  # the database frees what it sees declined
    release_hold(cash_out, at)
    return cash_out


@dataclass(frozen=True)
class Payable:
    """Whether a merchant may ask for a cash-out now, and for how much today."""

    why_not: str | None  # in words, if it may not
    frozen_until: datetime | None
    day_left_fen: int | None  # none: there is no limit


def payable(merchant: Merchant, *, at: datetime) -> Payable:
    """What ``ask`` would say, told before. Changes nothing."""
    frozen_until = merchant.frozen_until
    is_frozen = frozen_until is not None and at < frozen_until
    try:
        _refuse_unpayable(merchant, at)
        why_not = None
    except DomainError as refused:
        why_not = refused.sentence()
    limits = _day_limits(settings_of(merchant.county_id).cash_out_day_limit_fen, merchant, at)
    asked_fen = _asked_today(merchant, at) if limits else 0
    left_fen = min((max(0, most_fen - asked_fen) for _, most_fen in limits), default=None)
    return Payable(why_not, frozen_until if is_frozen else None, left_fen)


def _refuse_unpayable(merchant: Merchant, at: datetime) -> None:
    if not merchant.is_active:
        raise MerchantSuspended()
    if not merchant.is_payee_verified:
        raise PayeeNotVerified()
    if merchants.is_payee_in_question(merchant):
        raise PayeeInQuestion()
    frozen_until = merchant.frozen_until
    if frozen_until is not None and at < frozen_until:
        raise PayeeFrozen(until_on=clock.day_of(frozen_until).isoformat())


def _refuse_above_day_limits(
    limit_fen: int | None, merchant: Merchant, amount_fen: int, at: datetime
) -> None:
    """What was refused or declined does not count. The merchant's row is locked by the caller."""
    limits = _day_limits(limit_fen, merchant, at)
    if not limits:
        return
    asked_fen = _asked_today(merchant, at)
    for refusal, most_fen in limits:
        left_fen = max(0, most_fen - asked_fen)
        if amount_fen > left_fen:
            raise refusal(
                limit_fen=most_fen,
                left_fen=left_fen,
                limit_yuan=yuan_text(most_fen),
                left_yuan=yuan_text(left_fen),
            )


def _day_limits(
    limit_fen: int | None, merchant: Merchant, at: datetime
) -> list[tuple[type[DomainError], int]]:
    limits: list[tuple[type[DomainError], int]] = []
    if merchant.is_new(at):
        limits.append((NewMerchantDayLimit, NEW_MERCHANT_DAY_FEN))
    if limit_fen is not None:
        limits.append((DayLimitReached, limit_fen))
    return limits


def _asked_today(merchant: Merchant, at: datetime) -> int:
    asked_fen = db.session.scalar(
        select(func.sum(CashOut.amount_fen)).where(
            CashOut.county_id == merchant.county_id,
            CashOut.merchant_id == merchant.id,
            CashOut.proposed_at >= clock.day_start(clock.day_of(at)),
            CashOut.state.not_in([CashOutState.REJECTED, CashOutState.DECLINED]),
        )
    )
    return int(asked_fen or 0)


def _hold(
    county_id: int, shop_id: UUID, cash_out_id: UUID, amount_fen: int, at: datetime
) -> ledger.Held:
    try:
        return ledger.hold(
            county_id=county_id,
            reference=f"cash_out:{cash_out_id}:hold",
            decided_at=at,
            kind=ledger.TransferKind.CASH_OUT,
            debit=ledger.shop(shop_id),
            credit=ledger.payout_in_flight(),
            amount=amount_fen,
            expires_at=None,
        )
    except ledger.InsufficientPoints as short:
        raise ShopBalanceTooSmall(**short.missing_money()) from None


def _locked(county_id: int, cash_out_id: UUID, within: Collection[UUID]) -> CashOut:
    """The cash-out, locked, so that of two people who decide at once the second is refused."""
    in_area = select(Shop.id).where(Shop.village_id.in_(inside(within)))
    cash_out = db.session.scalar(
        locked(
            select(CashOut).where(
                CashOut.county_id == county_id,
                CashOut.id == cash_out_id,
                CashOut.shop_id.in_(in_area),
            )
        )
    )
    if cash_out is None:
        raise CashOutNotFound()
    return cash_out


def _decide(cash_out: CashOut, to: CashOutState, by: UUID, at: datetime) -> None:
    serving = merchants.interested_in(Shop.id == cash_out.shop_id, since=cash_out.proposed_at)
    # Who says that a shop looks odd for a good reason does not also let its money go.
    judges = risk.judges_since(cash_out.county_id, cash_out.shop_id, at - JUDGED_BEFORE)
    # Who held the file of a payment that was freed may have it still.
    freed = still_payable(cash_out.county_id, cash_out.merchant_id)
    held = [who for order in freed for who in who_held(order)]
    concerned = trust.Concerned(users=[*serving, *judges, *held])
    trust.decide(cash_out, to=to, by=by, at=at, concerned=concerned)


def _trace(action: str, cash_out: CashOut, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=cash_out.county_id,
        actor_id=actor_id,
        subject=("cash_out", cash_out.id),
        at=at,
        reason=cash_out.reason,
        amount_fen=cash_out.amount_fen,
        state=cash_out.state.value,
    )
