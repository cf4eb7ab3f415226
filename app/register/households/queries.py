"""Questions about households, their members and who acts for them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.kernel.secrets import masked_id_number, masked_name, masked_phone, vault
from app.register.households.models import (
    Binding,
    Household,
    HouseholdRelation,
    HouseholdState,
    Member,
    RelationKind,
)
from app.register.households.own import own_of
from app.register.regions import queries as regions
from app.register.regions.models import Region


@dataclass(frozen=True)
class HouseholdRow:
    """A household as a list shows it."""

    id: UUID
    town: str
    village: str
    group: str
    village_id: UUID
    group_id: UUID
    door_number: str
    head: str
    member_count: int
    is_party_household: bool
    liaison: str | None
    state: HouseholdState


@dataclass(frozen=True)
class FoundHousehold:
    """A household as somebody reads it who only has to know that it is the right one."""

    id: UUID
    group: str
    door_number: str
    head: str  # masked


@dataclass(frozen=True)
class BoundAs:
    """The binding of a user, told to that user."""

    binding_id: UUID
    member_name: str
    household: HouseholdRow


@dataclass(frozen=True)
class MemberRow:
    """A member, masked but for the name, and the binding of whoever acts as this member."""

    id: UUID
    name: str
    phone: str | None
    id_number: str | None
    is_head: bool
    is_party_member: bool
    binding_id: UUID | None


@dataclass(frozen=True)
class HouseholdWithMembers:
    household: HouseholdRow
    members: Sequence[MemberRow]


def _with_names() -> Select[*tuple[Any, ...]]:
    """Select households with the names of their places, head and liaison."""
    town, village, group = aliased(Region), aliased(Region), aliased(Region)
    head, liaison = aliased(Member), aliased(Member)
    return (
        select(
            Household.id,
            town.name.label("town"),
            village.name.label("village"),
            group.name.label("group"),
            Household.village_id,
            Household.group_id,
            Household.door_number,
            func.coalesce(head.name, "").label("head"),  # a closed one has none
            Household.member_count,
            Household.is_party_household,
            liaison.name.label("liaison"),
            Household.state,
        )
        .join(village, village.id == Household.village_id)
        .join(town, town.id == village.parent_id)
        .join(group, group.id == Household.group_id)
        .outerjoin(head, and_(head.household_id == Household.id, head.is_head))
        .outerjoin(liaison, liaison.id == Household.liaison_id)
    )


_ROWS = _with_names()


_OPEN_BINDING = select(Binding).where(
    Binding.user_id == bindparam("user_id"), Binding.ended_at.is_(None)
)


def open_binding(user_id: UUID) -> Binding | None:
    """The binding in force of a user."""
    return db.session.scalar(_OPEN_BINDING, {"user_id": user_id})


@dataclass(frozen=True)
class Which:
    """What households are looked for, beside what stands in their own columns."""

    region_id: UUID | None = None  # in this town, village or group
    name: str | None = None  # with a member whose name begins so
    door: str | None = None  # a part of the door number
    has_liaison: bool | None = None
    is_bound: bool | None = None  # somebody acts for it on a phone


def households(
    place_ids: Iterable[UUID],
    wanted: Wanted,
    which: Which = Which(),
    *also: ColumnElement[bool],
) -> Listed[HouseholdRow]:
    """Households in the places that have not ended, newest first, in one query."""
    query = _ROWS.where(
        Household.group_id.in_(regions.inside(place_ids)),
        Household.state != HouseholdState.CLOSED,
        *_meant(which),
        *also,
    )
    return listed(query, Household, wanted).each(lambda row: HouseholdRow(**row._mapping))


def _meant(which: Which) -> Iterator[ColumnElement[bool]]:
    if which.region_id is not None:
        yield Household.group_id.in_(regions.inside([which.region_id]))
    if which.name is not None:
        named = Member.name.istartswith(which.name, autoescape=True)
        yield Household.id.in_(select(Member.household_id).where(named))
    if which.door is not None:
        yield by_door(which.door)
    if which.has_liaison is not None:
        yield Household.liaison_id.is_not(None) == which.has_liaison
    if which.is_bound is not None:
        acting = exists().where(Binding.household_id == Household.id, Binding.ended_at.is_(None))
        yield acting if which.is_bound else ~acting


def found(
    county_id: int,
    place_ids: Iterable[UUID],
    *,
    which: ColumnElement[bool],
    not_household_id: UUID | None,
    before: UUID | None,
    limit: int,
) -> list[FoundHousehold]:
    """Households in the places that are meant, newest first, heads masked."""
    query = (
        select(Household.id, Region.name, Household.door_number, Member.name)
        .join(Region, Region.id == Household.group_id)
        .join(Member, and_(Member.household_id == Household.id, Member.is_head))
        .where(
            Household.county_id == county_id,
            Household.group_id.in_(regions.inside(place_ids)),
            which,
        )
    )
    if not_household_id is not None:
        query = query.where(Household.id != not_household_id)
    if before is not None:
        query = query.where(Household.id < before)
    rows = db.session.execute(query.order_by(Household.id.desc()).limit(limit))
    return [
        FoundHousehold(id=id_, group=group, door_number=door_number, head=masked_name(name))
        for id_, group, door_number, name in rows
    ]


def by_door(door: str) -> ColumnElement[bool]:
    """Households whose door number holds the text, for ``found``."""
    return Household.door_number.icontains(door, autoescape=True)


def by_id(household_id: UUID) -> ColumnElement[bool]:
    """One household, for ``found``."""
    return Household.id == household_id


_HOUSEHOLD = _ROWS.where(Household.id == bindparam("household_id"))


def household(household_id: UUID) -> HouseholdRow | None:
    row = db.session.execute(_HOUSEHOLD, {"household_id": household_id}).one_or_none()
    return HouseholdRow(**row._mapping) if row else None


def household_inside(household_id: UUID, place_ids: Iterable[UUID]) -> HouseholdWithMembers | None:
    """A household in the places with its members, in two queries."""
    query = _ROWS.where(
        Household.id == household_id, Household.group_id.in_(regions.inside(place_ids))
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    return HouseholdWithMembers(HouseholdRow(**row._mapping), members_of(household_id))


def is_inside(county_id: int, household_id: UUID, place_ids: Iterable[UUID]) -> bool:
    """Whether the household lies in the places."""
    lies_there = exists().where(
        Household.county_id == county_id,
        Household.id == household_id,
        Household.group_id.in_(regions.inside(place_ids)),
    )
    return bool(db.session.scalar(select(lies_there)))


_ME = aliased(Member)
_BOUND_AS = (
    _ROWS.add_columns(Binding.id.label("binding_id"), _ME.name.label("member_name"))
    .join(Binding, Binding.household_id == Household.id)
    .join(_ME, _ME.id == Binding.member_id)
    .where(Binding.user_id == bindparam("user_id"), Binding.ended_at.is_(None))
)


def bound_as(user_id: UUID) -> BoundAs | None:
    """As whom the user is bound, and to which household, in one query."""
    row = db.session.execute(_BOUND_AS, {"user_id": user_id}).one_or_none()
    if row is None:
        return None
    columns = dict(row._mapping)
    return BoundAs(columns.pop("binding_id"), columns.pop("member_name"), HouseholdRow(**columns))


def members_of(household_id: UUID) -> Sequence[MemberRow]:
    """Head first; a member with several bindings shows the newest."""
    rows = db.session.execute(
        select(Member, Binding.id)
        .outerjoin(Binding, and_(Binding.member_id == Member.id, Binding.ended_at.is_(None)))
        .where(Member.household_id == household_id, Member.left_on.is_(None))
        .order_by(Member.is_head.desc(), Member.id, Binding.id.desc())
        .ext(distinct_on(Member.is_head, Member.id))
    )
    return [_masked(member, binding_id) for member, binding_id in rows]


def _masked(member: Member, binding_id: UUID | None) -> MemberRow:
    phone = member.phone_sealed and vault().unseal(member.phone_sealed, "phone")
    id_number = member.id_number_sealed and vault().unseal(member.id_number_sealed, "id_number")
    return MemberRow(
        id=member.id,
        name=member.name,
        phone=masked_phone(phone) if phone else None,
        id_number=masked_id_number(id_number) if id_number else None,
        is_head=member.is_head,
        is_party_member=member.is_party_member,
        binding_id=binding_id,
    )


def counts(village_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many households live in each of the villages; those without any are left out."""
    rows = db.session.execute(
        select(Household.village_id, func.count())
        .where(Household.village_id.in_(village_ids), Household.state == HouseholdState.LIVING)
        .group_by(Household.village_id)
    )
    return {row[0]: row[1] for row in rows}


