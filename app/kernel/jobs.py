"""Background work. The queue is only a hint: PostgreSQL is the truth.

A job is a function of plain arguments (ids, not rows) marked with ``@job``. It is asked for
with ``defer``, which enqueues it after the enclosing transaction has committed. A queue that
does not answer loses nothing but time: each job has a sweep, marked with ``@sweep``, that finds
the rows left waiting and is run by the cron scheduler.
"""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ParamSpec

import structlog
from flask import Flask, current_app, has_app_context
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from app.kernel import audit
from app.kernel.db import after_commit

P = ParamSpec("P")
log = structlog.get_logger(__name__)

QUEUE = "fen"
TIMEOUT_SECONDS = 120
RETRY_AFTER_SECONDS = [5, 30, 300]
FAILED_KEPT_SECONDS = 7 * 24 * 3_600


@dataclass(frozen=True)
class Sweep:
    """A job that the cron scheduler starts by itself."""

    function: Callable[[], None]
    cron: str

    @property
    def name(self) -> str:
        """What it is called in the log and in the queue."""
        return f"{self.function.__module__}.{self.function.__qualname__}"


_sweeps: list[Sweep] = []
_application: Flask | None = None


def init_app(app: Flask, redis: Redis) -> None:
    """Give the application its queue, and this process's jobs their application."""
    global _application  # noqa: PLW0603 - a worker process has one application
    _application = app
    app.extensions["redis"] = redis


def redis() -> Redis:
    """The Redis (Valkey) of the running application: queue, limits, shared tokens."""
    found: Redis = current_app.extensions["redis"]
    return found


def queue() -> Queue:
    return Queue(QUEUE, connection=redis(), serializer=JSONSerializer)


def job(function: Callable[P, None]) -> Callable[P, None]:
    """Mark a function that RQ may run: it gets an application context of its own."""

    name = f"{function.__module__}.{function.__qualname__}"

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        if has_app_context():
            with audit.under(audit.Channel.JOB, name):
                function(*args, **kwargs)
            return
        assert _application is not None, "a worker creates the application before it takes jobs"
        began = time.perf_counter()
        with _application.app_context(), audit.under(audit.Channel.JOB, name):
            try:
                function(*args, **kwargs)
            except Exception as error:
                log.warning("job.failed", job=name, error=type(error).__name__)
                raise
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        log.info("job", job=name, milliseconds=milliseconds)

    return run


def sweep(
    cron: str, *, timeout_seconds: int = TIMEOUT_SECONDS
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Mark a job without arguments that runs by the clock, say ``@sweep("*/5 * * * *")``."""

    def mark(function: Callable[[], None]) -> Callable[[], None]:
        run = job(function)
        run.timeout_seconds = timeout_seconds  # type: ignore[attr-defined]
        _sweeps.append(Sweep(run, cron))
        return run

    return mark


def sweeps() -> tuple[Sweep, ...]:
    """Every sweep of the modules loaded so far."""
    return tuple(_sweeps)


def defer(function: Callable[..., None], *args: Any) -> None:
    """Run the job once the enclosing transaction has committed. Arguments must be JSON."""
    after_commit(functools.partial(enqueue, function, *args))


def enqueue_once(function: Callable[..., None], *args: Any) -> None:
    """``enqueue`` unless the same job waits in the queue already: sweeps find a row many times."""
    name = f"{function.__module__}.{function.__qualname__}"
    job_id = sha256(repr((name, args)).encode()).hexdigest()
    try:
        waits = job_id in queue().job_ids
    except RedisError as error:
        log.warning("queue.away", job=function.__qualname__, error=type(error).__name__)
        return
    if not waits:
        _enqueue(function, args, job_id)


def enqueue(function: Callable[..., None], *args: Any) -> None:
    """Hand the job to the queue now; a queue that is away is logged, and the sweep makes up."""
    _enqueue(function, args, None)


def _enqueue(function: Callable[..., None], args: tuple[Any, ...], job_id: str | None) -> None:
    try:
        queue().enqueue_call(
            function,
            args=args,
            timeout=getattr(function, "timeout_seconds", TIMEOUT_SECONDS),
            job_id=job_id,
            result_ttl=0,
            failure_ttl=FAILED_KEPT_SECONDS,
            retry=Retry(max=len(RETRY_AFTER_SECONDS), interval=RETRY_AFTER_SECONDS),
        )
    except RedisError as error:
        log.warning("queue.away", job=function.__qualname__, error=type(error).__name__)
