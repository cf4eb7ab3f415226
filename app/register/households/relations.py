"""Which households do not judge each other, as village workers enter it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.register.households import queries
from app.register.households.errors import (
    HouseholdNotFound,
    RelatedAlready,
    RelationNotFound,
    SameHousehold,
)
from app.register.households.models import Household, HouseholdRelation, RelationKind
from app.register.households.own import own_households
from app.register.households.service import WORKERS
from app.register.identity.caller import Caller
from app.register.identity.models import RoleGrant, User
from app.register.identity.roles import DECIDES
from app.register.regions import queries as regions


def village_of(*, household_id: UUID, other_id: UUID, by: Caller) -> UUID:
    """The village of one of two households in which ``by`` works; the other lies anywhere.

    Raises:
        SameHousehold: they are one.
        HouseholdNotFound: not in the county, or neither is in such an area.
        RelatedAlready: that they do not judge each other is in force.
    """
    if household_id == other_id:
        raise SameHousehold()
    villages = db.session.scalars(
        select(Household.village_id).where(
            Household.id.in_([household_id, other_id]), Household.county_id == by.county_id
        )
    ).all()
    places = by.places(*WORKERS)
    found = [village for village in villages if regions.is_inside(village, places)]
    if len(villages) != 2 or not found:
        raise HouseholdNotFound()
    if is_entered(household_id, other_id):
        raise RelatedAlready()
    return found[0]


def is_entered(household_id: UUID, other_id: UUID) -> bool:
    """Whether an entry of the two is in force."""
    smaller, larger = sorted((household_id, other_id))
    entry = exists().where(
        HouseholdRelation.household_id == smaller,
        HouseholdRelation.other_id == larger,
        HouseholdRelation.ended_at.is_(None),
    )
    return bool(db.session.scalar(select(entry)))


def of_deciders(county_id: int, household_ids: Collection[UUID]) -> set[UUID]:
    """Which of the households are those of somebody whose office decides about others."""
    deciders = db.session.scalars(
        select(RoleGrant.user_id)
        .join(User, User.id == RoleGrant.user_id)
        .where(
            User.county_id == county_id,
            RoleGrant.role.in_(DECIDES),
            RoleGrant.revoked_at.is_(None),
        )
        .distinct()
    )
    return set(own_households(list(deciders))) & set(household_ids)


def enter(
    *,
    county_id: int,
    household_id: UUID,
    other_id: UUID,
    kind: RelationKind,
    by: UUID,
    at: datetime,
) -> UUID:
    """Enter that two households do not judge each other; ``village_of`` was asked.

    Raises:
        RelatedAlready: somebody was quicker.
    """
    smaller, larger = sorted((household_id, other_id))
    entered: UUID | None = db.session.scalar(
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
        .returning(HouseholdRelation.id)
    )
    if entered is None:
        raise RelatedAlready()
    _trace("households.relate", entered, county_id, by, at)
    return entered


@dataclass(frozen=True)
class Pair:
    """An entry in force, and the village of it for which somebody works."""

    households: tuple[UUID, UUID]
    kind: RelationKind
    village_id: UUID


def in_force(*, relation_id: UUID, by: Caller) -> Pair:
    """The entry that ``by`` may have ended.

    Raises:
        RelationNotFound: none in force in an area where they work.
    """
    places = by.places(*WORKERS)
    relation = db.session.scalar(
        select(HouseholdRelation).where(
            HouseholdRelation.id == relation_id,
            HouseholdRelation.ended_at.is_(None),
            queries.within(places),
        )
    )
    if relation is None:
        raise RelationNotFound()
    pair = (relation.household_id, relation.other_id)
    villages = db.session.scalars(select(Household.village_id).where(Household.id.in_(pair)))
    village_id = next(one for one in villages if regions.is_inside(one, places))
    return Pair(pair, relation.kind, village_id)


def is_in_force(relation_id: UUID) -> bool:
    """Whether the entry has not been ended."""
    return db.session.get_one(HouseholdRelation, relation_id).ended_at is None


def end_relation(*, county_id: int, relation_id: UUID, by: UUID, at: datetime) -> None:
    """End an entry, as was agreed; it stays readable in the trace.

    Raises:
        RelationNotFound: somebody has ended it.
    """
    ended = db.session.scalar(
        update(HouseholdRelation)
        .where(HouseholdRelation.id == relation_id, HouseholdRelation.ended_at.is_(None))
        .values(ended_by=by, ended_at=at)
        .returning(HouseholdRelation.id)
    )
    if ended is None:
        raise RelationNotFound()
    _trace("households.end_relation", ended, county_id, by, at)


def _trace(action: str, relation_id: UUID, county_id: int, by: UUID, at: datetime) -> None:
    relation = db.session.get_one(HouseholdRelation, relation_id)
    audit.record(
        action,
        county_id=county_id,
        actor_id=by,
        subject=("household_relation", relation_id),
        at=at,
        household_id=relation.household_id,
        other_id=str(relation.other_id),
    )
