"""Jobs that fail time and again, as a figure for the alarm."""

from collections.abc import Iterator

from app.kernel import jobs
from app.kernel.gauges import Gauge, Reading

FAILING = Gauge("fen_jobs_failing", "Jobs that failed time and again and have not passed since")
GAUGES = (FAILING,)


def readings() -> Iterator[Reading]:
    yield FAILING.reading(jobs.failing())
