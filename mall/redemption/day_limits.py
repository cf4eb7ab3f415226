"""What may still be paid today: by a household, at a shop, with a printed code."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Uuid, bindparam, func, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import DomainError
from app.kernel.ids import first_id
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
    written: UUID | None = None,
) -> None:
    """Refuse what would go beyond a limit of the day; void redemptions do not count.

    One question for all limits. A payment asks it after its points have moved, and names the row
    that it has ``written``: the accounts of household and shop are locked then, so that whoever
    pays at the same time has waited and is counted.

    Raises:
        HouseholdDayLimit, ShopCodeDayLimit, ShopDayLimit: they say what is left today.
    """
    limits = at_shop.limits
    is_by_code = payment_method is PaymentMethod.SHOP_CODE
    asked: tuple[tuple[type[DomainError], int | None], ...] = (
        (HouseholdDayLimit, limits.household_day_points),
        (ShopDayLimit, limits.shop_day_points),
        (ShopCodeDayLimit, limits.shop_code_day_points if is_by_code else None),
    )
    if all(limit is None for _, limit in asked):
        return
    today = clock.day_of(at)
    named = {
        "county_id": at_shop.county_id,
        "household_id": household_id,
        "shop_id": at_shop.shop_id,
        "first_id": first_id(clock.day_start(today)),
        "day_end": clock.day_end(today),
        "written": written,
    }
    paid = db.session.execute(_PAID_TODAY, named).one()
    for (refusal, limit), others in zip(asked, paid, strict=True):
        if limit is not None and points > limit - int(others):
            raise refusal(limit=limit, left=max(limit - int(others), 0))


def _others(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    """The sum of the day without the payment that was written."""
    return (
        select(func.coalesce(func.sum(Redemption.points), 0))
        .where(
            Redemption.county_id == bindparam("county_id"),
            Redemption.state == RedemptionState.PAID,
            # Ids begin with the time: nothing older is read.
            Redemption.id >= bindparam("first_id"),
            Redemption.paid_at < bindparam("day_end"),
            Redemption.id.is_distinct_from(bindparam("written", type_=Uuid())),
            *which,
        )
        .scalar_subquery()
    )


_OF_HOUSEHOLD = Redemption.household_id == bindparam("household_id")
_PAID_TODAY = select(
    _others(_OF_HOUSEHOLD),
    _others(Redemption.shop_id == bindparam("shop_id")),
    _others(_OF_HOUSEHOLD, Redemption.payment_method == PaymentMethod.SHOP_CODE),
)
