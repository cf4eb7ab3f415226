"""Writing the trace."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.kernel.ids import uuid7


def record(
    action: str,
    *,
    county_id: int,
    actor_id: UUID | None,
    subject: tuple[str, object],
    at: datetime,
    **details: Any,
) -> None:
    """Write who did what to which row, in the transaction of the deed itself.

    ``subject`` is the kind of row and its id. ``details`` hold numbers and ids, never names,
    phones or ID numbers.
    """
    kind, identifier = subject
    db.session.add(
        AuditEvent(
            county_id=county_id,
            id=uuid7(at),
            at=at,
            actor_id=actor_id,
            action=action,
            subject_kind=kind,
            subject_id=str(identifier),
            details=details,
        )
    )
