"""Orders as households, shops and the county see them; and those whose time is over."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, false, func, or_, select
from sqlalchemy.orm import aliased

from app.kernel import clock
from app.kernel.db import db
from app.kernel.lists import ONE, Listed, Wanted, listed
from app.kernel.secrets import masked_name
from app.register.households.models import Household, Member
from app.register.regions.models import Region
from app.register.regions.queries import inside
from mall.merchants.models import Shop
from mall.orders.errors import OrderNotFound
from mall.orders.models import CancelledBy, LineState, Order, OrderLine, OrderState, Way


@dataclass(frozen=True)
class Sight:
    """Whose orders somebody may see: their household's, those of shops, those in regions."""

    household_id: UUID | None = None
    shop_ids: Collection[UUID] = ()
    region_ids: Collection[UUID] = ()


@dataclass(frozen=True)
class ShownOrder:
    """An order with its lines. A household is named by its place and its head's masked name."""

    id: UUID
    household_id: UUID
    shop_id: UUID
    shop_name: str
    shop_address: str
    place: str  # village and group
    customer: str
    way: Way
    state: OrderState
    agreed_points: int  # when it was placed
    placed_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    cancelled_by: CancelledBy | None
    reason: str | None
    received_by: str | None
    lines: tuple[OrderLine, ...]

    @property
    def holds_until(self) -> datetime | None:
        """Until when ready goods wait to be fetched."""
        return self.due_at if self.state is OrderState.READY else None

    def for_officials(self) -> "ShownOrder":
        """The same, with the name of who received it masked."""
        name = self.received_by
        return replace(self, received_by=masked_name(name) if name else None)

    @property
    def points(self) -> int:
        """What the household pays for what it gets, less what was given back."""
        return sum(
            line.points - line.points * line.refunded_count // line.count
            for line in self.lines
            if line.state in {LineState.OPEN, LineState.HANDED_OVER}
        )


@dataclass(frozen=True)
class Home:
    """Where a household lives, from the county down to its group, and its head's name."""

    county_id: int
    household_id: UUID
    path: Sequence[UUID]
    village: str
    group: str
    head: str


@dataclass(frozen=True)
class ShopDay:
    """What a shop handed over on one day, less what was refunded of it since."""

    count: int
    points: int


def order(county_id: int, order_id: UUID, sight: Sight) -> ShownOrder:
    """One order. Raises OrderNotFound for one that the sight does not include."""
    shown = _shown(Order.id == order_id, _seen(sight), county_id=county_id)
    if not shown:
        raise OrderNotFound()
    return shown[0]


_GROUP, _VILLAGE = aliased(Region), aliased(Region)
_ROWS = (
    select(Order, Shop.name, Shop.address, _VILLAGE.name, _GROUP.name, Member.name)
    .join(Shop, Shop.id == Order.shop_id)
    .join(_GROUP, _GROUP.id == Order.group_id)
    .join(_VILLAGE, _VILLAGE.id == _GROUP.parent_id)
    .join(Member, (Member.household_id == Order.household_id) & Member.is_head)
)
_HOUSEHOLD_ORDER = _ROWS.where(
    Order.county_id == bindparam("county"),
    Order.household_id == bindparam("household"),
    Order.id == bindparam("order"),
)


def household_order(county_id: int, household_id: UUID, order_id: UUID) -> ShownOrder:
    """One of the household's own. Raises OrderNotFound."""
    asked = {"county": county_id, "household": household_id, "order": order_id}
    row = db.session.execute(_HOUSEHOLD_ORDER, asked).one_or_none()
    if row is None:
        raise OrderNotFound()
    return _told(_lines(county_id, [order_id])[order_id], *row)


_HOME = (
    select(
        Household.county_id,
        Household.id,
        _GROUP.path,
        _VILLAGE.name,
        _GROUP.name,
        Member.name,
    )
    .select_from(Household)
    .join(_GROUP, _GROUP.id == Household.group_id)
    .join(_VILLAGE, _VILLAGE.id == _GROUP.parent_id)
    .join(Member, (Member.household_id == Household.id) & Member.is_head)
    .where(Household.id == bindparam("household"))
)


def home_of(household_id: UUID) -> Home:
    """Where a household lives, and what its orders call it."""
    row = db.session.connection().execute(_HOME, {"household": household_id}).one()
    return Home(*row)


