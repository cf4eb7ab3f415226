"""Whether yesterday's books agree with the bank's, as figures for the alarm."""

from collections.abc import Iterator
from datetime import timedelta

from app.kernel import clock
from app.kernel.gauges import Gauge, Reading
from mall.settlement import days

NOT_IN_ORDER = Gauge("fen_bank_days_not_in_order", "Counties whose yesterday is not in order")
STUCK = Gauge("fen_payout_stuck_in_flight_fen", "Paid by the bank's word, on no statement, in fen")
GAUGES = (NOT_IN_ORDER, STUCK)


def readings() -> Iterator[Reading]:
    yesterday = clock.day_of(clock.now()) - timedelta(days=1)
    counties = days.counties_with_custody()
    yield NOT_IN_ORDER.reading(sum(days.trouble(c, yesterday) is not None for c in counties))
    yield STUCK.reading(sum(abs(days.stuck_in_flight_fen(c, yesterday)) for c in counties))
