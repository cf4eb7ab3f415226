"""What a roster asks for and one person does not write alone, until another has agreed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.kernel.secrets import vault
from app.kernel.texts import folded
from app.register.households.models import Household, Member
from app.register.households.roster.columns import RosterRow
from app.register.people import service as people
from app.register.regions import queries as regions
from app.register.regions import service as places


@dataclass(frozen=True, slots=True)
class HeadAs:
    """The head of a household, as a row of the roster has it."""

    name: str
    phone: str | None
    id_number: str | None  # of somebody else, who becomes the head; none: it is who it was

    def indexes(self) -> dict[str, str | None]:
        """What they are compared by, in clear nowhere."""
        return {
            "name": vault().index(self.name, "name").hex(),
            "phone": vault().index(self.phone, "phone").hex() if self.phone else None,
            "id_number": vault().index(self.id_number, "id_number").hex()
            if self.id_number
            else None,
        }


@dataclass(frozen=True, slots=True)
class HeldHead:
    """A household whose head would be called, or reached, otherwise, or be another person."""

    household_id: UUID
    village_id: UUID
    head: HeadAs


@dataclass(frozen=True, slots=True)
class HeldHousehold:
    """A household that the register does not know, in a village that has begun."""

    village_id: UUID
    group: str
    door_number: str
    head: HeadAs  # with the ID number
    member_count: int
    is_party_household: bool
    liaison: str | None  # the index of the liaison's ID number, as hex

    @property
    def index(self) -> str:
        """The index of the head's ID number, as hex."""
        index = self.head.indexes()["id_number"]
        assert index is not None, "a row of the roster has an ID number"
        return index

    @staticmethod
    def of_row(village_id: UUID, row: RosterRow, liaison: bytes | None) -> "HeldHousehold":
        return HeldHousehold(
            village_id=village_id,
            group=row.group,
            door_number=row.door_number,
            head=HeadAs(row.head, row.phone, row.id_number),
            member_count=row.member_count,
            is_party_household=row.is_party_household,
            liaison=liaison.hex() if liaison else None,
        )


@dataclass
class Held:
    """All that one import must not write."""

    heads: list[HeldHead] = field(default_factory=list)
    households: list[HeldHousehold] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.heads or self.households)


def head_now(household_id: UUID) -> dict[str, str | None]:
    """The head of a household as it is, to tell whether it has changed meanwhile."""
    head = _head(household_id)
    return {
        "name": vault().index(head.name, "name").hex(),
        "phone": head.phone_index.hex() if head.phone_index else None,
        "id_number": head.id_number_index.hex() if head.id_number_index else None,
    }


def head_as_written(household_id: UUID) -> HeadAs:
    """Name and phone of the head of a household, in clear, for who decides about another."""
    head = _head(household_id)
    phone = vault().unseal(head.phone_sealed, "phone") if head.phone_sealed else None
    return HeadAs(head.name, phone, None)


def registered_heads(county_id: int, indexes: Collection[str]) -> list[str]:
    """Which of these ID numbers, by their indexes, somebody in the register has."""
    rows = db.session.scalars(
        select(Member.id_number_index).where(
            Member.county_id == county_id,
            Member.id_number_index.in_([bytes.fromhex(one) for one in indexes]),
        )
    )
    return sorted(index.hex() for index in rows if index is not None)


def change_head(*, household_id: UUID, head: HeadAs, by: UUID, at: datetime) -> None:
    """Write what was agreed of a household's head: name and phone, or who it is.

    Who was the head stays a member. The caller holds the household's lock and has seen that nothing
    has changed meanwhile.
    """
    member = _head(household_id)
    if head.id_number is not None:
        member.is_head = False
        db.session.flush()  # one household, one head
        member = _next_head(member, head.id_number, at)
    member.name = head.name
    _set_phone(member, head.phone)
    audit.record(
        "households.change_head",
        county_id=member.county_id,
        actor_id=by,
        subject=("household", household_id),
        at=at,
        is_another=head.id_number is not None,
    )


