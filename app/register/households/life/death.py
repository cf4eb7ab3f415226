"""死亡 of somebody who is not the head: their phones and number act for the household no more."""

from collections.abc import Iterator
from uuid import UUID

from app.kernel.db import db
from app.kernel.errors import DomainError
from app.register.households.life import people
from app.register.households.life.changing import Change, Line
from app.register.households.life.errors import (
    HeadDies,
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
    known = {member.id: member for member in people.living(home.id)}
    who = known.get(UUID(change.facts["member_id"]))
    if who is None:
        yield NotOfTheHousehold()
    elif who.is_head:
        yield HeadDies()
    elif helped := people.helped_by([who.id], but=()):
        yield StillALiaison(households=helped)
    if home.member_count < 2:
        yield NobodyLeft()


def apply(change: Change) -> Iterator[Line]:
    """End what they acted by; their name stays as long as what they did is kept."""
    home = db.session.get_one(Household, change.household_id)
    member = db.session.get_one(Member, UUID(change.facts["member_id"]))
    phones = people.leave(member, day=change.day, at=change.at)
    member.died_on = change.day
    home.member_count -= 1
    db.session.flush()
    yield Line("people", f"这一户从 {home.member_count + 1} 人变为 {home.member_count} 人")
    yield Line("people", f"去世的人绑定的 {phones} 部手机马上解除，登记的手机号删掉")
    yield Line("points", "积分不变，家里其他人照常用")
