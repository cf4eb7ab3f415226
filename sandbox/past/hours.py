"""The clock of the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from unittest.mock import patch

from app.kernel import clock


class Hours:
    """Stands at an hour, and only ever goes on."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def timestamp(self) -> float:
        """Seconds since 1970, as the bank counts."""
        return self.at.timestamp()

    @property
    def day(self) -> date:
        return clock.day_of(self.at)

    def go_to(self, day: date, hour: int, minute: int = 0) -> None:
        """That time of the day in China, unless it is over already."""
        self.at = max(self.at, datetime.combine(day, time(hour, minute), clock.CALENDAR))

    def wait(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Let everything in this process read its time here."""
        with patch.object(clock, "now", self):
            yield
