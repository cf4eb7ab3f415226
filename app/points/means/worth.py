"""Which households have something to lose."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from app.kernel import clock
from app.points import ledger
from app.register.cards import queries as cards
from app.register.households import bindings


def with_something_to_lose(
    county_id: int, household_ids: Collection[UUID], at: datetime
) -> set[UUID]:
    """Those that have a bound phone, a card that was handed over, or points."""
    found = bindings.bound(household_ids) | cards.with_cards(county_id, household_ids)
    day = clock.day_of(at)
    return found | ledger.households_with_points(county_id, household_ids, day=day)
