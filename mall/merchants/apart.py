"""Nobody turns their own household's points into their own shop's money."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, or_, select

from app.kernel import clock
from app.kernel.db import db
from app.register.households.models import HouseholdRelation
from app.register.households.own import own_of
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
    is_related = _is_related(household_id, clerk_id, at) if clerk_id else false()
    own, related = db.session.execute(select(is_own, is_related)).one()
    if own:
        raise OwnCounter()
    if related:
        raise Related()


def _is_related(household_id: UUID, clerk_id: UUID, at: datetime) -> ColumnElement[bool]:
    of_clerk = own_of([clerk_id]).subquery()
    one, other = HouseholdRelation.household_id, HouseholdRelation.other_id
    its_own = select(of_clerk.c.id)
    return exists().where(
        or_(
            (one == household_id) & other.in_(its_own),
            (other == household_id) & one.in_(its_own),
        ),
        HouseholdRelation.counts(at),
    )
