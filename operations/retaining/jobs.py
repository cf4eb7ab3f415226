"""Every night: what is kept no longer ends."""

import structlog
from flask import current_app
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app.config import BadSettings
from app.kernel import clock
from app.kernel.jobs import sweep
from operations.retaining import sweeping

log = structlog.get_logger(__name__)

SECONDS = 3_600
BATCHES_MAX = 1_000  # of one end in one night; the next goes on


@sweep("10 3 * * *", timeout_seconds=SECONDS)
def end_what_is_due() -> None:
    """Delete and empty what has reached its term, a batch a transaction.

    Raises:
        BadSettings: this worker has no way to the database as ``fen_keeper``.
    """
    at, url = clock.now(), current_app.config["SETTINGS"].database_keeper_url
    if not url:
        raise BadSettings("DATABASE_KEEPER_URL must be set for the worker: nothing ends without.")
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"options": "-c lock_timeout=5s -c statement_timeout=60s"},
    )
    for kept, end in sweeping.every_end():
        ended = 0
        for _ in range(BATCHES_MAX):
            with engine.begin() as connection:
                batch = sweeping.sweep(connection, kept, end, at=at)
            ended += batch
            if batch < sweeping.BATCH:
                break
        if ended:
            log.info("retention.ended", table=kept.table, after=end.after, rows=ended)
