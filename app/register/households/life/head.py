"""变更户主: somebody else of the household is its head; the one of before stays, or has died."""

from collections.abc import Iterator
from uuid import UUID

from app.kernel.db import db
from app.kernel.errors import DomainError
from app.register.households.life import people
from app.register.households.life.changing import Change, Line
from app.register.households.life.errors import (
    HeadAlready,
    HeadElsewhere,
    HeadNeedsIdentity,
    NobodyLeft,
    NotLiving,
    NotOfTheHousehold,
    StillALiaison,
)
from app.register.households.models import Household, HouseholdState, Member


def blocks(change: Change) -> Iterator[DomainError]:
    """What stands against it in the register itself."""
    home = db.session.get_one(Household, change.household_id)
    if home.state is not HouseholdState.LIVING:
        yield NotLiving()
        return
    before, *others = people.living(home.id)
    if helped := people.helped_by([before.id], but=()):
        yield StillALiaison(households=helped)
    if change.facts["has_died"] and home.member_count < 2:
        yield NobodyLeft()
    if change.newcomer is not None:
        if people.is_known(change.county_id, change.newcomer):
            yield HeadElsewhere()
        return
    wanted = UUID(change.facts["head_id"])
    new = {member.id: member for member in others}.get(wanted)
    if wanted == before.id:
        yield HeadAlready()
    elif new is None:
        yield NotOfTheHousehold()
    elif new.id_number_index is None:
        yield HeadNeedsIdentity()


def apply(change: Change) -> Iterator[Line]:
    """One leaves off being the head as the other begins: no list is ever without one."""
    home = db.session.get_one(Household, change.household_id)
    before = people.living(home.id)[0]
    before.is_head = False
    db.session.flush()  # one household, one head
    if change.newcomer is not None:
        people.enter_head(change.newcomer, home, change.at)
        home.is_party_household = False
    else:
        new = db.session.get_one(Member, UUID(change.facts["head_id"]))
        new.is_head, home.is_party_household = True, new.is_party_member
    db.session.flush()
    yield Line("people", "换户主；积分、积分卡、联系党员都不变")
    if change.facts["has_died"]:
        phones = people.leave(before, day=change.day, at=change.at)
        before.died_on = change.day
        home.member_count -= 1
        db.session.flush()
        yield Line("people", f"原户主去世，人口变为 {home.member_count} 人，解除 {phones} 部手机")
    else:
        yield Line("people", "原户主还是这一户的人，手机照常用")
