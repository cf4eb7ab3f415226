"""What an import changes, and what it does that is allowed and yet seldom meant."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db
from app.kernel.tables import Problems
from app.register.households.models import Binding, Member
from app.register.households.roster.columns import Column, RosterRow
from app.register.households.roster.examination import Registered
from app.register.households.roster.problems import Kind
from app.register.identity import queries as identity


class Comparison:
    """Tells the differences of each row from the register, and phones that lead to two homes.

    ``in_file`` are the ID numbers' indexes of all heads of the file.
    """

    def __init__(
        self,
        county_id: int,
        in_file: Mapping[bytes, int],
        *,
        warnings: Problems,
        differences: Problems,
    ) -> None:
        self._county_id = county_id
        self._in_file = in_file
        self._warnings = warnings
        self._differences = differences
        self._rows_of_phones: dict[bytes, int] = {}

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
            elif registered.get(index, set()) - {home}:
                self._warn(number, Kind.PHONE_ELSEWHERE)
            elif bound.get(index, home) != home:
                self._warn(number, Kind.PHONE_BOUND)

    def differs(
        self,
        row: RosterRow,
        now: Registered,
        *,
        phone_index: bytes | None,
        group_id: UUID | None,
        liaison_id: UUID | None,
    ) -> bool:
        """Whether the row changes anything of the household; each change is told."""
        changes: list[tuple[Column, Kind, dict[str, object]]] = []
        if row.head != now.name:
            changes.append((Column.HEAD, Kind.HEAD_RENAMED, {}))
        if phone_index != now.phone_index:
            kind = Kind.PHONE_CHANGES if phone_index else Kind.PHONE_GOES
            changes.append((Column.PHONE, kind, {}))
        if group_id != now.group_id:
            changes.append((Column.GROUP, Kind.CHANGES, {}))
        if row.door_number != now.door_number:
            changes.append((Column.DOOR, Kind.CHANGES, {}))
        if row.member_count != now.member_count:
            changes.append((Column.MEMBERS, Kind.COUNT_CHANGES, {"before": now.member_count}))
        if row.is_party_household != now.is_party_household:
            before = "是" if now.is_party_household else "否"
            changes.append((Column.PARTY, Kind.PARTY_CHANGES, {"before": before}))
        if liaison_id != now.liaison_id:
            changes.append((Column.LIAISON, Kind.CHANGES, {}))
        for column, kind, details in changes:
            self._differences.add(row.number, column, kind, **details)
        return bool(changes)

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
        self._warnings.add(row, Column.PHONE, kind, **details)
