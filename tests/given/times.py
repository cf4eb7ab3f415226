"""The time of a test."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.kernel import clock

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)  # noon in China


@dataclass
class Clock:
    """The time of the test, which the test may move."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


def china(year, month, day, hour, minute=0):
    """An instant by China's clock."""
    return datetime(year, month, day, hour, minute, tzinfo=clock.CALENDAR).astimezone(UTC)
