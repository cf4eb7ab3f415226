"""That somebody read the trace is an act too."""

from datetime import datetime

from app.agreements.trace.queries import Sought
from app.kernel import audit
from app.register.identity.caller import Caller


def note_reading(sought: Sought, *, by: Caller, at: datetime) -> None:
    """Write down who looked for what in the trace."""
    audit.record(
        "trace.read",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("county", by.county_id),
        at=at,
        household_id=sought.household_id,
        sought={
            name: str(value)
            for name, value in vars(sought).items()
            if value is not None and name != "household_id"
        },
    )
