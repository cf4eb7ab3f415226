"""Buying a voucher, looking at its code, and noting that it was used."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from app.kernel import audit, clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.messages import notices
from app.points import ledger
from app.points.means import cooling
from app.register.households.locking import lock_households
from app.register.households.models import Household
from app.register.regions.models import Region
from mall.merchants import apart
from mall.merchants import queries as merchants
from mall.redemption import day_limits
from mall.vouchers import batches, secrets
from mall.vouchers.errors import (
    CodeGone,
    NotEnoughPoints,
    NotForYou,
    NotOnSale,
    OverLimit,
    PriceDiffers,
    PurchaseNotFound,
    PurchaseRefunded,
)
from mall.vouchers.kinds import held_kind, price_in_force
from mall.vouchers.models import (
    Platform,
    PurchaseState,
    VoucherCode,
    VoucherKind,
    VoucherPurchase,
    VoucherViewing,
)
from mall.vouchers.notices import VOUCHER_BOUGHT
from mall.vouchers.outside import outside_shop


def buy(
    *,
    county_id: int,
    kind_id: UUID,
    household_id: UUID,
    user_id: UUID,
    points: int,
    at: datetime,
) -> VoucherPurchase:
    """Sell the household one code of the kind for ``points``, what it was told it costs.

    The points reach the platform's shop in the same transaction. The code itself is not in the
    answer: ``view`` shows it.

    Raises:
        KindNotFound, KindWithdrawn, NotOnSale, NotForYou, PriceDiffers, OverLimit: not for sale.
        OwnCounter: the platform's shop is of somebody of the household.
        SoldOut: no code is left.
        OwnBatch: one of theirs has had the next code in clear.
        NotEnoughPoints: the household has fewer points.
        HouseholdDayLimit: with all it spends today it would be too much.
        ledger.AccountFrozen: an account of the household or the shop is frozen.
    """
    # Two phones of a household take turns, or both would find room under its limit.
    lock_households([household_id])
    kind = held_kind(county_id, kind_id)
    platform = db.session.get_one(Platform, kind.platform_id)
    _check_sale(platform, kind, household_id, points, at)
    apart.check(shop_id=platform.shop_id, household_id=household_id, clerk_id=None, at=at)
    cooling.spend(county_id, household_id, [user_id], points, at)
    code = outside_shop(platform).sell(kind, at=at)
    batches.refuse_own(code, household_id, at)
    purchase = VoucherPurchase(
        county_id=county_id,
        id=uuid7(at),
        household_id=household_id,
        user_id=user_id,
        kind_id=kind.id,
        shop_id=platform.shop_id,
        code_id=code.id,
        price_id=price_in_force(kind),
        points=points,
        market_price_fen=kind.market_price_fen,
        state=PurchaseState.BOUGHT,
        bought_at=at,
    )
    db.session.add(purchase)
    _trace("vouchers.buy", purchase, user_id, at)
    db.session.flush()
    about = {"purchase_id": str(purchase.id), "points": points}
    told = notices.ToHousehold(household_id, str(purchase.id), about, act_of=user_id)
    notices.tell(VOUCHER_BOUGHT, [told], county_id=county_id, at=at)
    _pay(purchase)
    day_limits.check_household(
        county_id=county_id, household_id=household_id, points=points, at=at, written=purchase.id
    )
    return purchase


def view(
    *, county_id: int, purchase_id: UUID, household_id: UUID, user_id: UUID, at: datetime
) -> str:
    """The code in clear, for a member of the household that bought it. Each look is recorded.

    Raises:
        PurchaseNotFound: it is not the household's.
        PurchaseRefunded: the code is worth nothing any more.
        CodeGone: it ended so long ago that it is kept no longer.
    """
    purchase = own_purchase(county_id, purchase_id, household_id)
    if purchase.state is PurchaseState.REFUNDED:
        raise PurchaseRefunded()
    code = db.session.get_one(VoucherCode, (county_id, purchase.code_id))
    if not code.sealed:
        raise CodeGone()
    db.session.add(
        VoucherViewing(
            county_id=county_id,
            id=uuid7(at),
            purchase_id=purchase.id,
            code_id=code.id,
            user_id=user_id,
            viewed_at=at,
        )
    )
    _trace("vouchers.view", purchase, user_id, at)
    return secrets.unseal(code.id, code.sealed)


def note_use(
    *,
    county_id: int,
    purchase_id: UUID,
    household_id: UUID,
    is_used: bool,
    by: UUID,
    at: datetime,
) -> VoucherPurchase:
    """Keep the household's own note that it has used the voucher, or take the note back.

    Raises:
        PurchaseNotFound: it is not the household's.
    """
    purchase = db.session.scalar(
        update(VoucherPurchase)
        .where(
            VoucherPurchase.county_id == county_id,
            VoucherPurchase.id == purchase_id,
            VoucherPurchase.household_id == household_id,
        )
        .values(used_at=func.coalesce(VoucherPurchase.used_at, at) if is_used else None)
        .returning(VoucherPurchase)
        .execution_options(populate_existing=True)
    )
    if purchase is None:
        raise PurchaseNotFound()
    _trace("vouchers.note_use", purchase, by, at)
    return purchase


def own_purchase(county_id: int, purchase_id: UUID, household_id: UUID) -> VoucherPurchase:
    """A purchase of the household. Raises PurchaseNotFound, also for somebody else's."""
    found = db.session.get(VoucherPurchase, (county_id, purchase_id), populate_existing=True)
    if found is None or found.household_id != household_id:
        raise PurchaseNotFound()
    return found


