"""Counting tries that fail, so that a short code cannot be guessed by trying.

The count is in Redis: it is a brake, not a fact.
"""

from functools import partial

import structlog
from redis.exceptions import RedisError

from app.kernel.db import after_commit
from app.kernel.jobs import redis

log = structlog.get_logger(__name__)


class NobodyCounts(Exception):
    """Redis is away; a caller that depends on the brake refuses."""


def count(key: str, window_seconds: int) -> int:
    """Count a try before it is made, and take it back once its transaction has committed.

    Returns how many tries of the window have not committed, this one included. Counting first
    keeps many tries at the same moment from slipping through. Call it before anything is locked.

    Raises:
        NobodyCounts: nobody can count now.
    """
    try:
        # NX: the window begins with the first try and is not drawn out by the next.
        counting = redis().pipeline()
        counting.incr(key)
        counting.expire(key, window_seconds, nx=True)
        tries, _ = counting.execute()
    except RedisError as error:
        log.warning("tries.count_away", error=type(error).__name__)
        raise NobodyCounts from None
    after_commit(partial(_take_back, key))
    return int(tries)


def _take_back(key: str) -> None:
    try:
        redis().decr(key)
    except RedisError as error:
        log.warning("tries.count_away", error=type(error).__name__)
