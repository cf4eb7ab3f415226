"""Which party member visits which household: by list, by the nearest door, and handing over."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from app.kernel import audit
from app.kernel.db import db
from app.kernel.texts import are_digits, folded
from app.register.households.errors import (
    HouseholdNotFound,
    LiaisonBusy,
    LiaisonRelated,
    NoLiaison,
    NothingToHandOver,
)
from app.register.households.locking import lock_households
from app.register.households.models import Household, HouseholdRelation, HouseholdState, Member
from app.register.households.service import WORKERS
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions

HOUSEHOLDS_MAX = 15  # of one liaison
READERS = (*WORKERS, Role.GROUP_LEADER)


@dataclass(frozen=True)
class Liaison:
    """A party member who can visit households, and of how many they are the liaison."""

    member_id: UUID
    household_id: UUID
    name: str
    group_id: UUID
    village_id: UUID
    door_number: str
    households: int


@dataclass(frozen=True)
class Assigned:
    """A household, and who is its liaison now."""

    household_id: UUID
    door_number: str
    member_id: UUID
    distance: int | None = None  # in doors; none: somebody has named them


@dataclass(frozen=True)
class Nearest:
    """Who gets whom, and how many households found nobody who has room."""

    assigned: Sequence[Assigned]
    left: int


def liaisons(place_ids: Collection[UUID], *, group_id: UUID | None = None) -> list[Liaison]:
    """The heads of party households in the places, by door; the load counts the whole village."""
    load = (
        select(Household.liaison_id, func.count().label("households"))
        .where(Household.state == HouseholdState.LIVING, Household.liaison_id.is_not(None))
        .group_by(Household.liaison_id)
        .subquery()
    )
    query = (
        select(
            Member.id,
            Household.id,
            Member.name,
            Household.group_id,
            Household.village_id,
            Household.door_number,
            func.coalesce(load.c.households, 0),
        )
        .join(Household, Household.id == Member.household_id)
        .outerjoin(load, load.c.liaison_id == Member.id)
        .where(
            Member.is_head,
            Household.is_party_household,
            Household.state == HouseholdState.LIVING,
            Household.group_id.in_(regions.inside(place_ids)),
        )
    )
    if group_id is not None:
        query = query.where(Household.group_id == group_id)
    found = [Liaison(*row) for row in db.session.execute(query)]
    return sorted(found, key=lambda one: (one.group_id, in_order(one.door_number)))


def unassigned(group_id: UUID) -> list[Household]:
    """The households of a group without a liaison, in the order of their doors."""
    rows = db.session.scalars(
        select(Household).where(
            Household.group_id == group_id,
            Household.state == HouseholdState.LIVING,
            Household.liaison_id.is_(None),
        )
    )
    return sorted(rows, key=lambda home: (in_order(home.door_number), home.id))


def assign(
    *, household_ids: Collection[UUID], member_id: UUID, by: Caller, at: datetime
) -> list[Assigned]:
    """Let somebody be the liaison of these households, whoever was.

    Raises:
        HouseholdNotFound: one is not in an area where ``by`` works.
        NoLiaison: not the head of a party household of their village.
        LiaisonRelated: one is their own household, or related to it.
        LiaisonBusy: they would have more households than one person visits.
    """
    homes = _homes(household_ids, by)
    (village_id, *others) = {home.village_id for home in homes}
    liaison = _liaison(member_id, village_id)
    if others:
        raise NoLiaison()
    _lock([liaison], homes)
    _check_apart(liaison, homes, at)
    new = sum(home.liaison_id != member_id for home in homes)
    if liaison.households + new > HOUSEHOLDS_MAX:
        raise LiaisonBusy(most=HOUSEHOLDS_MAX, households=liaison.households)
    _write(dict.fromkeys([home.id for home in homes], member_id), by, at)
    return [Assigned(home.id, home.door_number, member_id) for home in homes]


def nearest(*, group_id: UUID, by: Caller, at: datetime, is_dry_run: bool) -> Nearest:
    """Give every household of a group that has no liaison to the nearest who has room.

    No positions of homes are kept: how near is counted in doors. Ties go to the smaller load, then
    to the smaller door.

    Raises:
        HouseholdNotFound: the group is not in an area where ``by`` works.
    """
    if not regions.is_inside(group_id, by.places(*WORKERS)):
        raise HouseholdNotFound()
    homes, found = unassigned(group_id), liaisons([group_id], group_id=group_id)
    return _give(homes, found, by, at, is_dry_run=is_dry_run)


def hand_over(
    *, member_id: UUID, to_id: UUID | None, by: Caller, at: datetime, is_dry_run: bool
) -> Nearest:
    """Give all households of a liaison to another one; to nobody named: to the nearest with room.

    Raises:
        HouseholdNotFound: the liaison does not live in an area where ``by`` works.
        NothingToHandOver: they are nobody's liaison.
        what ``assign`` does.
    """
    lives_at = (
        select(Household.village_id)
        .join(Member, Member.household_id == Household.id)
        .where(Member.id == member_id)
    )
    village_id = db.session.scalar(lives_at)
    if village_id is None or not regions.is_inside(village_id, by.places(*WORKERS)):
        raise HouseholdNotFound()
    query = select(Household).where(
        Household.liaison_id == member_id, Household.state == HouseholdState.LIVING
    )
    homes = sorted(db.session.scalars(query), key=lambda one: (in_order(one.door_number), one.id))
    if not homes:
        raise NothingToHandOver()
    if to_id is not None:
        if is_dry_run:
            return Nearest([Assigned(one.id, one.door_number, to_id) for one in homes], 0)
        given = assign(household_ids=[one.id for one in homes], member_id=to_id, by=by, at=at)
        return Nearest(given, 0)
    parts = [
        _give(
            [home for home in homes if home.group_id == group],
            [one for one in liaisons([group], group_id=group) if one.member_id != member_id],
            by,
            at,
            is_dry_run=is_dry_run,
        )
        for group in sorted({home.group_id for home in homes})
    ]
    return Nearest([one for part in parts for one in part.assigned], sum(p.left for p in parts))


def in_order(door_number: str) -> list[tuple[int, str]]:
    """A key by which doors stand as along a street: 9号 before 10号, 10号 before 10-1号."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", folded(door_number).removesuffix("号"))
    return [(int(one), "") if are_digits(one) else (-1, one) for one in pieces]


