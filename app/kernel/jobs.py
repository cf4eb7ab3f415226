"""Background work. The queue is only a hint: PostgreSQL is the truth.

A job is a function of plain arguments (ids, not rows) marked with ``@job``. It is asked for
with ``defer``, which enqueues it after the enclosing transaction has committed. A queue that
does not answer loses nothing but time: each job has a sweep, marked with ``@sweep``, that finds
the rows left waiting, takes them up with ``take_up``, and is run by the cron scheduler.

A job of the same arguments has one place in the queue, however often it is asked for. It is tried
some times, then kept for a week to be looked at; while it fails the sweep takes it up ever more
rarely, and from ``RINGS_AFTER`` tries on it rings, until it passes.

What the bank's channel does has a queue, a worker and a role of the database of its own:
``@job(BANK_QUEUE)``, ``@sweep(…, queue=BANK_QUEUE)``.
"""

import functools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ParamSpec, overload

import structlog
from flask import Flask, current_app, has_app_context
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from app.kernel import audit
from app.kernel.db import after_commit

P = ParamSpec("P")
log = structlog.get_logger(__name__)

QUEUE = "fen"
BANK_QUEUE = "fen-bank"
QUEUES = (QUEUE, BANK_QUEUE)
TIMEOUT_SECONDS = 120
RETRY_AFTER_SECONDS = [5, 30, 300]
OVERDUE_SECONDS = 15
FAILED_KEPT_SECONDS = 7 * 24 * 3_600
TRIES_OF_A_PLACE = 1 + len(RETRY_AFTER_SECONDS)
RINGS_AFTER = 2 * TRIES_OF_A_PLACE
HELD_BACK_SECONDS, HELD_BACK_SECONDS_MAX = 60, 6 * 3_600
FAILING = "jobs:failing"  # of those that ring, the id and the name
PASSED = "jobs:passed"  # when each sweep last did, by Valkey's clock
WATCHED_SINCE = "jobs:watched"


@dataclass(frozen=True)
class Sweep:
    """A job that the cron scheduler starts by itself."""

    function: Callable[[], None]
    cron: str

    @property
    def name(self) -> str:
        """What it is called in the log and in the queue."""
        return f"{self.function.__module__}.{self.function.__qualname__}"

    @property
    def late_after_seconds(self) -> int:
        """How long it may not pass: two days, or two hours for one of every hour or more often."""
        _, hour, *_ = self.cron.split()
        return 2 * 3_600 if hour == "*" else 2 * 24 * 3_600


_jobs: list[Callable[..., None]] = []
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


def queue(name: str = QUEUE) -> Queue:
    return Queue(name, connection=redis(), serializer=JSONSerializer)


@overload
def job(queue: Callable[P, None]) -> Callable[P, None]: ...
@overload
def job(queue: str) -> Callable[[Callable[P, None]], Callable[P, None]]: ...
def job(queue: Any) -> Any:
    """Mark a function that RQ may run: it gets an application context of its own.

    ``@job``, or ``@job(BANK_QUEUE)`` for who may speak with the bank.
    """
    if isinstance(queue, str):
        return functools.partial(_job, queue)
    return _job(QUEUE, queue)


def _job(queue: str, function: Callable[P, None]) -> Callable[P, None]:
    name = _name(function)

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
                _count_failure(name, args)
                raise
            _forget_failures(name, args)
            if not args:  # a sweep
                _note_passed(name)
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        log.info("job", job=name, milliseconds=milliseconds)

    run.queue = queue  # type: ignore[attr-defined]
    _jobs.append(run)
    return run


def every_job() -> tuple[Callable[..., None], ...]:
    """Every job of the modules loaded so far; sweeps are among them."""
    return tuple(_jobs)