def as_written(order: Order, lines: Sequence[OrderLine], shop: Shop, home: Home) -> ShownOrder:
    """An order that was placed just now, without reading it back."""
    return _told(lines, order, shop.name, shop.address, home.village, home.group, home.head)


def household_orders(county_id: int, household_id: UUID, wanted: Wanted) -> Listed[ShownOrder]:
    """The household's orders, newest first, in two queries."""
    return _shown(Order.household_id == household_id, county_id=county_id, wanted=wanted)


def shop_orders(county_id: int, shop_id: UUID, wanted: Wanted) -> Listed[ShownOrder]:
    """The shop's orders, newest first, in two queries."""
    return _shown(Order.shop_id == shop_id, county_id=county_id, wanted=wanted)


def shop_day(county_id: int, shop_id: UUID, on: date) -> ShopDay:
    """How many orders the shop handed over on a day, and their points."""
    refunded = OrderLine.points * OrderLine.refunded_count / OrderLine.count
    count, points = db.session.execute(
        select(
            func.count(Order.id.distinct()),
            func.coalesce(func.sum(OrderLine.points - func.floor(refunded)), 0),
        )
        .join(
            OrderLine,
            (OrderLine.county_id == Order.county_id) & (OrderLine.order_id == Order.id),
        )
        .where(
            Order.county_id == county_id,
            Order.shop_id == shop_id,
            Order.ended_at >= clock.day_start(on),
            Order.ended_at < clock.day_end(on),
            OrderLine.state == LineState.HANDED_OVER,
        )
    ).one()
    return ShopDay(count=count, points=int(points))


def overdue(at: datetime, *, limit: int) -> Sequence[tuple[int, UUID]]:
    """Orders whose time is over, with their counties."""
    rows = db.session.execute(
        select(Order.county_id, Order.id)
        .where(Order.due_at <= at)
        .order_by(Order.due_at)
        .limit(limit)
    )
    return [(county_id, order_id) for county_id, order_id in rows]


def unanswered(at: datetime, *, limit: int) -> Sequence[tuple[int, UUID]]:
    """Orders with substitutes to which nobody answered in time, with their counties."""
    rows = db.session.execute(
        select(OrderLine.county_id, OrderLine.order_id)
        .where(OrderLine.answer_until <= at)
        .order_by(OrderLine.answer_until)
        .limit(limit)
    )
    return [(county_id, order_id) for county_id, order_id in rows]


def _seen(sight: Sight) -> ColumnElement[bool]:
    return or_(
        Order.household_id == sight.household_id if sight.household_id else false(),
        Order.shop_id.in_(sight.shop_ids),
        Shop.village_id.in_(inside(sight.region_ids)),
    )


def _shown(
    *which: ColumnElement[bool],
    county_id: int,
    wanted: Wanted = ONE,
) -> Listed[ShownOrder]:
    query = _ROWS.where(Order.county_id == county_id, *which)
    rows = listed(query, Order, wanted, day=Order.placed_at)
    lines = _lines(county_id, [row[0].id for row in rows])
    return rows.each(lambda row: _told(lines[row[0].id], *row))


def _told(
    lines: Sequence[OrderLine],
    order: Order,
    shop_name: str,
    address: str,
    village: str,
    group: str,
    head: str,
) -> ShownOrder:
    return ShownOrder(
        id=order.id,
        household_id=order.household_id,
        shop_id=order.shop_id,
        shop_name=shop_name,
        shop_address=address,
        place=f"{village}{group}",
        customer=masked_name(head),
        way=order.way,
        state=order.state,
        agreed_points=order.points,
        placed_at=order.placed_at,
        due_at=order.due_at,
        ended_at=order.ended_at,
        cancelled_by=order.cancelled_by,
        reason=order.reason,
        received_by=order.received_by,
        lines=tuple(lines),
    )


_LINES = (
    select(OrderLine)
    .where(
        OrderLine.county_id == bindparam("county"),
        OrderLine.order_id.in_(bindparam("orders", expanding=True)),
    )
    .order_by(OrderLine.id)
)


def _lines(county_id: int, order_ids: Collection[UUID]) -> dict[UUID, list[OrderLine]]:
    found: defaultdict[UUID, list[OrderLine]] = defaultdict(list)
    if order_ids:
        for line in db.session.scalars(_LINES, {"county": county_id, "orders": list(order_ids)}):
            found[line.order_id].append(line)
    return found
