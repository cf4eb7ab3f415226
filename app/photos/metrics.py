"""Whether WeChat still answers about photos, as a figure for the alarm."""

from collections.abc import Iterator

from app.kernel import clock
from app.kernel.gauges import Gauge, Reading
from app.photos import checking, queries

LATE = Gauge("fen_photos_check_late", "Photos that wait for the check of their content too long")
GAUGES = (LATE,)


def readings() -> Iterator[Reading]:
    yield LATE.reading(queries.late_checks(clock.now() - checking.LATE_AFTER))
