"""Nobody turns their own household's points into their own shop's money."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Uuid, bindparam, exists, false, select

from app.kernel import clock
from app.kernel.db import db
from app.register.households.own import is_related_to, own_of
from app.register.trust.errors import Related
from mall.merchants.errors import OwnCounter
from mall.merchants.models import Shop
from mall.merchants.queries import interested

_SINCE = bindparam("since", type_=DateTime(timezone=True))
_HOUSEHOLD = bindparam("household", type_=Uuid())
_CLERK = bindparam("clerk", type_=Uuid())
_AT = bindparam("at", type_=DateTime(timezone=True))


def _is_own() -> ColumnElement[bool]:
    people = interested(Shop.id == bindparam("shop"), since=_SINCE)
    theirs = own_of(people).subquery()
    return exists(select(theirs.c.id).where(theirs.c.id == _HOUSEHOLD))


_IS_RELATED = is_related_to(_HOUSEHOLD, _CLERK, _AT)
_AT_A_SHOP = select(_is_own().label("is_own"), false().label("is_related"))
_BEFORE_A_CLERK = select(_is_own().label("is_own"), _IS_RELATED.label("is_related"))


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
    asked = {
        "shop": shop_id,
        "household": household_id,
        "since": clock.day_start(clock.day_of(at)),
    }
    if clerk_id is None:
        found = db.session.connection().execute(_AT_A_SHOP, asked).one()
    else:
        served = asked | {"clerk": clerk_id, "at": at}
        found = db.session.connection().execute(_BEFORE_A_CLERK, served).one()
    if found.is_own:
        raise OwnCounter()
    if found.is_related:
        raise Related()
