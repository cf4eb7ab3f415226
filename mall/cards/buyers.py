"""Who may buy with a household's card: those whom it has named, as it reads them itself."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from app.kernel.db import db
from app.kernel.secrets import masked_phone, vault
from mall.cards.models import Proxy


@dataclass(frozen=True)
class ShownProxy:
    """A proxy as its household and the worker read it."""

    id: UUID
    name: str
    phone: str  # masked
    first_on: date
    last_on: date
    day_points_max: int
    named_at: datetime
    ended_at: datetime | None


def is_in_force(day: date) -> ColumnElement[bool]:
    """Whether a proxy may buy on the day."""
    return and_(Proxy.ended_at.is_(None), Proxy.first_on <= day, Proxy.last_on >= day)


def proxies(
    county_id: int, household_id: UUID, *, before: UUID | None, limit: int
) -> list[ShownProxy]:
    """Everybody whom the household has named, newest first, those that ended included."""
    query = select(Proxy).where(Proxy.county_id == county_id, Proxy.household_id == household_id)
    if before is not None:
        query = query.where(Proxy.id < before)
    return [
        shown_proxy(row) for row in db.session.scalars(query.order_by(Proxy.id.desc()).limit(limit))
    ]


def shown_proxy(proxy: Proxy) -> ShownProxy:
    """The proxy with a masked phone number."""
    return ShownProxy(
        id=proxy.id,
        name=proxy.name,
        phone=masked_phone(vault().unseal(proxy.phone_sealed, "proxies.phone")),
        first_on=proxy.first_on,
        last_on=proxy.last_on,
        day_points_max=proxy.day_points_max,
        named_at=proxy.named_at,
        ended_at=proxy.ended_at,
    )
