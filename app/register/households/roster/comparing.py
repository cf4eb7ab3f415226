"""What an import changes, and what it does that is allowed and yet seldom meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db
from app.register.households.models import Binding, Member
from app.register.households.roster.columns import Column, RosterRow
from app.register.households.roster.known import Registered
from app.register.households.roster.problems import Kind, Told
from app.register.identity import queries as identity

# By these a phone comes to a household's points: one person does not change them where there are.
GUARDED = frozenset({Column.HEAD, Column.PHONE})


@dataclass(frozen=True, slots=True)
class Change:
    """What a row says otherwise than the register."""

    column: Column
    kind: Kind
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_guarded(self) -> bool:
        return self.column in GUARDED


class Comparison:
    """Finds what each row changes in the register, and phones that lead to two homes.

    ``in_file`` are the ID numbers' indexes of all heads of the file.
    """

    def __init__(self, county_id: int, in_file: Mapping[bytes, int], told: Told) -> None:
        self._county_id = county_id
        self._in_file = in_file
        self._told = told
        self._rows_of_phones: dict[bytes, int] = {}
        self._first_ones_told: set[int] = set()

    def phones(
        self, rows: Mapping[int, bytes | None], households: Mapping[int, UUID | None]
    ) -> None:
        """Warn of phones, by row, with which nobody could bind the household of the row."""
        indexes = {index for index in rows.values() if index is not None}
        registered = self._registered(indexes)
        bound = self._bound(indexes)
        for number, index in rows.items():
            if index is None:
                continue
            home = households[number]
            first = self._rows_of_phones.setdefault(index, number)
            if first != number:
                self._warn(number, Kind.PHONE_TWICE, other=first)
                if first not in self._first_ones_told:
                    self._first_ones_told.add(first)
                    self._warn(first, Kind.PHONE_TWICE, other=number)
            elif registered.get(index, set()) - {home}:
                self._warn(number, Kind.PHONE_ELSEWHERE)
            elif bound.get(index, home) != home:
                self._warn(number, Kind.PHONE_BOUND)

    def changes(
        self,
        row: RosterRow,
        now: Registered,
        *,
        phone_index: bytes | None,
        group_id: UUID | None,
        liaison_id: UUID | None,
    ) -> list[Change]:
        """What the row would change of the household."""
        changes: list[Change] = []
        if row.head != now.name:
            changes.append(Change(Column.HEAD, Kind.HEAD_RENAMED))
        if phone_index != now.phone_index:
            kind = Kind.PHONE_CHANGES if phone_index else Kind.PHONE_GOES
            changes.append(Change(Column.PHONE, kind))
        if group_id != now.group_id:
            changes.append(Change(Column.GROUP, Kind.CHANGES))
        if row.door_number != now.door_number:
            changes.append(Change(Column.DOOR, Kind.CHANGES))
        if row.member_count != now.member_count:
            before = {"before": now.member_count}
            changes.append(Change(Column.MEMBERS, Kind.COUNT_CHANGES, before))
        if row.is_party_household != now.is_party_household:
            said = {"before": "是" if now.is_party_household else "否"}
            changes.append(Change(Column.PARTY, Kind.PARTY_CHANGES, said))
        if liaison_id != now.liaison_id:
            changes.append(Change(Column.LIAISON, Kind.CHANGES))
        return changes

    def tell(self, row: RosterRow, changes: Sequence[Change], *, is_held: bool) -> bool:
        """Tell of each change, and whether any is written: guarded ones wait where ``is_held``."""
        written = [one for one in changes if not (is_held and one.is_guarded)]
        for one in changes:
            if one in written:
                self._told.differences.add(row.number, one.column, one.kind, **one.details)
            else:
                self._told.confirmations.add(row.number, one.column, Kind.NEEDS_CONFIRMATION)
        return bool(written)

    def _registered(self, indexes: set[bytes]) -> dict[bytes, set[UUID]]:
        """The households of the register with these phones, but for those of the file."""
        rows = db.session.execute(
            select(Member.phone_index, Member.household_id, Member.id_number_index).where(
                Member.county_id == self._county_id, Member.phone_index.in_(indexes)
            )
        )
        found: dict[bytes, set[UUID]] = {}
        for phone_index, household_id, id_index in rows:
            if phone_index is not None and id_index not in self._in_file:
                found.setdefault(phone_index, set()).add(household_id)
        return found

    def _bound(self, indexes: set[bytes]) -> dict[bytes, UUID]:
        """The household for which whoever proved the phone acts."""
        users = identity.users_with_phones(self._county_id, indexes)
        rows = db.session.execute(
            select(Binding.user_id, Binding.household_id).where(
                Binding.user_id.in_(users.values()), Binding.ended_at.is_(None)
            )
        )
        homes = {row.user_id: row.household_id for row in rows}
        return {index: homes[user_id] for index, user_id in users.items() if user_id in homes}

    def _warn(self, row: int, kind: Kind, **details: object) -> None:
        self._told.warnings.add(row, Column.PHONE, kind, **details)
