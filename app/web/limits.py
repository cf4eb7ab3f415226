"""Limits on guessing, counted in Redis because a refused request leaves no row behind."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from app.kernel.errors import DomainError, Unavailable
from app.kernel.jobs import redis

WINDOW_SECONDS = 60


class TooManyTries(DomainError):
    status = 429
    code = "too_many_tries"
    message = "输错的次数太多，请等一分钟再试"


@contextmanager
def wrong_tries(what: str, who: object, *, wrong: type[DomainError], most: int) -> Iterator[None]:
    """Let ``who`` raise ``wrong`` at most so often a minute; right tries do not count.

    A try is counted before it is made and taken back if it was not wrong, so that many at once
    cannot slip through. Without Redis nobody may try: a limit that is away is no limit.

    Raises:
        TooManyTries: the limit is reached.
        Unavailable: Redis does not answer.
    """
    key = f"tries:{what}:{who}"
    try:
        count = _counted(key, 1)
    except RedisError:
        raise Unavailable() from None
    if count > most:
        _take_back(key)
        raise TooManyTries()
    try:
        yield
    except wrong:
        raise
    except BaseException:
        _take_back(key)
        raise
    _take_back(key)


def _counted(key: str, tries: int) -> int:
    with redis().pipeline() as pipeline:
        pipeline.incrby(key, tries)
        pipeline.expire(key, WINDOW_SECONDS, nx=True)
        return int(pipeline.execute()[0])


def _take_back(key: str) -> None:
    try:
        _counted(key, -1)
    except RedisError:
        return  # the count expires within the minute