def _check_sale(
    platform: Platform, kind: VoucherKind, household_id: UUID, points: int, at: datetime
) -> None:
    # Read without a lock: a suspension holds from the next purchase on.
    shop = merchants.shop(kind.county_id, platform.shop_id)
    if not shop.is_open or not merchants.merchant(kind.county_id, platform.merchant_id).is_active:
        raise NotOnSale()
    if kind.buyer_region_ids and not _lives_in(household_id, kind.buyer_region_ids):
        raise NotForYou()
    if points != kind.points_price:
        raise PriceDiffers(points=kind.points_price)
    if kind.month_limit is not None and _bought(kind, household_id, at) >= kind.month_limit:
        raise OverLimit(limit=kind.month_limit)


def _lives_in(household_id: UUID, region_ids: list[UUID]) -> bool:
    query = (
        select(Household.id)
        .join(Region, Region.id == Household.group_id)
        .where(Household.id == household_id, Region.path.overlap(region_ids))
    )
    return db.session.scalar(query) is not None


def _bought(kind: VoucherKind, household_id: UUID, at: datetime) -> int:
    """How many the household has bought this month and not been given its points back for."""
    first = clock.day_of(at).replace(day=1)
    query = select(func.count()).where(
        VoucherPurchase.county_id == kind.county_id,
        VoucherPurchase.household_id == household_id,
        VoucherPurchase.kind_id == kind.id,
        VoucherPurchase.state == PurchaseState.BOUGHT,
        VoucherPurchase.bought_at >= clock.day_start(first),
    )
    return db.session.scalars(query).one()


def _pay(purchase: VoucherPurchase) -> None:
    try:
        ledger.spend(
            county_id=purchase.county_id,
            household_id=purchase.household_id,
            reference=purchase.reference,
            decided_at=purchase.bought_at,
            kind=ledger.TransferKind.VOUCHER,
            credit=ledger.shop(purchase.shop_id),
            amount=purchase.points,
        )
    except ledger.InsufficientPoints as short:
        raise NotEnoughPoints(missing=short.missing, needed=purchase.points) from None


def _trace(action: str, purchase: VoucherPurchase, by: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=purchase.county_id,
        actor_id=by,
        subject=("voucher_purchase", purchase.id),
        at=at,
        points=purchase.points,
        code_id=str(purchase.code_id),
        household_id=purchase.household_id,
    )
