"""The time, in one place, so that tests can choose it; and the county's calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CALENDAR = ZoneInfo("Asia/Shanghai")  # the one calendar by which days, caps and expiry count


def now() -> datetime:
    return datetime.now(UTC)


def day_of(at: datetime) -> date:
    """The calendar day in China on which the instant falls."""
    return at.astimezone(CALENDAR).date()


def day_start(day: date) -> datetime:
    """The instant at which the day begins in China."""
    return datetime.combine(day, time.min, CALENDAR).astimezone(UTC)


def day_end(day: date) -> datetime:
    """The instant at which the day is over in China (exclusive)."""
    return day_start(day + timedelta(days=1))


def day_text(day: date) -> str:
    """The day as people write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def month_ends(before: date, count: int) -> list[date]:
    """The last days of the newest months that were over before the day, the oldest first."""
    found = []
    day = before.replace(day=1) - timedelta(days=1)
    for _ in range(count):
        found.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return found[::-1]
