"""What a rule asks of the trace: who has lately done something to a household."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db


def doers(action: str, *, county_id: int, household_id: UUID, since: datetime) -> set[UUID]:
    """In whose name it was done to the household."""
    found = db.session.scalars(
        select(AuditEvent.actor_id)
        .where(
            AuditEvent.county_id == county_id,
            AuditEvent.household_id == household_id,
            AuditEvent.action == action,
            AuditEvent.at >= since,
        )
        .distinct()
    )
    return {actor_id for actor_id in found if actor_id is not None}