def enter_households(
    *, county_id: int, village_id: UUID, wanted: Sequence[HeldHousehold], by: UUID, at: datetime
) -> None:
    """Enter the households that were agreed to, in groups that are made where they are missing.

    The caller has seen that none of the heads is in the register.
    """
    numbers = {bytes.fromhex(one.index): one for one in wanted}
    persons = people.enter(county_id=county_id, id_number_indexes=numbers, at=at)
    groups = _groups(county_id, village_id, wanted, by, at)
    heads: dict[str, UUID] = {}
    households: list[Household] = []
    for index, one in numbers.items():
        household = _household(one, county_id, groups[folded(one.group)], at)
        head = _member(household, one, persons[index])
        heads[one.index] = head.id
        households.append(household)
        db.session.add(household)
        db.session.flush()  # a member refers to the household without a relationship
        db.session.add(head)
    db.session.flush()  # liaisons are members
    known = heads | _members(county_id, {one.liaison for one in wanted if one.liaison})
    for household, one in zip(households, numbers.values(), strict=True):
        household.liaison_id = known.get(one.liaison) if one.liaison else None
    audit.record(
        "households.enter",
        county_id=county_id,
        actor_id=by,
        subject=("region", village_id),
        at=at,
        added=len(households),
    )


def _head(household_id: UUID) -> Member:
    return db.session.scalars(
        select(Member).where(Member.household_id == household_id, Member.is_head)
    ).one()


def _next_head(before: Member, id_number: str, at: datetime) -> Member:
    """The member of this ID number, who was the head once, or somebody new."""
    index = vault().index(id_number, "id_number")
    member = db.session.scalar(
        select(Member).where(
            Member.household_id == before.household_id, Member.id_number_index == index
        )
    )
    if member is not None:
        member.is_head = True
        return member
    known = people.enter(county_id=before.county_id, id_number_indexes=[index], at=at)
    member = Member(
        id=uuid7(at),
        county_id=before.county_id,
        household_id=before.household_id,
        person_id=known[index],
        id_number_sealed=vault().seal(id_number, "id_number"),
        id_number_index=index,
        is_head=True,
        is_party_member=False,
        created_at=at,
    )
    db.session.add(member)
    return member


def _household(one: HeldHousehold, county_id: int, group_id: UUID, at: datetime) -> Household:
    return Household(
        id=uuid7(at),
        county_id=county_id,
        village_id=one.village_id,
        group_id=group_id,
        door_number=one.door_number,
        member_count=one.member_count,
        is_party_household=one.is_party_household,
        created_at=at,
    )


def _member(household: Household, one: HeldHousehold, person_id: UUID) -> Member:
    assert one.head.id_number is not None, "a row of the roster has an ID number"
    member = Member(
        id=uuid7(household.created_at),
        county_id=household.county_id,
        household_id=household.id,
        person_id=person_id,
        name=one.head.name,
        id_number_sealed=vault().seal(one.head.id_number, "id_number"),
        id_number_index=bytes.fromhex(one.index),
        is_head=True,
        is_party_member=one.is_party_household,
        created_at=household.created_at,
    )
    _set_phone(member, one.head.phone)
    return member


def _set_phone(member: Member, phone: str | None) -> None:
    member.phone_sealed = vault().seal(phone, "phone") if phone else None
    member.phone_index = vault().index(phone, "phone") if phone else None


def _groups(
    county_id: int, village_id: UUID, wanted: Sequence[HeldHousehold], by: UUID, at: datetime
) -> Mapping[str, UUID]:
    known = {name: id_ for (_, name), id_ in regions.groups([village_id]).items()}
    for one in wanted:
        if folded(one.group) not in known:
            known[folded(one.group)] = places.add_region(
                county_id=county_id, parent_id=village_id, name=one.group, actor_id=by, at=at
            ).id
    return known


def _members(county_id: int, indexes: Collection[str]) -> dict[str, UUID]:
    rows = db.session.execute(
        select(Member.id_number_index, Member.id).where(
            Member.county_id == county_id,
            Member.id_number_index.in_([bytes.fromhex(one) for one in indexes]),
        )
    )
    return {index.hex(): id_ for index, id_ in rows if index is not None}
