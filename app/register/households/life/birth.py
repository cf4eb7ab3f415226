"""出生: one more lives in the household. A child has no row: neither name nor birthday is kept."""

from collections.abc import Iterator

from app.kernel.db import db
from app.kernel.errors import DomainError
from app.register.households.life.changing import Change, Line
from app.register.households.life.errors import NotLiving
from app.register.households.models import Household, HouseholdState


def blocks(change: Change) -> Iterator[DomainError]:
    """What stands against it in the register itself."""
    if db.session.get_one(Household, change.household_id).state is not HouseholdState.LIVING:
        yield NotLiving()


def apply(change: Change) -> Iterator[Line]:
    """Count one more."""
    home = db.session.get_one(Household, change.household_id)
    home.member_count += 1
    db.session.flush()
    yield Line("people", f"这一户从 {home.member_count - 1} 人变为 {home.member_count} 人")
