"""Looks of a day, which only keep the trace from saying one twice."""

from app.kernel.retention import Kept, deleted

KEPT = (
    Kept(
        "looks",
        "who looked at which household",
        "the trace says each look once a day",
        (deleted(after="on_day", days=2),),
    ),
)
