"""Writing the trace."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from app.kernel.audit.circumstances import circumstances
from app.kernel.audit.models import AuditEvent
from app.kernel.audit.written import code, text_of
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.kernel.logs import scrubbed


def record(
    action: str,
    *,
    county_id: int,
    actor_id: UUID | None,
    subject: tuple[str, object],
    at: datetime,
    household_id: UUID | None = None,
    reason: str | None = None,
    **details: Any,
) -> None:
    """Write who did what to which row, in the transaction of the deed itself.

    ``subject`` is the kind of row and its id; ``household_id`` whose points, data or conduct it is
    about, so that all that was done to a household is found. ``reason`` is what was given for
    it: a word of ours, or a sentence, in which phones and ID numbers are blotted out. ``details``
    hold numbers and ids, never names, phones or ID numbers. By which request, command or job it
    came, and in which role, is known here.
    """
    kind, identifier = subject
    how = circumstances()
    if how and how.shell:
        details["shell"] = how.shell
    columns: dict[str, Any] = {
        "county_id": county_id,
        "id": uuid7(at),
        "at": at,
        "actor_id": actor_id,
        "acted_as": list(how.acted_as) if how and how.acted_as else None,
        "action": action,
        "subject_kind": kind,
        "subject_id": str(identifier),
        "household_id": household_id,
        "reason": None if reason is None else scrubbed(reason),
        "channel": how.channel if how else None,
        "request_id": how.name if how else None,
        # As the database gives them back.
        "details": json.loads(json.dumps(details)),
    }
    db.session.add(AuditEvent(**columns, mac=code(text_of(columns))))
