"""What tests begin with, found done by the next one that begins alike (docs/adr/0055).

Most tests of a folder first make the same village, household and shop. Each of these steps is
followed by a savepoint in the one transaction that such tests share. A test that takes the same
steps finds them done; with the first thing that it does otherwise, the database goes back to where
its own steps have led.
"""

from collections.abc import Callable
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple

from sqlalchemy import Engine, event

from app.kernel import clock


class _Step(NamedTuple):
    asked: tuple[Any, ...]
    result: Any
    remembered: list[dict[str, Any]]


class Beginning:
    """The steps that tests have taken, in one transaction that is never committed."""

    def __init__(self, engine: Engine, redis: Any) -> None:
        self._redis = redis
        self._steps: list[_Step] = []
        self._is_ours = True
        self.connection = engine.connect()
        self._outer = self.connection.begin()
        event.listen(self.connection, "before_cursor_execute", self._note)
        # It rests while tests run that do without it.
        self._say("SET LOCAL idle_in_transaction_session_timeout = 0")
        self._say("SAVEPOINT after_0")
        self._is_ours = False
        self.start()

    def start(self) -> None:
        """A test begins: it may take the steps again, from the first."""
        self._taken = 0
        self._depth = 0  # of the test's own savepoints
        self._is_settled = False  # whether the database is where the test's steps have led
        self._is_open = True  # whether the test has written nothing besides

    @property
    def is_new(self) -> bool:
        """Whether the test did anything that no test before it did."""
        return self._is_settled

    def finish(self) -> bool:
        """The test has ended: undo what it did. Whether another may follow."""
        if self.connection.invalidated or self.connection.in_nested_transaction():
            return False
        if self._is_settled:
            with self._our_own():
                self._say(f"ROLLBACK TO SAVEPOINT after_{len(self._steps)}")
        return True

    def close(self) -> None:
        self._is_ours = True
        event.remove(self.connection, "before_cursor_execute", self._note)
        if not self.connection.invalidated:
            self._outer.rollback()
        self.connection.close()

    def take(self, asked: tuple[Any, ...], made: Callable[[], Any], owners: list[Any]) -> Any:
        """The step's result: found, when the tests before have taken it, or made."""
        if self._is_ours or self._depth or not self._is_open:
            return made()
        if self._taken < len(self._steps) and self._steps[self._taken].asked == asked:
            step = self._steps[self._taken]
            for owner, remembered in zip(owners, step.remembered, strict=True):
                vars(owner).update(remembered)
        else:
            with self._our_own():
                step = self._made(asked, made, owners)
        self._taken += 1
        return step.result

    def _made(self, asked: tuple[Any, ...], made: Callable[[], Any], owners: list[Any]) -> _Step:
        self._settle()
        self._is_open = False  # unless it ends well
        before, queued = [dict(vars(owner)) for owner in owners], self._redis.dbsize()
        result = made()
        step = _Step(asked, result, [_news(*pair) for pair in zip(owners, before, strict=True)])
        if self._redis.dbsize() == queued:  # what it left in Valkey, the next test would not find
            self._steps.append(step)
            self._say(f"SAVEPOINT after_{len(self._steps)}")
            self._is_open = True
        return step

    def _settle(self) -> None:
        if not self._is_settled and self._taken < len(self._steps):
            self._say(f"ROLLBACK TO SAVEPOINT after_{self._taken}")
            del self._steps[self._taken :]
        self._is_settled = True

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """The test does something itself."""
        if self._is_ours:
            return
        with self._our_own():
            self._settle()
        if statement.startswith("SAVEPOINT"):
            self._depth += 1
        elif statement.startswith("ROLLBACK TO"):
            self._depth -= 1
        elif statement.startswith("RELEASE"):
            self._depth -= 1
            self._is_open = False
        elif not self._depth and not statement.lstrip().startswith("SELECT"):
            self._is_open = False

    def _say(self, statement: str) -> None:
        self.connection.exec_driver_sql(statement)

    @contextmanager
    def _our_own(self):
        self._is_ours = True
        try:
            yield
        finally:
            self._is_ours = False


class Beginnings:
    """The beginning that tests of this process share, while one can follow the other."""

    def __init__(self) -> None:
        self.now: Beginning | None = None

    @contextmanager
    def go_on(self, engine: Engine, redis: Any):
        """A test's beginning."""
        self.now = self.now or Beginning(engine, redis)
        self.now.start()
        yield self.now
        if not self.now.finish():
            self.end()

    def end(self) -> None:
        """Leave nothing: what comes next commits, or asks for a database of its own."""
        if self.now:
            ending, self.now = self.now, None
            ending.close()


beginnings = Beginnings()


def step(method: Callable[..., Any]) -> Callable[..., Any]:
    """Mark what makes something that tests begin with, by services, at the time of the test.

    What it is given must say all that it depends on, and what it returns must not change.
    """

    @wraps(method)
    def taken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if beginnings.now is None:
            return method(self, *args, **kwargs)
        given = vars(self).get("given", vars(self).get("_given", self))
        asked = (method, clock.now(), vars(given).get("_is_traced"), args, kwargs)
        owners = [self] if given is self else [self, given]
        return beginnings.now.take(asked, lambda: method(self, *args, **kwargs), owners)

    return taken


def _news(owner: Any, before: dict[str, Any]) -> dict[str, Any]:
    """What the step has left in its owner: the village that the next household is put into."""
    return {
        name: value
        for name, value in vars(owner).items()
        if name not in before or before[name] is not value
    }
