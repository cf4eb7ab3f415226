"""Background work of the ledger."""

import structlog
from sqlalchemy.exc import DBAPIError

from app.kernel import audit, clock
from app.kernel.db import db, transaction
from app.kernel.jobs import sweep
from app.kernel.seals import Chain
from app.kernel.signing import signer
from app.points.ledger import queries, seals, service

log = structlog.get_logger(__name__)

MONTHS_AHEAD = 24
MONTHS_AHEAD_MIN = 2  # fewer: transfers will soon have nowhere to go
SEALS_A_RUN_MAX = 100


@sweep("17 3 * * *")
def open_coming_months() -> None:
    """Make the partitions of the next two years, so that no award meets a missing one.

    The gauge ``fen_ledger_months_ahead`` and a line in the log ring long before one is missing.
    """
    try:
        with transaction():
            service.open_months(at=clock.now(), months=MONTHS_AHEAD)
    except DBAPIError as error:
        log.error("ledger.months_not_opened", error=str(error.orig))
        raise
    finally:
        with transaction():
            ahead = queries.months_ahead(clock.now())
        if ahead < MONTHS_AHEAD_MIN:
            log.error("ledger.months_run_out", months_ahead=ahead)


@sweep("*/10 * * * *")
def seal_committed() -> None:
    """Seal what was committed since the last seals, transfers and trace, county by county.

    It may run twice at once: of two seals with one number the database keeps the first.
    """
    with transaction():
        chains = (
            (seals.TRANSFERS, seals.counties()),
            (audit.TRACE, audit.counties(db.session.connection())),
        )
    for chain, counties in chains:
        for county_id in counties:
            _seal(chain, county_id)


def _seal(chain: Chain, county_id: int) -> None:
    for _ in range(SEALS_A_RUN_MAX):
        with transaction():
            made = chain.seal_next(
                db.session.connection(), county_id=county_id, signer=signer(), at=clock.now()
            )
        if made is None:
            break
