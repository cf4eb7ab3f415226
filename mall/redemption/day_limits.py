"""What may still be paid today: by a household, at a shop, with a printed code."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.sql.elements import ColumnElement

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import DomainError
from app.register.households.locking import lock_households
from mall.merchants import queries as merchants
from mall.redemption.errors import HouseholdDayLimit, ShopCodeDayLimit, ShopDayLimit
from mall.redemption.models import PaymentMethod, Redemption, RedemptionState
from mall.redemption.queries import OpenShop


def check(
    *,
    at_shop: OpenShop,
    household_id: UUID,
    payment_method: PaymentMethod,
    points: int,
    at: datetime,
) -> None:
    """Refuse what would go beyond a limit of the day; void redemptions do not count.

    Until the commit nobody else pays for the household, or at the shop, where a limit of it is
    set. Call it before rows are written that refer to the household.

    Raises:
        HouseholdDayLimit, ShopCodeDayLimit, ShopDayLimit: they say what is left today.
    """
    by_shop_code = payment_method is PaymentMethod.SHOP_CODE
    of_household, of_shop = at_shop.limits.household_day_points, at_shop.limits.shop_day_points
    if by_shop_code or of_household is not None or of_shop is not None:
        # The household before the shop, always: two who pay never wait for each other.
        lock_households([household_id])
    paid_by_household = Redemption.household_id == household_id
    if of_household is not None:
        _refuse(HouseholdDayLimit, of_household, points, at_shop, at, paid_by_household)
    if by_shop_code:
        limit = at_shop.limits.shop_code_day_points
        with_code = paid_by_household & (Redemption.payment_method == PaymentMethod.SHOP_CODE)
        _refuse(ShopCodeDayLimit, limit, points, at_shop, at, with_code)
    if of_shop is not None:
        merchants.locked_shop(at_shop.county_id, at_shop.shop_id)
        _refuse(ShopDayLimit, of_shop, points, at_shop, at, Redemption.shop_id == at_shop.shop_id)


def _refuse(
    refusal: type[DomainError],
    limit: int,
    points: int,
    at_shop: OpenShop,
    at: datetime,
    which: ColumnElement[bool],
) -> None:
    """Raise the refusal when the points and those of today are more than the limit."""
    today = clock.day_of(at)
    paid = db.session.scalar(
        select(func.coalesce(func.sum(Redemption.points), 0)).where(
            Redemption.county_id == at_shop.county_id,
            Redemption.state == RedemptionState.PAID,
            Redemption.paid_at >= clock.day_start(today),
            Redemption.paid_at < clock.day_end(today),
            which,
        )
    )
    left = limit - int(paid or 0)
    if points > left:
        raise refusal(limit=limit, left=max(left, 0))