def sweep(
    cron: str, *, timeout_seconds: int = TIMEOUT_SECONDS, queue: str = QUEUE
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Mark a job without arguments that runs by the clock, say ``@sweep("*/5 * * * *")``."""

    def mark(function: Callable[[], None]) -> Callable[[], None]:
        run = _job(queue, function)
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


def enqueue(function: Callable[..., None], *args: Any) -> None:
    """Give the job its place in the queue now, unless it has one.

    While it runs it gets another, for what it runs on may have changed since it began. A queue that
    is away is logged, and the sweep makes up.
    """
    job_id = _id(_name(function), args)
    try:
        its_own = queue(getattr(function, "queue", QUEUE))
        if _waits(its_own, job_id):
            return
        if _runs(job_id):
            job_id = f"{job_id}-again"
            if _waits(its_own, job_id):
                return
        its_own.failed_job_registry.remove(job_id)  # it is tried anew
        its_own.scheduled_job_registry.remove(job_id)
        its_own.enqueue_call(
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


def take_up(function: Callable[..., None], *args: Any) -> None:
    """``enqueue`` for a sweep, which finds the same row each time: not while it is held back."""
    try:
        is_held_back = redis().exists(f"jobs:held:{_id(_name(function), args)}")
    except RedisError as error:
        log.warning("queue.away", job=function.__qualname__, error=type(error).__name__)
        return
    if not is_held_back:
        enqueue(function, *args)


def failing() -> int:
    """How many jobs have failed time and again and not passed since."""
    return int(redis().hlen(FAILING))


def late_sweeps() -> frozenset[str]:
    """The sweeps that should have passed by now and have not, whatever kept them."""
    now = int(redis().time()[0])
    redis().setnx(WATCHED_SINCE, now)  # Valkey may have been emptied: nobody is late at once
    since = int(redis().get(WATCHED_SINCE) or now)
    passed = redis().hgetall(PASSED)
    return frozenset(
        each.name
        for each in sweeps()
        if now - int(passed.get(each.name.encode(), since)) > each.late_after_seconds
    )


@dataclass(frozen=True)
class SweepState:
    """How a sweep stands."""

    name: str
    cron: str
    passed_at: float | None  # seconds since 1970, by Valkey's clock; none: not since it was emptied
    is_late: bool


@dataclass(frozen=True)
class State:
    """What waits, what fails and what runs by the clock."""

    waiting: int
    scheduled: int  # wait for their next try
    failed: int  # kept to be looked at
    failing: tuple[str, ...]  # names of those that ring
    sweeps: tuple[SweepState, ...]


def state() -> State:
    """How the background work stands. Raises RedisError when the queue is away."""
    waiting, late = queue(), late_sweeps()
    passed = redis().hgetall(PASSED)
    return State(
        waiting=waiting.count,
        scheduled=waiting.scheduled_job_registry.count,
        failed=waiting.failed_job_registry.count,
        failing=tuple(sorted(_texts(redis().hvals(FAILING)))),
        sweeps=tuple(
            SweepState(
                each.name,
                each.cron,
                float(passed[each.name.encode()]) if each.name.encode() in passed else None,
                each.name in late,
            )
            for each in sorted(sweeps(), key=lambda each: each.name)
        ),
    )


def _texts(values: Iterable[bytes | str]) -> list[str]:
    return [each.decode() if isinstance(each, bytes) else each for each in values]


def _note_passed(name: str) -> None:
    try:
        redis().hset(PASSED, name, redis().time()[0])
    except RedisError as error:
        log.warning("queue.away", job=name, error=type(error).__name__)


def _name(function: Callable[..., None]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _id(name: str, args: tuple[Any, ...]) -> str:
    return sha256(repr((name, args)).encode()).hexdigest()


def _waits(waiting: Queue, job_id: str) -> bool:
    """Whether it stands in the queue, or waits for its next try.

    A try that is overdue waits for nobody: the worker that would have taken it up was killed, and
    for two minutes no other may.
    """
    if redis().lpos(waiting.key, job_id) is not None:
        return True
    due = redis().zscore(waiting.scheduled_job_registry.key, job_id)
    return due is not None and due > redis().time()[0] - OVERDUE_SECONDS


def _runs(job_id: str) -> bool:
    status = redis().hget(Job.key_for(job_id), "status")
    return status == JobStatus.STARTED.value.encode()


def _count_failure(name: str, args: tuple[Any, ...]) -> None:
    """Count a failed try; from the second round on hold it back, and in the end ring."""
    job_id = _id(name, args)
    try:
        tries = int(redis().incr(f"jobs:tries:{job_id}"))
        redis().expire(f"jobs:tries:{job_id}", FAILED_KEPT_SECONDS)
        if tries >= TRIES_OF_A_PLACE:
            doubled = HELD_BACK_SECONDS << min(tries - TRIES_OF_A_PLACE, 16)
            seconds = min(HELD_BACK_SECONDS_MAX, doubled)
            redis().set(f"jobs:held:{job_id}", name, ex=seconds)
        if tries >= RINGS_AFTER:
            redis().hset(FAILING, job_id, name)
            redis().expire(FAILING, FAILED_KEPT_SECONDS)
            log.error("job.keeps_failing", job=name, tries=tries)
    except RedisError as error:
        log.warning("queue.away", job=name, error=type(error).__name__)


def _forget_failures(name: str, args: tuple[Any, ...]) -> None:
    job_id = _id(name, args)
    try:
        with redis().pipeline() as forgetting:
            forgetting.delete(f"jobs:tries:{job_id}", f"jobs:held:{job_id}")
            forgetting.hdel(FAILING, job_id)
            forgetting.execute()
    except RedisError as error:
        log.warning("queue.away", job=name, error=type(error).__name__)
