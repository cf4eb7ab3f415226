"""Nobody turns their own household's points into their own shop's money."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, false, select

from app.kernel import clock
from app.kernel.db import db
from app.register.households.own import is_related_to, own_of
from app.register.trust.errors import Related
from mall.merchants.errors import OwnCounter
from mall.merchants.models import Shop
from mall.merchants.queries import interested


def check(*, shop_id: UUID, household_id: UUID, clerk_id: UUID | None, at: datetime) -> None:
    """Refuse what a household would pay at a counter of its own, by whichever means.

    Its own: one of it owns the merchant, or serves at the shop, or did at any moment of this day.
    A household related to the clerk's pays too, when somebody else serves it: in a village with
    one shop it has nowhere else to go.

    One question to the database, for the queue at the counter.

    Raises:
        OwnCounter: it is the counter of somebody of the household.
        Related: the household is related to that of the clerk.
    """
    today = clock.day_start(clock.day_of(at))
    of_the_shop = own_of(interested(Shop.id == shop_id, since=today)).subquery()
    is_own = exists(select(of_the_shop.c.id).where(of_the_shop.c.id == household_id))
    is_related = is_related_to(household_id, clerk_id, at) if clerk_id else false()
    own, related = db.session.execute(select(is_own, is_related)).one()
    if own:
        raise OwnCounter()
    if related:
        raise Related()
