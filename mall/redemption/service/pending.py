"""Payments above the county's limit: asked for by the shop, answered on the phone."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.kernel import audit, clock
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.points import ledger
from app.points.means import cooling
from mall.redemption import day_limits, queries
from mall.redemption.errors import NotEnoughPoints, PendingDecided, PendingLapsed, PendingNotFound
from mall.redemption.lines import line_of
from mall.redemption.models import PayCode, PendingPayment, PendingState
from mall.redemption.queries import OpenShop, ShownRedemption
from mall.redemption.service.paying import check_bound, payer_with, use
from mall.redemption.service.taking import Sale, agree, charge

LAPSES_AFTER = timedelta(minutes=2)


def ask(
    *, pay_code: PayCode, at_shop: OpenShop, clerk_id: UUID, sale: Sale, at: datetime
) -> PendingPayment:
    """Ask the user whose code it is to say yes to the sale within two minutes.

    The code, which is locked and was checked, ends: it pays for this sale or for none. Nothing is
    taken or held; what could not be paid now is refused at once.

    Raises:
        what ``take`` raises.
    """
    payer = payer_with(pay_code)
    cooling.check(payer.county_id, payer.household_id, [pay_code.user_id], sale.points, at)
    quote = agree(payer, at_shop, clerk_id, sale, at)
    day_limits.check(
        at_shop=at_shop,
        household_id=payer.household_id,
        payment_method=payer.payment_method,
        points=sale.points,
        at=at,
    )
    has = ledger.household_points(payer.county_id, payer.household_id, day=clock.day_of(at))
    if has < sale.points:
        raise NotEnoughPoints(missing=sale.points - has, needed=sale.points)
    pay_code.replaced_at = at
    pending = PendingPayment(
        county_id=payer.county_id,
        id=uuid7(at),
        pay_code_id=pay_code.id,
        household_id=payer.household_id,
        user_id=pay_code.user_id,
        shop_id=at_shop.shop_id,
        clerk_id=clerk_id,
        points=sale.points,
        market_price_fen=sale.market_price_fen,
        campaign_id=quote.campaign_id if quote else None,
        subsidy_fen=quote.subsidy_fen if quote else 0,
        lines=[line.as_json() for line in sale.lines],
        state=PendingState.WAITING,
        asked_at=at,
        lapses_at=at + LAPSES_AFTER,
    )
    db.session.add(pending)
    _trace("redemption.ask", pending, clerk_id, at)
    db.session.flush()
    return pending


def confirm(*, county_id: int, pending_id: UUID, user_id: UUID, at: datetime) -> ShownRedemption:
    """Say yes: the points move now, at the price that was told, or not at all.

    Raises:
        PendingNotFound: it does not wait for this user.
        PendingDecided, PendingLapsed: it waits no more.
        HouseholdNotBound: the user left the household meanwhile.
        ShopNotOpen and what else ``take`` raises: it cannot be paid now; it may be tried again.
    """
    pending = _waiting(county_id, pending_id, user_id, at)
    check_bound(pending.household_id, user_id)
    at_shop = queries.open_shop(county_id, pending.shop_id)
    payer = use(db.session.get_one(PayCode, (county_id, pending.pay_code_id)), at)
    pending.state, pending.decided_at = PendingState.CONFIRMED, at
    pending.redemption_id = payer.redemption_id
    lines = tuple(line_of(kept) for kept in pending.lines)
    sale = Sale(pending.points, pending.market_price_fen, lines)
    return charge(payer, at_shop, pending.clerk_id, sale, at)


def decline(*, county_id: int, pending_id: UUID, user_id: UUID, at: datetime) -> PendingPayment:
    """Say no: nothing moves. Raises PendingNotFound, PendingDecided or PendingLapsed."""
    pending = _waiting(county_id, pending_id, user_id, at)
    pending.state, pending.decided_at = PendingState.DECLINED, at
    _trace("redemption.decline", pending, user_id, at)
    return pending


def lapse(*, at: datetime) -> int:
    """Close the payments that nobody answered in time. Returns how many."""
    closed = db.session.execute(
        update(PendingPayment)
        .where(PendingPayment.state == PendingState.WAITING, PendingPayment.lapses_at <= at)
        .values(state=PendingState.LAPSED, decided_at=at)
        .returning(PendingPayment.id)
        .execution_options(synchronize_session=False)
    )
    return len(closed.all())


def _waiting(county_id: int, pending_id: UUID, user_id: UUID, at: datetime) -> PendingPayment:
    """The payment, locked, so that of two answers the second sees the first."""
    pending = db.session.scalar(
        locked(
            select(PendingPayment).where(
                PendingPayment.county_id == county_id,
                PendingPayment.id == pending_id,
                PendingPayment.user_id == user_id,
            )
        )
    )
    if pending is None:
        raise PendingNotFound()
    if pending.state is PendingState.LAPSED:
        raise PendingLapsed()
    if pending.state is not PendingState.WAITING:
        raise PendingDecided()
    if pending.lapses_at <= at:
        raise PendingLapsed()
    return pending


def _trace(action: str, pending: PendingPayment, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=pending.county_id,
        actor_id=actor_id,
        subject=("pending_payment", pending.id),
        at=at,
        points=pending.points,
        shop_id=str(pending.shop_id),
        household_id=pending.household_id,
    )
