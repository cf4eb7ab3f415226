"""When shops serve, where they are, and which are near."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.clock import CALENDAR, day_of
from app.kernel.db import db, locked
from app.register.regions.models import Region
from mall.merchants.errors import HoursOverlap, ShopNotFound
from mall.merchants.models import Merchant, MerchantState, Shop, ShopClosedDay, ShopHours, ShopKind

CLOSES_BY = time(6)  # of the next day: later than that it is a slip of the pen
WEEK = timedelta(days=7)
METRES_A_DEGREE = 111_320  # of latitude, and of longitude at the equator


@dataclass(frozen=True, order=True)
class Stretch:
    """A stretch of a weekday (1: Monday) in which a shop serves, by China's clock.

    One that closes at midnight or after it goes on into the next day, and is of the day on which
    it opens.
    """

    weekday: int
    opens_at: time
    closes_at: time  # exclusive

    @property
    def opens_in_week(self) -> timedelta:
        """From the beginning of Monday."""
        return timedelta(days=self.weekday - 1) + _since_midnight(self.opens_at)

    @property
    def length(self) -> timedelta:
        until = _since_midnight(self.closes_at) - _since_midnight(self.opens_at)
        return until if until > timedelta() else until + timedelta(days=1)

    def can_be(self) -> bool:
        """Whether it closes after it opens, not later than people do who stay up late."""
        if self.closes_at == time():
            return True
        return self.closes_at > self.opens_at or (
            self.closes_at <= CLOSES_BY and self.closes_at != self.opens_at
        )

    def contains(self, local: datetime) -> date | None:
        """The day it is of at the instant of China's clock, or None outside it."""
        since_monday = timedelta(days=local.weekday()) + _since_midnight(local.time())
        since_opened = (since_monday - self.opens_in_week) % WEEK
        return (local - since_opened).date() if since_opened < self.length else None


@dataclass(frozen=True)
class Times:
    """When a shop serves: its week, and the days on which it stays closed."""

    week: tuple[Stretch, ...] = ()
    closed_on: tuple[date, ...] = ()

    def is_open(self, at: datetime) -> bool:
        """Whether it serves at the instant; a shop that has told no hours always does."""
        if not self.week:
            return day_of(at) not in self.closed_on
        local = at.astimezone(CALENDAR)
        days = {stretch.contains(local) for stretch in self.week}
        return bool(days - {None, *self.closed_on})


@dataclass(frozen=True)
class NearShop:
    """A shop as residents see it in the list of shops."""

    shop: Shop
    village: str
    times: Times
    is_open_now: bool
    distance_metres: int | None  # none: nobody said from where
    place: tuple[int | float, UUID] = field(repr=False)  # in the list, for the next page

    @property
    def delivers(self) -> bool:
        return self.shop.kind is ShopKind.MALL


def set_hours(*, county_id: int, shop_id: UUID, times: Times, by: UUID, at: datetime) -> Times:
    """Replace when a shop serves.

    Raises:
        ShopNotFound: there is no such shop in the county.
        HoursOverlap: two stretches overlap, if only after midnight.
    """
    week = sorted(set(times.week))
    assert all(stretch.can_be() for stretch in week), "asked by the edge"
    if _overlap(week):
        raise HoursOverlap()
    shop = _locked_shop(county_id, shop_id)
    db.session.execute(delete(ShopHours).where(ShopHours.shop_id == shop.id))
    db.session.execute(delete(ShopClosedDay).where(ShopClosedDay.shop_id == shop.id))
    closed_on = sorted(set(times.closed_on))
    if week:
        stretches = [{"shop_id": shop.id, **vars(stretch)} for stretch in week]
        db.session.execute(insert(ShopHours), stretches)
    if closed_on:
        days = [{"shop_id": shop.id, "on_day": day} for day in closed_on]
        db.session.execute(insert(ShopClosedDay), days)
    _trace("merchants.set_hours", shop, by, at)
    return Times(tuple(week), tuple(closed_on))


def _overlap(week: Sequence[Stretch]) -> bool:
    """Whether two stretches of the sorted week overlap; Sunday night goes on into Monday."""
    if not week:
        return False
    opens = [stretch.opens_in_week for stretch in week]
    next_opens = [*opens[1:], opens[0] + WEEK]
    return any(
        stretch.opens_in_week + stretch.length > following
        for stretch, following in zip(week, next_opens, strict=True)
    )


def _since_midnight(at: time) -> timedelta:
    return datetime.combine(date.min, at) - datetime.combine(date.min, time())


