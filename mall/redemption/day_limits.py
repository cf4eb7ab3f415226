"""What may still be paid today: by a household, at a shop, with a printed code.

A household's limit is one over all ways of spending: at counters, by orders, for vouchers.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, TextClause, Uuid, bindparam, select, text

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import DomainError
from app.kernel.ids import first_id
from mall.redemption.errors import HouseholdDayLimit, ShopCodeDayLimit, ShopDayLimit
from mall.redemption.models import PaymentMethod
from mall.redemption.queries import OpenShop
from mall.redemption.settings import SETTINGS


def check(
    *,
    at_shop: OpenShop,
    household_id: UUID,
    payment_method: PaymentMethod,
    points: int,
    at: datetime,
    written: UUID | None = None,
) -> None:
    """Refuse what would go beyond a limit of the day; what was given back does not count.

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
    named = _named(at_shop.county_id, household_id, at, written) | {"shop": at_shop.shop_id}
    paid = db.session.execute(_AT_COUNTER, named).one()
    for (refusal, limit), others in zip(asked, paid, strict=True):
        _refuse_above(refusal, limit, points, int(others))


def check_household(
    *, county_id: int, household_id: UUID, points: int, at: datetime, written: UUID
) -> None:
    """``check`` of what is not paid at a counter, after its points were held or have moved.

    Raises:
        HouseholdDayLimit: it says what is left today.
    """
    limits, others = db.session.execute(
        _ELSEWHERE, _named(county_id, household_id, at, written)
    ).one()
    limit = SETTINGS.read(limits).household_day_points
    _refuse_above(HouseholdDayLimit, limit, points, int(others))


def _refuse_above(refusal: type[DomainError], limit: int | None, points: int, others: int) -> None:
    if limit is not None and points > limit - others:
        raise refusal(limit=limit, left=max(limit - others, 0))


def _named(
    county_id: int, household_id: UUID, at: datetime, written: UUID | None
) -> dict[str, Any]:
    today = clock.day_of(at)
    return {
        "county": county_id,
        "household": household_id,
        "first": first_id(clock.day_start(today)),
        "day_end": clock.day_end(today),
        "written": written,
    }


def _sum(statement: str) -> TextClause:
    """A sum of the day. Ids begin with the time: nothing older is read."""
    return text(f"({statement})").bindparams(
        bindparam("first", type_=Uuid()), bindparam("written", type_=Uuid())
    )


_REDEEMED = """
    SELECT coalesce(sum(r.points), 0) FROM redemptions r
     WHERE r.county_id = :county AND r.state = 'paid'
       AND r.id >= :first AND r.paid_at < :day_end AND r.id IS DISTINCT FROM :written
"""
# Orders and vouchers are of domains above this one, which ask it: their tables are only read.
_OF_HOUSEHOLD = _sum(f"""
    SELECT ({_REDEEMED} AND r.household_id = :household)
         + (SELECT coalesce(sum(l.points - coalesce(
                       (SELECT sum(b.points) FROM order_refunds b
                         WHERE b.county_id = l.county_id AND b.line_id = l.id), 0)), 0)
              FROM orders o
              JOIN order_lines l ON l.county_id = o.county_id AND l.order_id = o.id
             WHERE o.county_id = :county AND o.household_id = :household
               AND o.id >= :first AND o.placed_at < :day_end AND o.id IS DISTINCT FROM :written
               AND l.state IN ('open', 'handed_over') AND o.state <> 'cancelled')
         + (SELECT coalesce(sum(v.points), 0) FROM voucher_purchases v
             WHERE v.county_id = :county AND v.household_id = :household AND v.state = 'bought'
               AND v.id >= :first AND v.bought_at < :day_end AND v.id IS DISTINCT FROM :written)
""")  # noqa: S608 - only constants
_AT_COUNTER = select(
    _OF_HOUSEHOLD,
    _sum(f"{_REDEEMED} AND r.shop_id = :shop").bindparams(bindparam("shop", type_=Uuid())),
    _sum(f"{_REDEEMED} AND r.household_id = :household AND r.means = 'shop_code'"),
)
_ELSEWHERE = select(
    SETTINGS.content(bindparam("county", type_=Integer())).label("limits"), _OF_HOUSEHOLD
)
