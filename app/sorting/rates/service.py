"""Keeping the counters true."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.kernel.db import db, locked
from app.sorting.rates import counting
from app.sorting.rates.models import HouseholdDay, RateWatermark, StaleDay

BATCH = 5_000


def count(*, county_id: int, at: datetime, most: int = BATCH) -> int:
    """Count anew the days of up to ``most`` marks; returns how many marks there were.

    Each marked day is recomputed from its raw rows, so counting twice changes nothing. Call it
    again, in another transaction, until it returns less than ``most``.
    """
    watermark = _watermark(county_id)
    marks = list(
        db.session.execute(counting.TAKE_MARKS, {"county_id": county_id, "most": most}).all()
    )
    if marks:
        db.session.execute(counting.COUNT_STALE, counting.stale(county_id, marks))
    if len(marks) < most:
        watermark.counted_at = at
    return len(marks)


def recount(*, county_id: int, at: datetime) -> None:
    """Throw the county's counters away and count everything from the raw rows."""
    watermark = _watermark(county_id)
    db.session.execute(delete(StaleDay).where(StaleDay.county_id == county_id))
    db.session.execute(delete(HouseholdDay).where(HouseholdDay.county_id == county_id))
    db.session.execute(counting.COUNT_EVERYTHING, {"county_id": county_id})
    watermark.counted_at = at


def differences(*, county_id: int) -> list[tuple[UUID, date]]:
    """Households and days whose counters are not what their raw rows come to; should be none.

    Nobody counts meanwhile; what is marked and not counted yet shows as a difference.
    """
    _watermark(county_id)
    rows = db.session.execute(counting.DIFFERENCES, {"county_id": county_id})
    return [(household_id, on_day) for household_id, on_day in rows]


def _watermark(county_id: int) -> RateWatermark:
    """The county's watermark, locked.

    A second counter begins when the first has committed: it then finds what the first left, and
    is right when it says that nothing is.
    """
    db.session.execute(insert(RateWatermark).values(county_id=county_id).on_conflict_do_nothing())
    return db.session.scalars(
        locked(select(RateWatermark).where(RateWatermark.county_id == county_id))
    ).one()
