"""Entering that two households do not judge each other, and telling both."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.agreements.relations.notices import HOUSEHOLDS_RELATED
from app.messages import notices
from app.register.households import relations
from app.register.households.models import RelationKind


def enter(
    pair: Sequence[UUID], kind: RelationKind, *, county_id: int, by: UUID, at: datetime
) -> UUID:
    """Returns the id of the entry. Raises what ``relations.enter`` does."""
    entered = relations.enter(
        county_id=county_id, household_id=pair[0], other_id=pair[1], kind=kind, by=by, at=at
    )
    said = [
        notices.ToHousehold(home, str(entered), {"kind": str(kind)}, act_of=by) for home in pair
    ]
    notices.tell(HOUSEHOLDS_RELATED, said, county_id=county_id, at=at)
    return entered
