"""Limits on guessing, for whoever calls."""

from contextlib import AbstractContextManager

from app.kernel.errors import DomainError, Unavailable
from app.kernel.tries import Brake


class TooManyTries(DomainError):
    status = 429
    code = "too_many_tries"
    message = "输错的次数太多，请等一分钟再试"


def wrong_tries(
    what: str, who: object, *, wrong: type[DomainError], most: int
) -> AbstractContextManager[None]:
    """Let ``who`` raise ``wrong`` at most so often a minute; right tries do not count.

    Raises:
        TooManyTries: the limit is reached.
        Unavailable: nobody can count now.
    """
    return Brake(what, most, TooManyTries, Unavailable).unless(wrong, who)