def closed_to(user_id: UUID, at: datetime) -> frozenset[UUID]:
    """The households that the user may not judge, in one query.

    Their own: bound now or ever, or one with a member who is them or has their phone. Those that an
    administrator entered as related to it, for a year after the entry's end, and those whose
    liaison lives in it.
    """
    own = own_of([user_id]).cte("own")
    mine = select(own.c.id)
    related = HouseholdRelation.household_id, HouseholdRelation.other_id
    rows = db.session.scalars(
        union(
            mine,
            select(case((related[0].in_(mine), related[1]), else_=related[0])).where(
                or_(related[0].in_(mine), related[1].in_(mine)),
                HouseholdRelation.counts(at),
            ),
            select(Household.id)
            .join(Member, Member.id == Household.liaison_id)
            .where(Member.household_id.in_(mine)),
        )
    )
    return frozenset(rows)


@dataclass(frozen=True)
class RelationRow:
    """Two households that do not judge each other, as an administrator reads it."""

    id: UUID
    household_id: UUID
    head: str  # masked
    other_id: UUID
    other_head: str  # masked
    kind: RelationKind
    entered_at: datetime


def relations(
    place_ids: Iterable[UUID],
    *,
    before: UUID | None,
    limit: int,
    household_id: UUID | None = None,
) -> list[RelationRow]:
    """The relations in force with a household in the places, newest first, in one query.

    ``household_id`` narrows to those of one household.
    """
    query = _relation_rows().where(HouseholdRelation.ended_at.is_(None)).limit(limit)
    query = query.where(within(place_ids))
    if household_id is not None:
        query = query.where(
            or_(
                HouseholdRelation.household_id == household_id,
                HouseholdRelation.other_id == household_id,
            )
        )
    if before is not None:
        query = query.where(HouseholdRelation.id < before)
    return [_relation(row) for row in db.session.execute(query)]


def relation(relation_id: UUID) -> RelationRow:
    """One relation, as ``relations`` shows it."""
    query = _relation_rows().where(HouseholdRelation.id == relation_id)
    return _relation(db.session.execute(query).one())


def within(place_ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Whether a household of a relation lies in the places."""
    ours = select(Household.id).where(Household.group_id.in_(regions.inside(place_ids)))
    return or_(HouseholdRelation.household_id.in_(ours), HouseholdRelation.other_id.in_(ours))


def _relation_rows() -> Select[*tuple[Any, ...]]:
    head, other = aliased(Member), aliased(Member)
    return (
        select(HouseholdRelation, head.name, other.name)
        .join(head, and_(head.household_id == HouseholdRelation.household_id, head.is_head))
        .join(other, and_(other.household_id == HouseholdRelation.other_id, other.is_head))
        .order_by(HouseholdRelation.id.desc())
    )


def _relation(row: Row[*tuple[Any, ...]]) -> RelationRow:
    found, head, other = row
    return RelationRow(
        id=found.id,
        household_id=found.household_id,
        head=masked_name(head),
        other_id=found.other_id,
        other_head=masked_name(other),
        kind=found.kind,
        entered_at=found.entered_at,
    )
