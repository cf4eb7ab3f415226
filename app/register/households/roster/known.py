"""What the register holds of the places and people that a roster names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db
from app.kernel.texts import folded
from app.register.households.models import Household, Member
from app.register.households.roster.columns import RosterRow
from app.register.regions.queries import Village

T = TypeVar("T")
ASKED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Registered:
    """What the register holds of a person in the file, to compare the row with."""

    member_id: UUID
    household_id: UUID
    village_id: UUID
    group_id: UUID
    name: str
    phone_index: bytes | None
    door_number: str
    member_count: int
    is_party_household: bool
    liaison_id: UUID | None
    is_head: bool


class Places:
    """The villages that the importer may fill, and the groups in them."""

    def __init__(self, villages: Iterable[Village], groups: dict[tuple[UUID, str], UUID]) -> None:
        self._villages = {
            (folded(village.town), folded(village.name)): village for village in villages
        }
        self._by_id = {village.id: village for village in self._villages.values()}
        self._towns = {town for town, _ in self._villages}  # folded
        self.groups = groups  # by village and folded name

    def village_id(self, row: RosterRow) -> UUID | None:
        village = self._villages.get((folded(row.town), folded(row.village)))
        return village.id if village else None

    def has_town(self, name: str) -> bool:
        return folded(name) in self._towns

    def village(self, village_id: UUID) -> Village:
        return self._by_id[village_id]

    def full_name(self, village_id: UUID, group: str) -> str:
        village = self._by_id[village_id]
        return f"{village.town}/{village.name}/{group}"


def registered(county_id: int, indexes: Iterable[bytes]) -> dict[bytes, Registered]:
    """What the register holds of these people, by the index of their ID number."""
    rows = db.session.execute(
        select(
            Member.id_number_index,
            Member.id,
            Member.household_id,
            Household.village_id,
            Household.group_id,
            Member.name,
            Member.phone_index,
            Household.door_number,
            Household.member_count,
            Household.is_party_household,
            Household.liaison_id,
            Member.is_head,
        )
        .join(Household, Household.id == Member.household_id)
        .where(Member.county_id == county_id, Member.id_number_index.in_(list(indexes)))
    )
    return {index: Registered(*facts) for index, *facts in rows if index is not None}


def member_ids(county_id: int, indexes: Iterable[bytes]) -> dict[bytes, UUID]:
    """The members with these ID numbers."""
    found: dict[bytes, UUID] = {}
    for piece in pieces(indexes):
        found |= {index: row.member_id for index, row in registered(county_id, piece).items()}
    return found


def pieces(items: Iterable[T]) -> Iterator[list[T]]:
    """The items, so many at a time that one question can name them."""
    rest = iter(items)
    while piece := list(islice(rest, ASKED_AT_ONCE)):
        yield piece
