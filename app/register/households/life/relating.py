"""Which households do not judge each other, after one became two or two became one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.kernel.db import db
from app.kernel.ids import uuid7
from app.register.households.life.changing import Change
from app.register.households.models import HouseholdRelation, RelationKind


def of_split(change: Change) -> None:
    """The new household is related to those of the old one, and to the old one itself."""
    _copy(change.household_id, change.other, change)
    _relate(change.household_id, change.other, RelationKind.KIN, change.asked_by, change.at)


def of_merge(change: Change) -> None:
    """Those of the household that ends are the other's; between the two nothing is left."""
    _copy(change.household_id, change.other, change)
    one, other = sorted((change.household_id, change.other))
    db.session.execute(
        update(HouseholdRelation)
        .where(
            HouseholdRelation.household_id == one,
            HouseholdRelation.other_id == other,
            HouseholdRelation.ended_at.is_(None),
        )
        .values(ended_by=change.asked_by, ended_at=change.at)
        .execution_options(synchronize_session=False)
    )


def _copy(source: UUID, target: UUID, change: Change) -> None:
    rows = db.session.scalars(
        select(HouseholdRelation).where(
            or_(HouseholdRelation.household_id == source, HouseholdRelation.other_id == source),
            HouseholdRelation.ended_at.is_(None),
        )
    ).all()
    for row in rows:
        other = row.other_id if row.household_id == source else row.household_id
        if other != target:
            _relate(target, other, row.kind, row.entered_by, change.at)


def _relate(one: UUID, other: UUID, kind: RelationKind, by: UUID, at: datetime) -> None:
    smaller, larger = sorted((one, other))
    db.session.execute(
        insert(HouseholdRelation)
        .values(
            id=uuid7(at),
            household_id=smaller,
            other_id=larger,
            kind=kind,
            entered_by=by,
            entered_at=at,
        )
        .on_conflict_do_nothing()
    )