def _give(
    homes: Sequence[Household],
    found: Sequence[Liaison],
    by: Caller,
    at: datetime,
    *,
    is_dry_run: bool,
) -> Nearest:
    if homes and not is_dry_run:
        _lock(found, homes)
    rank = _ranks(homes[0].group_id) if homes else {}
    load = Counter({one.member_id: one.households for one in found})
    given: list[Assigned] = []
    for home in homes:
        free = [  # by door, so that of equal ones the smaller door is first
            (abs(rank[one.household_id] - rank[home.id]), load[one.member_id], one)
            for one in found
            if load[one.member_id] < HOUSEHOLDS_MAX and _are_apart(one, [home], at)
        ]
        if free:
            distance, _, liaison = min(free, key=lambda each: each[:2])
            load[liaison.member_id] += 1
            given.append(Assigned(home.id, home.door_number, liaison.member_id, distance))
    if not is_dry_run:
        _write({one.household_id: one.member_id for one in given}, by, at)
    return Nearest(given, len(homes) - len(given))


def _ranks(group_id: UUID) -> dict[UUID, int]:
    """The place of each door of a group in their order."""
    rows = db.session.execute(
        select(Household.id, Household.door_number).where(
            Household.group_id == group_id, Household.state == HouseholdState.LIVING
        )
    )
    ordered = sorted(rows, key=lambda row: (in_order(row.door_number), row.id))
    return {row.id: number for number, row in enumerate(ordered)}


def _homes(household_ids: Collection[UUID], by: Caller) -> list[Household]:
    homes = db.session.scalars(
        select(Household)
        .where(
            Household.id.in_(household_ids),
            Household.state == HouseholdState.LIVING,
            Household.village_id.in_(regions.inside(by.places(*WORKERS))),
        )
        .order_by(Household.id)
    ).all()
    if not homes or len(homes) != len(set(household_ids)):
        raise HouseholdNotFound()
    return list(homes)


def _liaison(member_id: UUID, village_id: UUID) -> Liaison:
    for one in liaisons([village_id]):
        if one.member_id == member_id:
            return one
    raise NoLiaison()


def _lock(found: Sequence[Liaison], homes: Sequence[Household]) -> None:
    """A liaison's own household stands for their load: two who assign take turns there."""
    lock_households([*(one.household_id for one in found), *(home.id for home in homes)])


def _check_apart(liaison: Liaison, homes: Sequence[Household], at: datetime) -> None:
    if not _are_apart(liaison, homes, at):
        raise LiaisonRelated()


def _are_apart(liaison: Liaison, homes: Sequence[Household], at: datetime) -> bool:
    ids = {home.id for home in homes}
    if liaison.household_id in ids:
        return False
    one, other = HouseholdRelation.household_id, HouseholdRelation.other_id
    related = select(HouseholdRelation.id).where(
        or_(
            (one == liaison.household_id) & other.in_(ids),
            (other == liaison.household_id) & one.in_(ids),
        ),
        HouseholdRelation.counts(at),
    )
    return db.session.scalar(related.limit(1)) is None


def _write(liaison_of: dict[UUID, UUID], by: Caller, at: datetime) -> None:
    for household_id, member_id in liaison_of.items():
        home = db.session.get_one(Household, household_id)
        was, home.liaison_id = home.liaison_id, member_id
        audit.record(
            "households.assign_liaison",
            county_id=home.county_id,
            actor_id=by.user_id,
            subject=("household", household_id),
            at=at,
            household_id=household_id,
            member_id=str(member_id),
            was=str(was) if was else None,
        )
    db.session.flush()
