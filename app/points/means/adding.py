"""A means has come to a household: it cools off, and the household is told."""

from datetime import datetime
from uuid import UUID

from app.points.means import cooling
from app.points.means.notices import BINDING_MADE
from app.points.means.telling import tell
from app.register.households.models import Binding


def bound_in_person(binding: Binding, *, county_id: int, by: UUID, at: datetime) -> None:
    """After a worker has bound a phone, alone or as another agreed."""
    cooling.begin(
        county_id=county_id, household_id=binding.household_id, means_id=binding.user_id, at=at
    )
    tell(
        BINDING_MADE,
        binding.household_id,
        binding.id,
        county_id=county_id,
        act_of=by,
        at=at,
        details={"is_in_person": True},
    )
