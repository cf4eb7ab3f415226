"""The second reading: compare each row with the register and write what differs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from app.kernel.clock import day_of
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.kernel.secrets import vault
from app.kernel.texts import folded
from app.register.households.locking import lock_households
from app.register.households.models import Household, Member
from app.register.households.placing import Placed, place
from app.register.households.roster.columns import RosterRow
from app.register.households.roster.comparing import Change, Comparison
from app.register.households.roster.examination import Examination
from app.register.households.roster.held import HeadAs, Held, HeldHead, HeldHousehold
from app.register.households.roster.known import Registered, member_ids, registered
from app.register.people import service as people
from app.register.regions import service as regions

# Which of some households have something to lose.
Worth = Callable[[Collection[UUID]], Collection[UUID]]


@dataclass
class Counts:
    added: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a row says of its household, as the register keeps it."""

    id_number_index: bytes
    phone_index: bytes | None
    village_id: UUID
    group_id: UUID | None  # none: a dry run met a group that is yet to be made
    liaison_id: UUID | None


class Writing:
    """Writes batches of rows that the examination has passed; a dry run only counts.

    What one person does not write alone is kept in ``held``.
    """

    def __init__(
        self,
        examination: Examination,
        comparison: Comparison,
        *,
        with_something_to_lose: Worth,
        actor_id: UUID | None,
        at: datetime,
        is_dry_run: bool,
    ) -> None:
        self.held = Held()
        self._with_something_to_lose = with_something_to_lose
        self._county_id = examination.county_id
        self._examination = examination
        self._comparison = comparison
        self._at = at
        self._is_dry_run = is_dry_run
        self._counts = Counts()
        # A household may name a liaison further down the file, whose row is not written yet.
        self._late: list[dict[str, Any]] = []
        self._liaisons = member_ids(self._county_id, set(examination.liaison_of.values()))
        self._newcomers: dict[bytes, UUID] = {
            index: uuid7(at)
            for index in set(examination.liaison_of.values()) - examination.held
            if index not in self._liaisons
        }
        self._newcomer_ids = set(self._newcomers.values())
        if not is_dry_run:
            self._make_groups(actor_id)

    def add(self, rows: Sequence[RosterRow]) -> None:
        """Write the rows that are new or differ."""
        by_index = {vault().index(row.id_number, "id_number"): row for row in rows}
        self._keep_what_is_held(by_index)
        for index in self._examination.waiting & by_index.keys():
            del by_index[index]
        known = registered(self._county_id, by_index)
        self._compare_phones(by_index, known)
        for index in self._examination.held & by_index.keys():
            del by_index[index]
        households: list[dict[str, Any]] = []
        members: list[dict[str, Any]] = []
        changed_households: list[dict[str, Any]] = []
        changed_members: list[dict[str, Any]] = []
        persons = {} if self._is_dry_run else self._persons(by_index)
        facts_of = {index: self._facts(index, row) for index, row in by_index.items()}
        changes = {
            index: self._changes(by_index[index], facts_of[index], now)
            for index, now in known.items()
        }
        guarded = self._guarded(changes, known)
        for index, row in by_index.items():
            facts, now = facts_of[index], known.get(index)
            if now is None:
                self._counts.added += 1
                if not self._is_dry_run:
                    household, member = self._new(row, facts)
                    households.append(household)
                    members.append(member | {"person_id": persons[index]})
                continue
            is_held = now.household_id in guarded
            if is_held:
                self._hold(row, now)
            if self._comparison.tell(row, changes[index], is_held=is_held):
                self._counts.updated += 1
                if not self._is_dry_run:
                    household, member = self._changed(row, facts, now, is_held=is_held)
                    changed_households.append(household)
                    changed_members.append(member | {"person_id": persons[index]})
            else:
                self._counts.unchanged += 1
        _execute(insert(Household), households)
        _execute(insert(Member), members)
        _execute(update(Household), changed_households)
        self._place(changed_households, known)
        # Two statements, for they set different columns.
        _execute(update(Member), [one for one in changed_members if "name" in one])
        _execute(update(Member), [one for one in changed_members if "name" not in one])

    def _place(self, changed: Sequence[dict[str, Any]], known: Mapping[bytes, Registered]) -> None:
        """Whose group is another one lives there from today."""
        was = {now.household_id: now for now in known.values()}
        moved = [
            Placed(row["id"], was[row["id"]].village_id, row["group_id"])
            for row in changed
            if row["group_id"] != was[row["id"]].group_id
        ]
        place(moved, from_on=day_of(self._at))

    def _keep_what_is_held(self, rows: Mapping[bytes, RosterRow]) -> None:
        """New households of villages that have begun, and new heads."""
        examination = self._examination
        for index, row in rows.items():
            village_id = examination.places.village_id(row)
            assert village_id is not None, "the examination refuses unknown villages"
            if index in examination.held:
                liaison = examination.liaison_of.get(index)
                self.held.households.append(HeldHousehold.of_row(village_id, row, liaison))
            elif index in examination.heads_of:
                head = HeadAs(row.head, row.phone, row.id_number)
                self.held.heads.append(HeldHead(examination.heads_of[index], village_id, head))

    def _guarded(
        self, changes: Mapping[bytes, Sequence[Change]], known: Mapping[bytes, Registered]
    ) -> set[UUID]:
        """The households of which one person does not change what these rows would change."""
        asked = [
            known[index].household_id
            for index, found in changes.items()
            if any(change.is_guarded for change in found)
        ]
        if asked and not self._is_dry_run:
            lock_households(asked)  # a phone that is bound meanwhile is something to lose
        return set(self._with_something_to_lose(asked)) if asked else set()

    def _hold(self, row: RosterRow, now: Registered) -> None:
        head = HeadAs(row.head, row.phone, None)
        self.held.heads.append(HeldHead(now.household_id, now.village_id, head))

    def _compare_phones(
        self, rows: Mapping[bytes, RosterRow], known: Mapping[bytes, Registered]
    ) -> None:
        self._comparison.phones(
            {row.number: _phone_index(row) for row in rows.values()},
            {
                row.number: known[index].household_id if index in known else None
                for index, row in rows.items()
            },
        )

    def _changes(self, row: RosterRow, facts: _Facts, now: Registered) -> list[Change]:
        return self._comparison.changes(
            row,
            now,
            phone_index=facts.phone_index,
            group_id=facts.group_id,
            liaison_id=facts.liaison_id,
        )

    def finish(self) -> Counts:
        """Write the liaisons that were not there when they were named."""
        _execute(update(Household), self._late)
        return self._counts

    def _persons(self, indexes: Collection[bytes]) -> dict[bytes, UUID]:
        return people.enter(county_id=self._county_id, id_number_indexes=indexes, at=self._at)

    def _make_groups(self, actor_id: UUID | None) -> None:
        groups = self._examination.places.groups
        for (village_id, key), name in self._examination.new_groups.items():
            groups[village_id, key] = regions.add_region(
                county_id=self._county_id,
                parent_id=village_id,
                name=name,
                actor_id=actor_id,
                at=self._at,
            ).id

    def _facts(self, index: bytes, row: RosterRow) -> _Facts:
        places = self._examination.places
        village_id = places.village_id(row)
        assert village_id is not None, "the examination refuses unknown villages"
        liaison_index = self._examination.liaison_of.get(index)
        return _Facts(
            id_number_index=index,
            phone_index=_phone_index(row),
            village_id=village_id,
            group_id=places.groups.get((village_id, folded(row.group))),
            liaison_id=None if liaison_index is None else self._liaison_id(liaison_index),
        )

    def _liaison_id(self, index: bytes) -> UUID:
        return self._liaisons.get(index) or self._newcomers[index]

    def _new(self, row: RosterRow, facts: _Facts) -> tuple[dict[str, Any], dict[str, Any]]:
        household_id = uuid7(self._at)
        household = self._household(row, facts, household_id) | {
            "id": household_id,
            "county_id": self._county_id,
            "village_id": facts.village_id,
            "created_at": self._at,
        }
        member = _member(row, facts) | {
            "id": self._newcomers.get(facts.id_number_index) or uuid7(self._at),
            "county_id": self._county_id,
            "household_id": household_id,
            "id_number_sealed": vault().seal(row.id_number, "id_number"),
            "id_number_index": facts.id_number_index,
            "is_head": True,
            "created_at": self._at,
        }
        return household, member

    def _changed(
        self, row: RosterRow, facts: _Facts, now: Registered, *, is_held: bool
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        household = self._household(row, facts, now.household_id)
        party = {"is_party_member": row.is_party_household}
        member = party if is_held else _member(row, facts)
        return household | {"id": now.household_id}, member | {"id": now.member_id}

    def _household(self, row: RosterRow, facts: _Facts, household_id: UUID) -> dict[str, Any]:
        is_late = facts.liaison_id in self._newcomer_ids
        if is_late:
            self._late.append({"id": household_id, "liaison_id": facts.liaison_id})
        return {
            "group_id": facts.group_id,
            "door_number": row.door_number,
            "member_count": row.member_count,
            "is_party_household": row.is_party_household,
            "liaison_id": None if is_late else facts.liaison_id,
        }


def _phone_index(row: RosterRow) -> bytes | None:
    return vault().index(row.phone, "phone") if row.phone else None


def _member(row: RosterRow, facts: _Facts) -> dict[str, Any]:
    return {
        "name": row.head,
        "phone_sealed": vault().seal(row.phone, "phone") if row.phone else None,
        "phone_index": facts.phone_index,
        "is_party_member": row.is_party_household,
    }


def _execute(statement: Any, rows: list[dict[str, Any]]) -> None:
    """Run a bulk INSERT or UPDATE by primary key; no object is kept in the session."""
    if rows:
        db.session.execute(statement, rows)
