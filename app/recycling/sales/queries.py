"""What was sold, and who buys."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.points import ledger
from app.recycling.sales.errors import SaleNotFound
from app.recycling.sales.models import Recycler, Sale, SaleLine, SaleState
from app.register.regions.models import Region
from app.register.regions.queries import inside


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


def recycler(county_id: int, recycler_id: UUID, place_ids: Collection[UUID]) -> Recycler | None:
    """The recycler, if it buys in one of the places or a part of one."""
    return db.session.scalar(
        select(Recycler).where(
            Recycler.county_id == county_id,
            Recycler.id == recycler_id,
            Recycler.region_id.in_(inside(place_ids)),
        )
    )


def sold_on(county_id: int, household_id: UUID, day: date) -> tuple[int, int]:
    """Grams and pieces that a household sold on a day, what was undone left out."""
    row = db.session.execute(
        select(func.sum(SaleLine.grams), func.sum(SaleLine.pieces))
        .join(Sale, (Sale.county_id == SaleLine.county_id) & (Sale.id == SaleLine.sale_id))
        .where(
            Sale.county_id == county_id,
            Sale.household_id == household_id,
            Sale.day == day,
            Sale.state == SaleState.PAID,
        )
    ).one()
    return int(row[0] or 0), int(row[1] or 0)


def sales_of(county_id: int, household_id: UUID, wanted: Wanted) -> Listed[Sale]:
    """What a household sold, newest first, with its lines."""
    query = select(Sale).where(Sale.county_id == county_id, Sale.household_id == household_id)
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