def set_place(
    *,
    county_id: int,
    shop_id: UUID,
    address: str,
    position: tuple[float, float] | None,
    by: UUID,
    at: datetime,
) -> Shop:
    """Say where a shop is; ``position`` is latitude and longitude in degrees, public.

    Raises:
        ShopNotFound: there is no such shop in the county.
    """
    shop = _locked_shop(county_id, shop_id)
    shop.address = address
    shop.latitude, shop.longitude = position or (None, None)
    _trace("merchants.set_place", shop, by, at)
    return shop


def set_kind(*, county_id: int, shop_id: UUID, kind: ShopKind, by: UUID, at: datetime) -> Shop:
    """Say whether a shop is a counter or the county's mall, which delivers.

    Raises:
        ShopNotFound: there is no such shop in the county.
    """
    shop = _locked_shop(county_id, shop_id)
    shop.kind = kind
    _trace("merchants.set_kind", shop, by, at)
    return shop


def times_of(shop_ids: Collection[UUID]) -> dict[UUID, Times]:
    """When each of the shops serves, in two queries."""
    week: dict[UUID, list[Stretch]] = {shop_id: [] for shop_id in shop_ids}
    closed: dict[UUID, list[date]] = {shop_id: [] for shop_id in shop_ids}
    hours = select(ShopHours).where(ShopHours.shop_id.in_(shop_ids))
    for row in db.session.scalars(hours):
        week[row.shop_id].append(Stretch(row.weekday, row.opens_at, row.closes_at))
    days = select(ShopClosedDay).where(ShopClosedDay.shop_id.in_(shop_ids))
    for day in db.session.scalars(days):
        closed[day.shop_id].append(day.on_day)
    return {
        shop_id: Times(tuple(sorted(week[shop_id])), tuple(sorted(closed[shop_id])))
        for shop_id in shop_ids
    }


def shops_near(
    county_id: int,
    *,
    village_id: UUID | None,
    position: tuple[float, float] | None,
    after: tuple[int | float, UUID] | None,
    limit: int,
    at: datetime,
) -> list[NearShop]:
    """The shops that take points, nearest first.

    With a ``position`` (latitude, longitude) they are sorted by distance, those whose place is
    not known last. Otherwise those of the village come first, then its town's, then malls, which
    deliver everywhere, then the others.
    """
    key = _distance(position) if position is not None else _nearness(village_id)
    query = (
        select(Shop, Region.name, key.label("key"))
        .join(Merchant, Merchant.id == Shop.merchant_id)
        .join(Region, Region.id == Shop.village_id)
        .where(Shop.county_id == county_id, Merchant.state == MerchantState.ACTIVE, Shop.is_open)
    )
    if after is not None:
        query = query.where(tuple_(key, Shop.id) > tuple_(literal(after[0]), literal(after[1])))
    rows = db.session.execute(query.order_by(key, Shop.id).limit(limit)).all()
    times = times_of([shop.id for shop, _, _ in rows])
    return [
        NearShop(
            shop=shop,
            village=village,
            times=times[shop.id],
            is_open_now=times[shop.id].is_open(at),
            distance_metres=_metres(shop, value) if position is not None else None,
            place=(value, shop.id),
        )
        for shop, village, value in rows
    ]


def _distance(position: tuple[float, float]) -> ColumnElement[Any]:
    """Metres to a shop, flat, which is right within a county; far away if nobody knows."""
    north = (Shop.latitude - position[0]) * METRES_A_DEGREE
    east = (Shop.longitude - position[1]) * METRES_A_DEGREE * func.cos(func.radians(position[0]))
    return func.coalesce(func.sqrt(north * north + east * east), 1e9)


def _nearness(village_id: UUID | None) -> ColumnElement[Any]:
    if village_id is None:
        return literal(0)
    town = select(Region.parent_id).where(Region.id == village_id).scalar_subquery()
    return case(
        (Shop.village_id == village_id, 0),
        (Region.parent_id == town, 1),
        (Shop.kind == ShopKind.MALL, 2),
        else_=3,
    )


def _metres(shop: Shop, value: float) -> int | None:
    return round(value) if shop.latitude is not None else None


def _locked_shop(county_id: int, shop_id: UUID) -> Shop:
    shop = db.session.scalar(
        locked(select(Shop).where(Shop.county_id == county_id, Shop.id == shop_id))
    )
    if shop is None:
        raise ShopNotFound()
    return shop


def _trace(action: str, shop: Shop, by: UUID, at: datetime) -> None:
    audit.record(action, county_id=shop.county_id, actor_id=by, subject=("shop", shop.id), at=at)
