"""What has become of households."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from app.kernel.db import db
from app.register.households.life import people
from app.register.households.life.changing import ChangeKind
from app.register.households.life.models import HouseholdChange
from app.register.households.models import Household, HouseholdPlace, HouseholdState


def standing(household_id: UUID) -> dict[str, Any]:
    """Who lives in a household and where, as a change of it was asked for: not what it has."""
    home = db.session.get_one(Household, household_id, populate_existing=True)
    return {
        "state": str(home.state),
        "people": home.member_count,
        "group_id": str(home.group_id),
        "door_number": home.door_number,
        "members": [str(member.id) for member in people.living(household_id)],
    }


def newest_place(household_id: UUID) -> HouseholdPlace:
    """Where a household lives, and since when."""
    return db.session.scalars(
        select(HouseholdPlace)
        .where(HouseholdPlace.household_id == household_id)
        .order_by(HouseholdPlace.from_on.desc())
        .limit(1)
    ).one()


def after(county_id: int, household_id: UUID, since: datetime) -> Sequence[HouseholdChange]:
    """The splits and the merge by which a household's points went on, since a moment, in order."""
    rows = db.session.scalars(
        select(HouseholdChange)
        .where(
            HouseholdChange.county_id == county_id,
            HouseholdChange.household_id == household_id,
            HouseholdChange.kind.in_([ChangeKind.SPLIT, ChangeKind.MERGE]),
            HouseholdChange.done_at > since,
        )
        .order_by(HouseholdChange.done_at, HouseholdChange.id)
    )
    return rows.all()


def goes_on_as(household_id: UUID) -> UUID:
    """The household itself, or the one at the end of its successors."""
    step = (
        select(Household.id, Household.successor_id)
        .where(Household.id == household_id)
        .cte("step", recursive=True)
    )
    step = step.union(
        select(Household.id, Household.successor_id).join(step, Household.id == step.c.successor_id)
    )
    last: UUID = db.session.scalars(select(step.c.id).where(step.c.successor_id.is_(None))).one()
    return last


def succeeded() -> list[tuple[int, UUID]]:
    """Every closed household that another goes on for, with its county."""
    rows = db.session.execute(
        select(Household.county_id, Household.id)
        .where(Household.state == HouseholdState.CLOSED, Household.successor_id.is_not(None))
        .order_by(Household.county_id, Household.id)
    )
    return [(county_id, household_id) for county_id, household_id in rows]


def changes_of(
    county_id: int, household_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[HouseholdChange]:
    """What has happened to a household, the newest first."""
    query = select(HouseholdChange).where(
        HouseholdChange.county_id == county_id,
        or_(
            HouseholdChange.household_id == household_id,
            HouseholdChange.other_id == household_id,
        ),
    )
    if before is not None:
        query = query.where(HouseholdChange.id < before)
    return db.session.scalars(query.order_by(HouseholdChange.id.desc()).limit(limit)).all()
