"""What still lies with households that have ended."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db
from app.points import ledger
from app.points.carried.models import ChangePoints
from app.register.households.life.queries import succeeded


def with_points(day: date) -> list[tuple[int, UUID]]:
    """The closed households with a successor that have points to spend on the day."""
    counties = defaultdict[int, list[UUID]](list)
    for county_id, household_id in succeeded():
        counties[county_id].append(household_id)
    return [
        (county_id, household_id)
        for county_id, households in counties.items()
        for household_id in sorted(ledger.households_with_points(county_id, households, day=day))
    ]


def of_change(county_id: int, change_id: UUID) -> Sequence[ChangePoints]:
    """What a change carried, what ends first first."""
    rows = db.session.scalars(
        select(ChangePoints)
        .where(ChangePoints.county_id == county_id, ChangePoints.change_id == change_id)
        .order_by(ChangePoints.ordinal)
    )
    return rows.all()
