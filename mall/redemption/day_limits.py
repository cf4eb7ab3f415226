"""What may still be paid today: by a household, at a shop, with a printed code."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, literal, select

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
    of_household = Redemption.household_id == household_id
    asked: list[tuple[type[DomainError], int | None, ColumnElement[bool]]] = [
        (HouseholdDayLimit, limits.household_day_points, of_household),
        (ShopDayLimit, limits.shop_day_points, Redemption.shop_id == at_shop.shop_id),
    ]
    if payment_method is PaymentMethod.SHOP_CODE:
        by_code = of_household & (Redemption.payment_method == PaymentMethod.SHOP_CODE)
        asked.append((ShopCodeDayLimit, limits.shop_code_day_points, by_code))
    held = [(refusal, limit, which) for refusal, limit, which in asked if limit is not None]
    if not held:
        return
    paid = db.session.execute(
        select(*(_paid_today(at_shop.county_id, which, written, at) for _, _, which in held))
    ).one()
    for (refusal, limit, _), others in zip(held, paid, strict=True):
        left = limit - int(others)
        if points > left:
            raise refusal(limit=limit, left=max(left, 0))


def _paid_today(
    county_id: int, which: ColumnElement[bool], written: UUID | None, at: datetime
) -> ScalarSelect[int]:
    """The sum of the day without the payment that was written."""
    today = clock.day_of(at)
    return (
        select(func.coalesce(func.sum(Redemption.points), 0))
        .where(
            Redemption.county_id == county_id,
            Redemption.state == RedemptionState.PAID,
            # Ids begin with the time: nothing older is read.
            Redemption.id >= first_id(clock.day_start(today)),
            Redemption.paid_at < clock.day_end(today),
            Redemption.id.is_distinct_from(literal(written)),
            which,
        )
        .scalar_subquery()
    )
