"""Expiry, and the notices before it. ``docs/points-policy.md`` says what expires and when."""

from datetime import date, datetime, timedelta

from app.kernel import audit
from app.messages import notices
from app.points import ledger
from app.points.expiry.notices import POINTS_EXPIRE

# A household hears of it this many days before the last day, each time once.
NOTICE_DAYS = (7, 30, 60)
BATCH = 500


def expire(*, county_id: int, day: date, after: int, at: datetime) -> ledger.Expired:
    """Return a batch of points whose last day is before ``day`` to the county's reserve.

    One transaction a batch: call it again with the ``after`` it returns. A repeat finds nothing
    left.
    """
    # The ledger comes first here, because it says what there is to record.
    expired = ledger.expire(county_id=county_id, day=day, after=after, limit=BATCH)
    if expired.accounts:
        audit.record(
            "expiry.expire",
            county_id=county_id,
            actor_id=None,
            subject=("county", county_id),
            at=at,
            accounts=expired.accounts,
            points=expired.points,
        )
    return expired


def give_notice(*, county_id: int, day: date, after: int, at: datetime) -> int | None:
    """Write the due notices for a batch of points that expire within 60 days.

    Points are announced under the shortest of the three times that they have left, so a night
    that was missed is made up, and points that are earned late are announced as well. Returns the
    ``after`` of the next batch, None after the last.
    """
    last = day + timedelta(days=max(NOTICE_DAYS))
    buckets = ledger.ending_buckets(county_id, first=day, last=last, after=after, limit=BATCH)
    notices.tell(
        POINTS_EXPIRE,
        [_notice(bucket, day) for bucket in buckets],
        county_id=county_id,
        at=at,
    )
    return buckets[-1].account_id if len(buckets) == BATCH else None


def _notice(bucket: ledger.EndingBucket, day: date) -> notices.ToHousehold:
    days_left = (bucket.expires_on - day).days
    stage = next(days for days in NOTICE_DAYS if days_left <= days)
    return notices.ToHousehold(
        household_id=bucket.household_id,
        topic=f"{bucket.expires_on}:{stage}",
        details={
            "points": bucket.available,
            "expires_on": bucket.expires_on.isoformat(),
            "days_left": days_left,
        },
    )
