"""搬家: a household lives behind another door of its village."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from app.kernel.clock import day_text
from app.kernel.db import db
from app.kernel.errors import DomainError
from app.register.households.life.changing import Change, Line
from app.register.households.life.errors import NotLiving, NotYet, TooLongAgo
from app.register.households.life.queries import newest_place
from app.register.households.models import Household, HouseholdState
from app.register.households.placing import Placed, place

LATEST = timedelta(days=31)


def blocks(change: Change) -> Iterator[DomainError]:
    """What stands against it in the register itself."""
    home = db.session.get_one(Household, change.household_id)
    if home.state is not HouseholdState.LIVING:
        yield NotLiving()
    earliest = max(change.day - LATEST, newest_place(home.id).from_on)
    if from_on(change) > change.day:
        yield NotYet()
    elif from_on(change) < earliest:
        yield TooLongAgo(earliest=day_text(earliest))


def apply(change: Change) -> Iterator[Line]:
    """Let it live there from the day; what was counted before stays where it was lived."""
    home = db.session.get_one(Household, change.household_id)
    home.group_id = UUID(change.facts["group_id"])
    home.door_number = change.facts["door_number"]
    db.session.flush()
    place([Placed(home.id, home.village_id, home.group_id)], from_on=from_on(change))
    yield Line("people", f"从{day_text(from_on(change))}起算住在新的地方，以前的成绩留在原来的组")
    yield Line("points", "积分、积分卡、绑定的手机、联系党员都不变")
    if home.cap_root_id is not None:
        yield Line("caps", "和分出来的那一户仍合在一起算积分上限")


def from_on(change: Change) -> date:
    """The first day at the new place."""
    return date.fromisoformat(change.facts["from_on"])
