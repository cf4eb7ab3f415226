"""What a rule asks of the trace: who has lately done something to a household, and since when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

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


def first_at(action: str, *, county_id: int, subject: tuple[str, object]) -> datetime | None:
    """When it was first said of the row; none: never."""
    kind, identifier = subject
    return db.session.scalar(
        select(func.min(AuditEvent.at)).where(
            AuditEvent.county_id == county_id,
            AuditEvent.subject_kind == kind,
            AuditEvent.subject_id == str(identifier),
            AuditEvent.action == action,
        )
    )
