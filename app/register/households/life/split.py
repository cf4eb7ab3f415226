"""分户: some of a household's people become a household of their own."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from app.kernel.db import db
from app.kernel.errors import DomainError
from app.kernel.texts import folded
from app.register.households.life import people, relating
from app.register.households.life.changing import Change, Line
from app.register.households.life.errors import (
    BadShare,
    HeadElsewhere,
    HeadMoves,
    HeadNeedsIdentity,
    MoreThanThereIs,
    NobodyMoves,
    NotLiving,
    NotOfTheHousehold,
)
from app.register.households.models import Household, HouseholdState, Member


def blocks(change: Change) -> Iterator[DomainError]:
    """What stands against it in the register itself."""
    home = db.session.get_one(Household, change.household_id)
    if home.state is not HouseholdState.LIVING:
        yield NotLiving()
    count, movers = int(change.facts["people"]), _movers(change)
    known = {member.id: member for member in people.living(home.id)}
    if count < max(1, len(movers) + bool(change.newcomer)):
        yield NobodyMoves()
    if count >= home.member_count:
        yield MoreThanThereIs(people=home.member_count)
    if not set(movers) <= known.keys():
        yield NotOfTheHousehold()
        return
    if any(known[one].is_head for one in movers):
        yield HeadMoves()
    yield from _head_blocks(change, known)
    share = change.facts["share"]
    if not all(0 <= share[part] <= share["of"] for part in ("earned", "sale")):
        yield BadShare()


def _head_blocks(change: Change, known: Mapping[UUID, Member]) -> Iterator[DomainError]:
    if change.newcomer is not None:
        if people.is_known(change.county_id, change.newcomer):
            yield HeadElsewhere()
    elif _head_id(change) not in _movers(change):
        yield NotOfTheHousehold()
    elif known[_head_id(change)].id_number_index is None:
        yield HeadNeedsIdentity()


def apply(change: Change) -> Iterator[Line]:
    """Make the new household; its people, their phones and what is related go with it."""
    home = db.session.get_one(Household, change.household_id)
    count = int(change.facts["people"])
    members = [db.session.get_one(Member, one) for one in _movers(change)]
    new = Household(
        id=change.other,
        county_id=home.county_id,
        village_id=home.village_id,
        group_id=UUID(change.facts["group_id"]),
        door_number=change.facts["door_number"],
        member_count=count,
        is_party_household=False,
        created_at=change.at,
    )
    if _is_same_door(home, new):
        new.cap_root_id = home.cap_root_id or home.id
    db.session.add(new)
    db.session.flush()
    phones = people.move(members, new, day=change.day, at=change.at)
    if change.newcomer is not None:
        people.enter_head(change.newcomer, new, change.at)
    else:
        head = db.session.get_one(Member, _head_id(change))
        head.is_head, new.is_party_household = True, head.is_party_member
    yield Line("people", f"原来的户从 {home.member_count} 人变为 {home.member_count - count} 人")
    home.member_count -= count
    db.session.flush()
    yield Line("people", f"新户 {count} 人，{phones} 部手机改为绑定新户，要重新登录")
    relating.of_split(change)
    yield Line("people", "两户互为亲友户，不互相检查、审核")
    yield Line("liaison", "新户还没有联系党员，请村里安排")
    if new.cap_root_id is not None:
        yield Line("caps", "两户同一个门牌，积分的每日、每月上限合在一起算")


def _movers(change: Change) -> list[UUID]:
    return [UUID(one) for one in change.facts["members"]]


def _head_id(change: Change) -> UUID:
    return UUID(change.facts["head_id"])


def _is_same_door(one: Household, other: Household) -> bool:
    doors = {folded(home.door_number).removesuffix("号") for home in (one, other)}
    return one.group_id == other.group_id and len(doors) == 1
