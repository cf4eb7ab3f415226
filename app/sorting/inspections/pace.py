"""How fast one person can look at one household after another, and how often in a day."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.turns import one_at_a_time
from app.register.trust import phones_of
from app.sorting.inspections.models import Check, ConflictReason

BETWEEN = timedelta(seconds=20)  # two households: nobody walks faster and looks
DAY_MOST = 150


def too_fast(
    *, county_id: int, checked_by: UUID, household_id: UUID, at: datetime
) -> ConflictReason | None:
    """Why this person, on whichever phone, cannot have looked there at that moment; none: can.

    ``at`` is when it was seen, not when the record came. Until the commit nobody else records in
    the person's name. The caller holds the household's lock. What earned nothing, because nothing
    was put out, is not asked for and does not count.
    """
    phones = phones_of(checked_by)
    one_at_a_time("checks", str(min(phones)))
    day = clock.day_of(at)
    is_near = (
        (Check.household_id != household_id) & (Check.at > at - BETWEEN) & (Check.at < at + BETWEEN)
    )
    count, near = db.session.execute(
        select(func.count(), func.count().filter(is_near)).where(
            Check.county_id == county_id,
            Check.checked_by.in_(phones),
            Check.at >= clock.day_start(day),
            Check.at < clock.day_end(day),
            Check.grade.is_not(None),
        )
    ).one()
    if near:
        return ConflictReason.TOO_FAST
    return ConflictReason.TOO_MANY if count >= DAY_MOST else None
