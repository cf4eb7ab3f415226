"""Jobs that fail time and again, and sweeps that do not run, as figures for the alarm."""

from collections.abc import Iterator

from app.kernel import jobs
from app.kernel.gauges import Gauge, Reading

FAILING = Gauge("fen_jobs_failing", "Jobs that failed time and again and have not passed since")
LATE = Gauge("fen_sweep_late", "1 where a sweep has not passed for twice its time", ("sweep",))
GAUGES = (FAILING, LATE)


def readings() -> Iterator[Reading]:
    yield FAILING.reading(jobs.failing())
    late = jobs.late_sweeps()
    for sweep in jobs.sweeps():
        yield LATE.reading(sweep.name in late, sweep.name)
