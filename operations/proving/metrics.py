"""What the last nightly proof found, and how far the ledger has room, for the alarm."""

from collections.abc import Iterator

from app.kernel import clock
from app.kernel.gauges import Gauge, Reading
from app.points import ledger
from operations.proving import outcome

HOLDS = Gauge("fen_invariant_holds", "1 when the last proof found no lie", ("invariant",))
PROVED = Gauge("fen_last_proof_timestamp_seconds", "When the last proof ended")
MONTHS = Gauge("fen_ledger_months_ahead", "Months with room for transfers, from this one on")
GAUGES = (HOLDS, PROVED, MONTHS)


def readings() -> Iterator[Reading]:
    yield MONTHS.reading(ledger.months_ahead(clock.now()))
    if last := outcome.last():
        for check, lies in last.checks.items():
            yield HOLDS.reading(0 if lies else 1, check)
        yield PROVED.reading(last.at)
