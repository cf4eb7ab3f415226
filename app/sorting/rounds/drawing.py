"""Drawing households by lot and dealing them out: no database, no clock, no chance but the seed.

Whoever has a draw's seed and list of candidates repeats it with any language: a household's lot is
SHA-256 of the seed and the sixteen bytes of its id; the smallest lot comes first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

NO_SEAL = bytes(32)


@dataclass(frozen=True)
class Candidate:
    """A household that may be visited."""

    household_id: UUID
    group_id: UUID
    village_id: UUID


@dataclass(frozen=True)
class Taker:
    """An inspector, and which households they may be given."""

    user_id: UUID
    group_ids: frozenset[UUID]
    not_village_id: UUID | None
    not_household_ids: frozenset[UUID]

    def may_visit(self, candidate: Candidate) -> bool:
        return (
            candidate.group_id in self.group_ids
            and candidate.village_id != self.not_village_id
            and candidate.household_id not in self.not_household_ids
        )


def seed(county_id: int, week_on: date, seal_digest: bytes | None) -> bytes:
    """The seed of a county's week, from a seal that was made and handed out before."""
    words = (
        "fen draw 1",
        f"county {county_id}",
        f"week {week_on.isoformat()}",
        f"seal {(seal_digest or NO_SEAL).hex()}",
    )
    return sha256("".join(f"{word}\n" for word in words).encode()).digest()


def lot(seed_: bytes, household_id: UUID) -> bytes:
    return sha256(seed_ + household_id.bytes).digest()


def digest(candidates: Iterable[Candidate]) -> bytes:
    """SHA-256 of the candidates' ids, in their order."""
    found = sha256()
    for household_id in sorted(each.household_id for each in candidates):
        found.update(household_id.bytes)
    return found.digest()


def by_lot(seed_: bytes, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates in the order of their lots."""
    return sorted(candidates, key=lambda each: lot(seed_, each.household_id))


def deal(
    candidates: Iterable[Candidate], takers: Sequence[Taker], quotas: Mapping[UUID, int]
) -> dict[UUID, list[Candidate]]:
    """Give each candidate, in the order given, to the inspector who has the fewest so far.

    Only inspectors who may visit it and have not reached their quota count; of equal ones the
    smallest id takes it. Nobody else takes a candidate that no such inspector may visit.
    """
    dealt: dict[UUID, list[Candidate]] = {taker.user_id: [] for taker in takers}
    room = {user_id: quota for user_id, quota in quotas.items() if quota > 0}
    by_group: dict[UUID, list[Taker]] = {}
    for taker in sorted(takers, key=lambda taker: taker.user_id):
        for group_id in taker.group_ids:
            by_group.setdefault(group_id, []).append(taker)
    for candidate in candidates:
        if not room:
            break
        able = [
            taker
            for taker in by_group.get(candidate.group_id, ())
            if taker.user_id in room and taker.may_visit(candidate)
        ]
        if not able:
            continue
        user_id = min(able, key=lambda taker: len(dealt[taker.user_id])).user_id
        dealt[user_id].append(candidate)
        if len(dealt[user_id]) == room[user_id]:
            del room[user_id]
    return dealt
