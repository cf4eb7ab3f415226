"""The first reading: what can only be judged with the whole file and the register in view."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.secrets import vault
from app.kernel.texts import folded
from app.register.households.models import Household, Member
from app.register.households.roster.columns import BrokenRow, Column, RosterRow, SameDoor
from app.register.households.roster.known import Places, Registered, pieces, registered
from app.register.households.roster.problems import Kind, Told

TAIL_LENGTH = 4


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A head of a party household, who may be named as a liaison."""

    index: bytes
    tail: str | None  # none: still sealed
    sealed: bytes | None

    def ends_with(self, tail: str) -> bool:
        if self.tail is not None:
            return self.tail == tail
        assert self.sealed is not None, "either the tail or the sealed number is there"
        return vault().unseal(self.sealed, "id_number")[-TAIL_LENGTH:] == tail


@dataclass(frozen=True, slots=True)
class _Newcomer:
    """A row whose head the register does not know."""

    row: int
    index: bytes
    same_door: SameDoor | None


@dataclass(frozen=True, slots=True)
class _OtherMember:
    """A row whose head is a member of the household at its door, and not its head."""

    newcomer: _Newcomer
    household_id: UUID


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A liaison that a row names."""

    row: int
    village_id: UUID
    name: str
    tail: str | None
    own_index: bytes


class Examination:
    """Judges the rows against one another and against the register.

    After ``finish`` without problems, ``liaison_of`` gives the ID number's index of each row's
    liaison, ``new_groups`` what has to be made, and ``waiting`` whose rows are left out until
    somebody has answered a question. ``held`` are new households of villages that have begun, and
    ``heads_of`` says of which household somebody shall be the new head: those rows are left out
    until another has agreed.
    """

    def __init__(
        self,
        county_id: int,
        places: Places,
        *,
        has_begun: Callable[[UUID], bool],
        told: Told,
    ) -> None:
        self.county_id = county_id
        self.places = places
        self.held: set[bytes] = set()
        self.heads_of: dict[bytes, UUID] = {}
        self._has_begun = has_begun
        self._told = told
        self.liaison_of: dict[bytes, bytes] = {}  # by the index of the head
        # Names by village and folded name, in the order of the file.
        self.new_groups: dict[tuple[UUID, str], str] = {}
        self.waiting: set[bytes] = set()
        self._newcomers: defaultdict[tuple[UUID, str], list[_Newcomer]] = defaultdict(list)
        self._rows: dict[bytes, int] = {}  # row number by the index of the head
        self._members: list[_OtherMember] = []
        self._wanted: list[_Wanted] = []
        self._party: defaultdict[tuple[UUID, str], list[_Candidate]] = defaultdict(list)
        self._excused: set[tuple[str, str, str]] = set()
        self._demoted: dict[UUID, int] = {}  # row by member who is a party member no longer

    def add(self, rows: Sequence[RosterRow]) -> None:
        """Judge some rows, and keep what judging the others will need."""
        by_index = {}
        for row in rows:
            index = vault().index(row.id_number, "id_number")
            if index in self._rows:
                self._problem(row, Column.ID_NUMBER, Kind.PERSON_TWICE, other=self._rows[index])
                continue
            self._rows[index] = row.number
            by_index[index] = row
        known = registered(self.county_id, by_index)
        for index, row in by_index.items():
            village_id = self._village(row)
            if village_id is not None:
                self._keep(row, index, village_id, known.get(index))

    @property
    def rows(self) -> Mapping[bytes, int]:
        """The number of each row, by the index of its head's ID number."""
        return self._rows

    def excuse(self, row: BrokenRow) -> None:
        """Do not call the head of a row with problems unknown: the row is told already."""
        self._excused.add((folded(row.town), folded(row.village), folded(row.head)))

    def finish(self) -> None:
        """Find every liaison, now that all party members are known."""
        self._add_registered_party()
        for wanted in self._wanted:
            self._find_liaison(wanted)
        self._tell_who_still_is_a_liaison()
        self._ask_about_members()
        self._ask_about_doors()
        self._let_wait_who_needs_them()
        for index in self.held:
            self._told.confirmations.add(self._rows[index], Column.HEAD, Kind.NEW_HOUSEHOLD)
        self._wanted.clear()

    def names_of_new_groups(self) -> tuple[str, ...]:
        """镇/村/组, in the order of the file."""
        return tuple(
            self.places.full_name(village_id, group)
            for (village_id, _), group in self.new_groups.items()
        )

    def _village(self, row: RosterRow) -> UUID | None:
        village_id = self.places.village_id(row)
        if village_id is None:
            if self.places.has_town(row.town):
                self._problem(row, Column.VILLAGE, Kind.VILLAGE_UNKNOWN, name=row.village)
            else:
                self._problem(row, Column.TOWN, Kind.TOWN_UNKNOWN, name=row.town)
        return village_id

    def _keep(
        self, row: RosterRow, index: bytes, village_id: UUID, known: Registered | None
    ) -> None:
        group = (village_id, folded(row.group))
        if known is not None and not (known.is_head and known.village_id == village_id):
            here = self.places.groups.get(group), _door(row.door_number)
            if (known.group_id, _door(known.door_number)) == here:
                newcomer = _Newcomer(row.number, index, row.same_door)
                self._members.append(_OtherMember(newcomer, known.household_id))
            else:
                self._problem(row, Column.ID_NUMBER, Kind.PERSON_ELSEWHERE)
        if known is None and self._has_begun(village_id):
            self.held.add(index)
        elif group not in self.places.groups:
            self.new_groups.setdefault(group, row.group)
        if known is None and group in self.places.groups:
            door = (self.places.groups[group], _door(row.door_number))
            self._newcomers[door].append(_Newcomer(row.number, index, row.same_door))
        if row.is_party_household:
            tail = row.id_number[-TAIL_LENGTH:]
            self._party[village_id, folded(row.head)].append(_Candidate(index, tail, None))
        elif known is not None and known.is_head and known.is_party_household:
            self._demoted[known.member_id] = row.number
        if row.liaison is not None:
            self._wanted.append(
                _Wanted(row.number, village_id, row.liaison, row.liaison_tail, index)
            )

    def _add_registered_party(self) -> None:
        """Party members of the register count too, unless the file says otherwise of them."""
        villages = list({wanted.village_id for wanted in self._wanted})
        rows = db.session.execute(
            select(
                Household.village_id, Member.name, Member.id_number_index, Member.id_number_sealed
            )
            .join(Member, Member.household_id == Household.id)
            .where(Household.village_id.in_(villages), Household.is_party_household, Member.is_head)
        )
        for village_id, name, index, sealed in rows:
            if index is not None and index not in self._rows:
                self._party[village_id, folded(name)].append(_Candidate(index, None, sealed))

    def _find_liaison(self, wanted: _Wanted) -> None:
        found = self._party.get((wanted.village_id, folded(wanted.name)), [])
        if wanted.tail is not None:
            found = [candidate for candidate in found if candidate.ends_with(wanted.tail)]
        if len(found) == 1 and found[0].index != wanted.own_index:
            self.liaison_of[wanted.own_index] = found[0].index
            return
        if not found and self._is_excused(wanted):
            return
        if not found:
            kind = Kind.LIAISON_NOT_PARTY
        elif len(found) == 1:
            kind = Kind.LIAISON_IS_SELF
        else:
            kind = Kind.LIAISON_AMBIGUOUS
        self._told.problems.add(wanted.row, Column.LIAISON, kind)

    def _is_excused(self, wanted: _Wanted) -> bool:
        village = self.places.village(wanted.village_id)
        told = (folded(village.town), folded(village.name), folded(wanted.name))
        return told in self._excused

    def _tell_who_still_is_a_liaison(self) -> None:
        """A party household may not become another while the register needs its head."""
        head = aliased(Member)
        for members in pieces(self._demoted):
            rows = db.session.execute(
                select(Household.liaison_id, head.id_number_index)
                .join(head, head.household_id == Household.id)
                .where(Household.liaison_id.in_(members), head.is_head)
            )
            left: defaultdict[UUID, int] = defaultdict(int)
            for liaison_id, index in rows:
                if liaison_id is not None and index not in self._rows:
                    left[liaison_id] += 1
            for member_id, households in left.items():
                row = self._demoted[member_id]
                self._told.problems.add(
                    row, Column.PARTY, Kind.STILL_A_LIAISON, households=households
                )

    def _ask_about_members(self) -> None:
        """Somebody of a household stands in the file as its head, and its head does not."""
        heads = dict[UUID, bytes | None]()
        for piece in pieces({one.household_id for one in self._members}):
            rows = db.session.execute(
                select(Member.household_id, Member.id_number_index).where(
                    Member.household_id.in_(piece), Member.is_head
                )
            )
            heads |= {row.household_id: row.id_number_index for row in rows}
        for one in self._members:
            newcomer = one.newcomer
            if heads[one.household_id] in self._rows:
                self._told.problems.add(newcomer.row, Column.ID_NUMBER, Kind.PERSON_ELSEWHERE)
                continue
            self.waiting.add(newcomer.index)
            if newcomer.same_door is SameDoor.HEAD_CHANGED:
                self._told.confirmations.add(newcomer.row, Column.HEAD, Kind.HEAD_CHANGES)
                self.heads_of[newcomer.index] = one.household_id
            else:
                self._told.questions.add(newcomer.row, Column.HEAD, Kind.HEAD_IS_MEMBER)

    def _ask_about_doors(self) -> None:
        """A head whom nobody knows, at the door of one who is not in the file: who is that?

        Written without a word, the household would be there twice, once with its points.
        """
        groups = {group_id for group_id, _ in self._newcomers}
        homes: defaultdict[tuple[UUID, str], list[UUID]] = defaultdict(list)
        for piece in pieces(groups):
            rows = db.session.execute(
                select(
                    Household.id, Household.group_id, Household.door_number, Member.id_number_index
                )
                .join(Member, Member.household_id == Household.id)
                .where(Household.group_id.in_(piece), Member.is_head)
            )
            for household_id, group_id, door_number, index in rows:
                if index not in self._rows:
                    homes[group_id, _door(door_number)].append(household_id)
        for door, households in homes.items():
            self._ask(self._newcomers.pop(door, []), households)

    def _ask(self, newcomers: Sequence[_Newcomer], households: Sequence[UUID]) -> None:
        changing = [one for one in newcomers if one.same_door is SameDoor.HEAD_CHANGED]
        is_clear = len(changing) == len(households) == 1
        for newcomer in newcomers:
            if newcomer.same_door is SameDoor.ANOTHER_HOUSEHOLD:
                continue
            self.held.discard(newcomer.index)
            self.waiting.add(newcomer.index)
            if newcomer.same_door is None:
                self._told.questions.add(newcomer.row, Column.DOOR, Kind.OTHER_HEAD)
            elif is_clear:
                self._told.confirmations.add(newcomer.row, Column.HEAD, Kind.HEAD_CHANGES)
                self.heads_of[newcomer.index] = households[0]
            else:
                self._told.questions.add(newcomer.row, Column.DOOR, Kind.WHOSE_HEAD_CHANGES)

    def _let_wait_who_needs_them(self) -> None:
        """Whose liaison waits waits too, and so on; new households are held with their liaison."""
        is_new = bool(self.waiting or self.held)
        while is_new:
            is_new = False
            for index, liaison in self.liaison_of.items():
                is_held_alone = liaison in self.held and index not in self.held
                if index not in self.waiting and (liaison in self.waiting or is_held_alone):
                    self._told.questions.add(self._rows[index], Column.LIAISON, Kind.LIAISON_WAITS)
                    self.held.discard(index)
                    self.waiting.add(index)
                    is_new = True

    def _problem(self, row: RosterRow, column: Column, kind: Kind, **details: object) -> None:
        self._told.problems.add(row.number, column, kind, **details)


def _door(number: str) -> str:
    """A door number as it is compared: 12号 is 12."""
    return folded(number).removesuffix("号")
