"""What was sold, and who buys."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.points import ledger
from app.recycling.sales.errors import SaleNotFound
from app.recycling.sales.models import (
    STANDING,
    Material,
    Recycler,
    Sale,
    SaleLine,
    SaleState,
)
from app.recycling.sales.pricing import Bonus, SoldBefore
from app.register.households.models import Household
from app.register.regions.models import Region
from app.register.regions.queries import inside, paths


@dataclass(frozen=True)
class RecyclerRow:
    """A recycler, where it buys, and what it has left to buy with."""

    id: UUID
    name: str
    region_id: UUID
    region: str
    balance_fen: int


def recyclers_of(region_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The recyclers of the regions, by region."""
    rows = db.session.execute(
        select(Recycler.region_id, Recycler.id).where(Recycler.region_id.in_(region_ids))
    )
    return {row[0]: row[1] for row in rows}


def recyclers(
    county_id: int, place_ids: Collection[UUID], *, before: UUID | None, limit: int
) -> list[RecyclerRow]:
    """The recyclers that buy in the places or in a part of them, newest first."""
    query = (
        select(Recycler, Region.name)
        .join(Region, Region.id == Recycler.region_id)
        .where(Recycler.county_id == county_id, Recycler.region_id.in_(inside(place_ids)))
        .order_by(Recycler.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Recycler.id < before)
    rows = db.session.execute(query).all()
    left = ledger.balances(
        county_id, ledger.AccountKind.RECYCLER, [recycler.id for recycler, _ in rows]
    )
    return [
        RecyclerRow(
            recycler.id, recycler.name, recycler.region_id, region, left.get(recycler.id, 0)
        )
        for recycler, region in rows
    ]


def recyclers_around(county_id: int, place_ids: Collection[UUID]) -> list[RecyclerRow]:
    """Who buys where somebody works: for each place the recycler of the smallest region around it,
    with what it has left."""
    regions = paths(place_ids)
    by_region = recyclers_of({one for path in regions.values() for one in path})
    nearest = {
        next((by_region[one] for one in reversed(path) if one in by_region), None)
        for path in regions.values()
    }
    rows = db.session.execute(
        select(Recycler, Region.name)
        .join(Region, Region.id == Recycler.region_id)
        .where(Recycler.county_id == county_id, Recycler.id.in_(nearest - {None}))
        .order_by(Recycler.id)
    ).all()
    left = ledger.balances(county_id, ledger.AccountKind.RECYCLER, [one.id for one, _ in rows])
    return [
        RecyclerRow(one.id, one.name, one.region_id, region, left.get(one.id, 0))
        for one, region in rows
    ]


def recycler(county_id: int, recycler_id: UUID, place_ids: Collection[UUID]) -> Recycler | None:
    """The recycler, if it buys in one of the places or a part of one."""
    return db.session.scalar(
        select(Recycler).where(
            Recycler.county_id == county_id,
            Recycler.id == recycler_id,
            Recycler.region_id.in_(inside(place_ids)),
        )
    )


def recycler_named(county_id: int, recycler_id: UUID) -> Recycler:
    """The recycler of a row that names it."""
    return db.session.scalars(
        select(Recycler).where(Recycler.county_id == county_id, Recycler.id == recycler_id)
    ).one()


@dataclass(frozen=True)
class Day:
    """What a household sold on a day, or waits to be paid for; what was undone is left out.

    Points are those of the price and of the bonus to come.
    """

    sold: Mapping[Material, SoldBefore]
    points: int
    points_without_photo: int
    points_without_yes: int

    @property
    def grams(self) -> int:
        return sum(one.grams for one in self.sold.values())

    @property
    def pieces(self) -> int:
        return sum(one.pieces for one in self.sold.values())


def day_of(county_id: int, household_id: UUID, day: date, bonus: Bonus) -> Day:
    """What the household sold on the day, in two queries."""
    of_day = (
        Sale.county_id == county_id,
        Sale.household_id == household_id,
        Sale.day == day,
        Sale.state.in_(STANDING),
    )
    lines = db.session.execute(
        select(
            SaleLine.material,
            func.sum(SaleLine.grams),
            func.sum(SaleLine.pieces),
            func.sum(SaleLine.grams * SaleLine.price_fen),
            func.sum(SaleLine.points),
        )
        .join(Sale, (Sale.county_id == SaleLine.county_id) & (Sale.id == SaleLine.sale_id))
        .where(*of_day)
        .group_by(SaleLine.material)
    )
    sold = {
        Material(row[0]): SoldBefore(
            int(row[1] or 0), int(row[2] or 0), int(row[3] or 0), int(row[4])
        )
        for row in lines
    }
    worth = _worth(bonus, *of_day)
    return Day(
        sold,
        points=sum(one.points for one in worth),
        points_without_photo=sum(one.points for one in worth if not one.has_photo),
        points_without_yes=sum(one.points for one in worth if one.is_unasked),
    )


def weighed_on(county_id: int, user_ids: Collection[UUID], day: date, bonus: Bonus) -> int:
    """Points of what the users weighed on a day, the bonus included, what was undone left out."""
    of_day = (
        Sale.county_id == county_id,
        Sale.weighed_by.in_(user_ids),
        Sale.day == day,
        Sale.state.in_(STANDING),
    )
    return sum(one.points for one in _worth(bonus, *of_day))


@dataclass(frozen=True)
class _Worth:
    """What one sale brings, and what stands behind it."""

    points: int
    has_photo: bool
    is_unasked: bool  # paid, and nobody said yes to it


def _worth(bonus: Bonus, *of_day: ColumnElement[bool]) -> list[_Worth]:
    is_low_value = SaleLine.material.in_([one for one in Material if one.is_low_value])
    rows = db.session.execute(
        select(
            Sale.points,
            func.sum(SaleLine.grams),
            func.sum(SaleLine.grams).filter(is_low_value),
            Sale.photo_id.is_not(None),
            (Sale.state == SaleState.PAID) & Sale.answered_by.is_(None),
        )
        .join(SaleLine, (Sale.county_id == SaleLine.county_id) & (Sale.id == SaleLine.sale_id))
        .where(*of_day)
        .group_by(Sale.county_id, Sale.id)
    )
    return [
        _Worth(points + bonus(int(grams or 0), int(low_value or 0)), has_photo, is_unasked)
        for points, grams, low_value, has_photo, is_unasked in rows
    ]


def group_of(sale: Sale) -> UUID:
    """The group in which its household lives."""
    return db.session.scalars(
        select(Household.group_id).where(Household.id == sale.household_id)
    ).one()


def awaiting(county_id: int, place_ids: Collection[UUID], wanted: Wanted) -> Listed[Sale]:
    """What waits for a yes in the places, newest first, with its lines."""
    query = (
        select(Sale)
        .join(Household, Household.id == Sale.household_id)
        .where(
            Sale.county_id == county_id,
            Sale.state == SaleState.AWAITING_YES,
            Household.group_id.in_(inside(place_ids)),
        )
    )
    return listed(query, Sale, wanted, day=Sale.day)


def unanswered(before: datetime, *, limit: int) -> list[tuple[int, UUID]]:
    """County and id of the sales that have waited for a yes since before the instant."""
    rows = db.session.execute(
        select(Sale.county_id, Sale.id)
        .where(Sale.state == SaleState.AWAITING_YES, Sale.sold_at <= before)
        .order_by(Sale.county_id, Sale.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def sales_of(county_id: int, household_id: UUID, wanted: Wanted) -> Listed[Sale]:
    """What a household sold, newest first, with its lines."""
    query = select(Sale).where(Sale.county_id == county_id, Sale.household_id == household_id)
    return listed(query, Sale, wanted, day=Sale.day)


def sales_in(county_id: int, place_ids: Collection[UUID], wanted: Wanted) -> Listed[Sale]:
    """What the households of the places sold, newest first, with its lines."""
    query = (
        select(Sale)
        .join(Household, Household.id == Sale.household_id)
        .where(Sale.county_id == county_id, Household.group_id.in_(inside(place_ids)))
    )
    return listed(query, Sale, wanted, day=Sale.day)


def weighed_by(county_id: int, user_id: UUID, wanted: Wanted) -> Listed[Sale]:
    """What a person weighed, newest first, with its lines."""
    query = select(Sale).where(Sale.county_id == county_id, Sale.weighed_by == user_id)
    return listed(query, Sale, wanted, day=Sale.day)


def sale(county_id: int, sale_id: UUID) -> Sale:
    """Raises SaleNotFound."""
    found = db.session.get(Sale, (county_id, sale_id))
    if found is None:
        raise SaleNotFound()
    return found


def without_bonus(day: date, *, limit: int) -> list[tuple[int, UUID]]:
    """County and id of the sales of days before this whose bonuses are not decided."""
    rows = db.session.execute(
        select(Sale.county_id, Sale.id)
        .where(Sale.bonus_decided_at.is_(None), Sale.state == SaleState.PAID, Sale.day < day)
        .order_by(Sale.county_id, Sale.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
