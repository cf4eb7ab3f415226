"""A brake on guessing PINs from card to card.

How often a PIN of one card may be wrong is counted in its row, and nothing but the database decides
it. What is counted here is how often it happens to one clerk, over all cards. It is in Valkey, and
one that is away stops no honest customer: their card has its own tries.
"""

from uuid import UUID

import structlog
from redis.exceptions import RedisError

from app.kernel.jobs import redis
from mall.cards.errors import TooManyWrongPins

log = structlog.get_logger(__name__)

WRONG_PINS_A_MINUTE = 10
WINDOW_SECONDS = 60


def check_wrong_pins(clerk_id: UUID) -> None:
    """Raises TooManyWrongPins when PINs were wrong at this clerk's counter too often just now."""
    try:
        count = int(redis().get(_key(clerk_id)) or 0)
    except RedisError as error:
        log.warning("cards.count_away", error=type(error).__name__)
        return
    if count >= WRONG_PINS_A_MINUTE:
        raise TooManyWrongPins()


def count_wrong_pin(clerk_id: UUID) -> None:
    """Remember for a minute that a PIN was wrong at this clerk's counter."""
    try:
        with redis().pipeline() as counting:
            counting.incr(_key(clerk_id))
            counting.expire(_key(clerk_id), WINDOW_SECONDS, nx=True)
            counting.execute()
    except RedisError as error:
        log.warning("cards.count_away", error=type(error).__name__)


def _key(clerk_id: UUID) -> str:
    return f"cards:wrong_pins:{clerk_id}"
