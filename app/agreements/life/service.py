"""Asking for a change of a household, with a dry run before it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.agreements.life.drafts import Asked
from app.agreements.life.proposals import FROM_ABOVE, KINDS
from app.agreements.proposals import Draft, Proposal, Whoever, propose
from app.agreements.proposals.queries import under_way
from app.kernel.ids import uuid7
from app.register import trust
from app.register.households import bindings, queries
from app.register.households.errors import HouseholdNotFound
from app.register.households.life import ChangeKind, Seen, service
from app.register.households.life.changing import Newcomer
from app.register.households.life.errors import ChangeOpen
from app.register.households.life.service import Preview
from app.register.households.service import WORKERS
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.identity.service import checked_name, checked_phone
from app.register.regions import queries as regions


@dataclass(frozen=True)
class Moving:
    """Who leaves a household to live in one of their own, and with what of it."""

    people: int  # how many, the members among them
    member_ids: Collection[UUID]
    head: UUID | Newcomer  # one of the members, or somebody whom the register does not know
    group_id: UUID
    door_number: str
    earned: int | None = None  # both heads have signed that this part of ``of`` goes
    sale: int | None = None
    of: int | None = None


def split(*, household_id: UUID, moving: Moving, document: Seen, by: Caller, at: datetime) -> Asked:
    """A split as the caller asks for it. Without another share points go by heads.

    Raises:
        HouseholdNotFound: not in an area where ``by`` works, or the group is of another village.
        identity.BadName, identity.BadPhone: of a new head.
    """
    home = reached(household_id, by)
    check_group(home, moving.group_id)
    newcomer = moving.head if isinstance(moving.head, Newcomer) else None
    facts: dict[str, Any] = {
        "people": moving.people,
        "people_before": home.member_count,
        "members": [str(one) for one in sorted(moving.member_ids)],
        "head_id": str(moving.head) if newcomer is None else None,
        "group_id": str(moving.group_id),
        "door_number": moving.door_number,
        "share": _share(moving, home.member_count),
    }
    return Asked(
        county_id=by.county_id,
        kind=ChangeKind.SPLIT,
        household_id=household_id,
        other_id=uuid7(at),
        facts=facts,
        document=document,
        newcomer=_checked(newcomer),
    )


def merge(*, household_id: UUID, into_id: UUID, document: Seen, by: Caller, at: datetime) -> Asked:
    """A merge as the caller asks for it: the one ends, the other goes on.

    Raises:
        HouseholdNotFound: one is not in an area where ``by`` works.
    """
    reached(household_id, by)
    reached(into_id, by)
    return Asked(
        county_id=by.county_id,
        kind=ChangeKind.MERGE,
        household_id=household_id,
        other_id=into_id,
        facts={},
        document=document,
    )


def head(
    *,
    household_id: UUID,
    new_head: UUID | Newcomer,
    has_died: bool,
    document: Seen,
    by: Caller,
    at: datetime,
) -> Asked:
    """Another head, as the caller asks for it; ``has_died``: the one of before.

    Raises:
        HouseholdNotFound: not in an area where ``by`` works.
        identity.BadName, identity.BadPhone: of a new head.
    """
    reached(household_id, by)
    newcomer = new_head if isinstance(new_head, Newcomer) else None
    return Asked(
        county_id=by.county_id,
        kind=ChangeKind.HEAD,
        household_id=household_id,
        other_id=None,
        facts={"head_id": None if newcomer else str(new_head), "has_died": has_died},
        document=document,
        newcomer=_checked(newcomer),
    )


def preview(asked: Asked, *, by: Caller, at: datetime) -> Preview:
    """What it would do, in sentences; or what must be done first. Nothing changes."""
    return service.preview(asked.change(by=by.user_id, id_=uuid7(at), at=at))


def ask(asked: Asked, *, by: Caller, at: datetime) -> Proposal:
    """Propose it: to the household whose points go, if it has a phone, and to who is above; another
    head to either of them.

    Everybody on a phone of both is told, and any of them can stop it for three whole days.

    Raises:
        SameHousehold, Related: it is of the caller's own household, or one related to it.
        ChangeOpen: another change of one of the households is under way.
        what the change itself is refused for.
    """
    change = asked.change(by=by.user_id, id_=uuid7(at), at=at)
    trust.beside([], by.user_id, concerned=trust.Concerned(households=change.homes), at=at)
    kinds = [kind.name for kind in KINDS.values()]
    if under_way(by.county_id, kinds, ("household_id", "other_id"), change.homes):
        raise ChangeOpen()
    found = service.preview(change)
    for refusal in found.blocks:
        raise refusal
    home = queries.household(asked.household_id)
    assert home is not None, "it was reached"
    draft = Draft(
        region_id=home.village_id,
        subject=("household", asked.household_id),
        content=asked.content(found.lines, at),
        seconds=_seconds(asked),
        told=Whoever(households=change.homes),
    )
    return propose(KINDS[asked.kind], draft, by=by, at=at)


def _seconds(asked: Asked) -> list[Whoever]:
    above = Whoever(roles=FROM_ABOVE)
    if asked.kind is ChangeKind.HEAD:
        return [Whoever(roles=FROM_ABOVE, households={asked.household_id})]
    if asked.kind is ChangeKind.MERGE and not _are_of_one_town(asked):
        above = Whoever(roles={Role.COUNTY_ADMIN})
    if not bindings.bound([asked.household_id]):
        return [above]  # its people have signed on paper: the document that was seen
    return [Whoever(households={asked.household_id}), above]


def _are_of_one_town(asked: Asked) -> bool:
    homes = [queries.household(one) for one in (asked.household_id, asked.other_id) if one]
    towns = {regions.paths([home.village_id])[home.village_id][1] for home in homes if home}
    return len(towns) == 1


def check_group(home: queries.HouseholdRow, group_id: UUID) -> None:
    """Raises HouseholdNotFound: the group is of another village than the household."""
    if group_id not in regions.groups([home.village_id]).values():
        raise HouseholdNotFound()


def reached(household_id: UUID, by: Caller) -> queries.HouseholdRow:
    """A household in an area where ``by`` works. Raises HouseholdNotFound."""
    home = queries.household(household_id)
    if home is None or not regions.is_inside(home.village_id, by.places(*WORKERS)):
        raise HouseholdNotFound()
    return home


def _share(moving: Moving, count: int) -> dict[str, int]:
    if moving.of is None:
        return {"earned": moving.people, "sale": moving.people, "of": max(count, 1)}
    return {"earned": moving.earned or 0, "sale": moving.sale or 0, "of": moving.of}


def _checked(newcomer: Newcomer | None) -> Newcomer | None:
    if newcomer is None:
        return None
    phone = checked_phone(newcomer.phone) if newcomer.phone else None
    return Newcomer(checked_name(newcomer.name), newcomer.id_number, phone)
