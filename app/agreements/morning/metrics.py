"""Whether somebody looks at the auditor's list, as a figure for the alarm."""

from collections.abc import Iterator

from app.agreements.morning import queries
from app.kernel import clock
from app.kernel.gauges import Gauge, Reading

UNSEEN = Gauge("fen_deeds_unseen", "Deeds that no auditor has ticked for three days")
GAUGES = (UNSEEN,)


def readings() -> Iterator[Reading]:
    yield UNSEEN.reading(sum(queries.overdue(clock.now()).values()))
