"""并户: all people of a household join another one, which goes on in its place."""

from collections.abc import Iterator

from app.kernel.db import db
from app.kernel.errors import DomainError
from app.register.households.life import people, relating
from app.register.households.life.changing import Change, Line
from app.register.households.life.errors import (
    NotLiving,
    OneHousehold,
    OtherCounty,
    StillALiaison,
)
from app.register.households.models import Household, HouseholdState


def blocks(change: Change) -> Iterator[DomainError]:
    """What stands against it in the register itself."""
    if change.household_id == change.other:
        yield OneHousehold()
        return
    ends, goes_on = _two(change)
    if ends.county_id != goes_on.county_id:
        yield OtherCounty()
    if {ends.state, goes_on.state} != {HouseholdState.LIVING}:
        yield NotLiving()
    if ends.village_id != goes_on.village_id:
        members = [member.id for member in people.living(ends.id)]
        helped = people.helped_by(members, but=(ends.id, goes_on.id))
        if helped:
            yield StillALiaison(households=helped)


def apply(change: Change) -> Iterator[Line]:
    """Let all who live in the one live in the other, and close the one."""
    ends, goes_on = _two(change)
    members = people.living(ends.id)
    phones = people.move(members, goes_on, day=change.day, at=change.at)
    if goes_on.liaison_id in {member.id for member in members}:
        goes_on.liaison_id = None
        yield Line("liaison", "留下的户原来由并来的人联系，现在没有联系党员，请村里安排")
    count = ends.member_count + goes_on.member_count
    yield Line("people", f"留下的户从 {goes_on.member_count} 人变为 {count} 人")
    yield Line("people", f"并来的 {phones} 部手机改为绑定留下的户，要重新登录")
    goes_on.member_count, ends.member_count = count, 0
    ends.state, ends.closed_on = HouseholdState.CLOSED, change.day
    ends.successor_id, ends.liaison_id = goes_on.id, None
    db.session.flush()
    relating.of_merge(change)


def _two(change: Change) -> tuple[Household, Household]:
    return (
        db.session.get_one(Household, change.household_id),
        db.session.get_one(Household, change.other),
    )
