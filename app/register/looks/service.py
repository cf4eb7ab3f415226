"""Noting looks."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, clock
from app.kernel.db import db
from app.register.identity.caller import Caller
from app.register.looks.models import Look, Looked


def note(what: Looked, household_ids: Collection[UUID], *, by: Caller, at: datetime) -> int:
    """Leave a trace of who looked at this of the households: one each, person and day.

    Returns how many are new today.
    """
    if not household_ids:
        return 0
    rows = [
        {
            "county_id": by.county_id,
            "on_day": clock.day_of(at),
            "user_id": by.user_id,
            "household_id": household_id,
            "what": what,
        }
        for household_id in sorted(household_ids)
    ]
    added = insert(Look).on_conflict_do_nothing().returning(Look.household_id)
    fresh = db.session.scalars(added, rows).all()
    for household_id in fresh:
        audit.record(
            f"looks.{what}",
            county_id=by.county_id,
            actor_id=by.user_id,
            subject=("household", household_id),
            at=at,
            household_id=household_id,
        )
    return len(fresh)
