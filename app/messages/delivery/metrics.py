"""What reaches nobody, as figures for the alarm."""

from collections.abc import Iterator

from app.kernel import clock
from app.kernel.gauges import Gauge, Reading
from app.messages.delivery import queries
from app.messages.delivery.service import UNREACHED_AFTER

UNREACHED = Gauge("fen_notices_unreached", "Notices on the board that nobody has told for a day")
STUCK = Gauge("fen_notices_stuck", "Notices that should have been sent a day ago")
GAUGES = (UNREACHED, STUCK)


def readings() -> Iterator[Reading]:
    before = clock.now() - UNREACHED_AFTER
    yield UNREACHED.reading(sum(one.notices for one in queries.unreached_homes(before=before)))
    yield STUCK.reading(queries.stuck(before=before))
