"""The code that a shop hangs up: made, renewed, and paid with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from mall.merchants import queries as merchants
from mall.redemption import codes, queries
from mall.redemption.errors import ShopCodeOverLimit
from mall.redemption.models import PaymentMethod, ShopCode
from mall.redemption.queries import ShownRedemption
from mall.redemption.service.taking import Payer, Sale, charge


def renew(*, county_id: int, shop_id: UUID, by: UUID, at: datetime) -> ShopCode:
    """Give the shop a code to hang up. The one that hung there pays no more from now on.

    Raises:
        ShopNotFound: there is no such shop in the county.
    """
    shop = merchants.locked_shop(county_id, shop_id)
    db.session.execute(
        update(ShopCode)
        .where(ShopCode.shop_id == shop.id, ShopCode.replaced_at.is_(None))
        .values(replaced_at=at)
        .execution_options(synchronize_session=False)
    )
    code = ShopCode(
        id=uuid7(at),
        county_id=county_id,
        shop_id=shop.id,
        token=codes.new_shop_token(),
        made_by=by,
        made_at=at,
    )
    db.session.add(code)
    audit.record(
        "redemption.renew_shop_code",
        county_id=county_id,
        actor_id=by,
        subject=("shop", shop.id),
        at=at,
    )
    db.session.flush()
    return code


def pay(
    *, county_id: int, household_id: UUID, user_id: UUID, token: str, sale: Sale, at: datetime
) -> ShownRedemption:
    """Pay at the shop whose code the user has scanned; no clerk takes part.

    The caller has made sure that the user acts for the household.

    Raises:
        ShopCodeNotFound: no shop of the county has this code now.
        ShopCodeOverLimit: too much for a payment by this means.
        what ``take`` raises.
    """
    sale.check()
    code = queries.shop_code(county_id, token)
    at_shop = queries.open_shop(county_id, code.shop_id)
    limit = at_shop.limits.shop_code_points_max
    if sale.points > limit:
        raise ShopCodeOverLimit(limit=limit)
    payer = Payer(
        county_id=county_id,
        household_id=household_id,
        payment_method=PaymentMethod.SHOP_CODE,
        user_id=user_id,
        shop_code_id=code.id,
    )
    return charge(payer, at_shop, None, sale, at)
