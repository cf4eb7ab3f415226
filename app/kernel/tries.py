"""Counting wrong tries, so that a short code cannot be guessed by trying.

So many in a window, which begins with the first of them; then all are refused until it is over. The
count is in Valkey: it is a brake, not a fact, and a refused request leaves no row behind. What must
be a fact, that five wrong PINs block a card, is a column of the card and no brake.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import structlog
from redis.exceptions import RedisError

from app.kernel.db import after_commit
from app.kernel.errors import DomainError
from app.kernel.jobs import redis

log = structlog.get_logger(__name__)
WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Brake:
    """How many tries at one thing may be wrong in a window, and what is said then."""

    name: str
    most: int
    refusal: type[DomainError]
    # What is said when nobody can count: a limit that is away is no limit. None: the try goes on,
    # because something else limits it too.
    away: type[DomainError] | None
    window_seconds: int = WINDOW_SECONDS

    def begin(self, who: object) -> None:
        """Count a try before it is made, to be taken back unless it was wrong.

        Counting first keeps many at the same moment from slipping through. Call it before anything
        is locked.

        Raises: ``refusal`` or ``away``.
        """
        if self._counted(who, 1) > self.most:
            self.take_back(who)
            raise self.refusal()

    def begin_until_commit(self, who: object) -> None:
        """``begin`` a try that was wrong if its transaction does not commit."""
        self.begin(who)
        after_commit(partial(self.take_back, who))

    @contextmanager
    def unless(self, wrong: type[DomainError], who: object) -> Iterator[None]:
        """``begin`` a try that was wrong if the block raises ``wrong``."""
        self.begin(who)
        try:
            yield
        except wrong:
            raise
        except BaseException:
            self.take_back(who)
            raise
        self.take_back(who)

    def check(self, who: object) -> None:
        """Refuse when so many were wrong already; for tries that are counted by ``add``.

        Raises: ``refusal`` or ``away``.
        """
        if self._counted(who, 0) >= self.most:
            raise self.refusal()

    def add(self, who: object) -> None:
        """A try was wrong."""
        self._counted(who, 1)

    def take_back(self, who: object) -> None:
        """A try that was begun was not wrong."""
        try:
            self._count(who, -1)
        except RedisError as error:  # the count ends with its window
            log.warning("tries.count_away", brake=self.name, error=type(error).__name__)

    def _counted(self, who: object, tries: int) -> int:
        try:
            return self._count(who, tries)
        except RedisError as error:
            log.warning("tries.count_away", brake=self.name, error=type(error).__name__)
            if self.away is not None:
                raise self.away() from None
            return 0

    def _count(self, who: object, tries: int) -> int:
        key = f"tries:{self.name}:{who}"
        with redis().pipeline() as counting:
            counting.incrby(key, tries)
            # NX: the window is not drawn out by the next try.
            counting.expire(key, self.window_seconds, nx=True)
            return int(counting.execute()[0])
