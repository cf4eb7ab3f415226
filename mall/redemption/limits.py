"""How often a shop may type digits that do not pay.

Eight digits can be guessed by trying, so the tries are counted, for each shop. The count is in
Redis: it is a brake, not a fact. A scanned code needs no brake and never asks Redis, so that a
Redis that is away stops the typing of digits only, never an honest scan.
"""

from functools import partial
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from app.kernel.db import after_commit
from app.kernel.jobs import redis
from mall.redemption.errors import DigitsUnavailable, TooManyWrongDigits

log = structlog.get_logger(__name__)

FAILED_TRIES_MAX = 5
WINDOW_SECONDS = 60


def count_try(shop_id: UUID) -> None:
    """Count a try before it is made, and take it back once it has paid.

    Counting first keeps many tries at the same moment from slipping through. Call it before
    anything is locked.

    Raises:
        TooManyWrongDigits: five tries at this shop within a minute did not pay.
        DigitsUnavailable: nobody can count now; scanning still works.
    """
    key = f"pay_code:failed_tries:{shop_id}"
    try:
        # NX: the minute begins with the first try and is not drawn out by the next.
        counting = redis().pipeline()
        counting.incr(key)
        counting.expire(key, WINDOW_SECONDS, nx=True)
        tries, _ = counting.execute()
    except RedisError as error:
        log.warning("digits.count_away", error=type(error).__name__)
        raise DigitsUnavailable() from None
    if tries > FAILED_TRIES_MAX:
        raise TooManyWrongDigits()
    after_commit(partial(_take_back, key))


def _take_back(key: str) -> None:
    try:
        redis().decr(key)
    except RedisError as error:
        log.warning("digits.count_away", error=type(error).__name__)
