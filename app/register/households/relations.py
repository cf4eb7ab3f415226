"""Which households do not judge each other, as village workers enter it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.register.households import queries
from app.register.households.errors import (
    HouseholdNotFound,
    OwnRelation,
    RelatedAlready,
    RelationNotFound,
    SameHousehold,
)
from app.register.households.models import Household, HouseholdRelation, RelationKind
from app.register.households.service import WORKERS
from app.register.identity.caller import Caller
from app.register.regions import queries as regions


def relate(
    *, household_id: UUID, other_id: UUID, kind: RelationKind, by: Caller, at: datetime
) -> UUID:
    """Enter that two households do not judge each other; returns the id of the entry.

    One of them lies in an area where ``by`` works, the other anywhere in the county.

    Raises:
        SameHousehold: they are one.
        HouseholdNotFound: not in the county, or neither is in such an area.
        RelatedAlready: it was entered before.
    """
    if household_id == other_id:
        raise SameHousehold()
    villages = db.session.scalars(
        select(Household.village_id).where(
            Household.id.in_([household_id, other_id]), Household.county_id == by.county_id
        )
    ).all()
    places = by.places(*WORKERS)
    if len(villages) != 2 or not any(regions.is_inside(village, places) for village in villages):
        raise HouseholdNotFound()
    smaller, larger = sorted((household_id, other_id))
    entered: UUID | None = db.session.scalar(
        insert(HouseholdRelation)
        .values(
            id=uuid7(at),
            household_id=smaller,
            other_id=larger,
            kind=kind,
            entered_by=by.user_id,
            entered_at=at,
        )
        .on_conflict_do_nothing()
        .returning(HouseholdRelation.id)
    )
    if entered is None:
        raise RelatedAlready()
    _trace("households.relate", entered, (smaller, larger), by, at)
    return entered


def end_relation(*, relation_id: UUID, by: Caller, at: datetime) -> None:
    """End an entry; it stays readable in the trace.

    Raises:
        RelationNotFound: none in force in an area where ``by`` works.
        OwnRelation: it is of their own household, which others decide about.
    """
    in_force = (
        HouseholdRelation.id == relation_id,
        HouseholdRelation.ended_at.is_(None),
        queries.within(by.places(*WORKERS)),
    )
    relation = db.session.scalar(select(HouseholdRelation).where(*in_force))
    if relation is None:
        raise RelationNotFound()
    if by.household_id in {relation.household_id, relation.other_id}:
        raise OwnRelation()
    ended = db.session.scalar(
        update(HouseholdRelation)
        .where(*in_force)
        .values(ended_by=by.user_id, ended_at=at)
        .returning(HouseholdRelation.id)
    )
    if ended is None:
        raise RelationNotFound()
    between = (relation.household_id, relation.other_id)
    _trace("households.end_relation", ended, between, by, at)


def _trace(
    action: str, relation_id: UUID, between: tuple[UUID, UUID], by: Caller, at: datetime
) -> None:
    audit.record(
        action,
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("household_relation", relation_id),
        at=at,
        household_id=between[0],
        other_id=str(between[1]),
    )
