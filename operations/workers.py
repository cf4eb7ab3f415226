"""``flask worker`` and ``flask cron``: the jobs behind the requests, and those by the clock."""

import logging
import os
import signal
import time
from collections.abc import Callable
from contextvars import Context
from types import FrameType
from typing import Any

import click
import rq
from flask import current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq.cron import CronJob, CronScheduler
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.utils import import_attribute, now
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.embedded import dying_with_parent
from app.kernel import jobs
from app.kernel.db import db
from operations import domains

log = logging.getLogger(__name__)

# Where jobs lay in the release before, so that those it queued still run.
MOVED = {
    "app.awards.jobs": "app.points.awards.jobs",
    "app.budgets.jobs": "app.points.budgets.jobs",
    "app.expiry.jobs": "app.points.expiry.jobs",
    "app.ledger.jobs": "app.points.ledger.jobs",
    "app.messages.jobs": "app.messages.delivery.jobs",
    "app.proof.jobs": "operations.proving.jobs",
    "app.ranks.jobs": "app.standing.ranks.jobs",
    "app.rates.jobs": "app.sorting.rates.jobs",
    "app.rounds.jobs": "app.sorting.rounds.jobs",
    "app.sales.jobs": "app.recycling.sales.jobs",
    "app.scores.jobs": "app.standing.scores.jobs",
    "app.sorting.jobs": "app.sorting.self_checks.jobs",
}
AWAY_SECONDS_MAX = 5.0  # how long to wait before Valkey is tried again
COUNTY_TZ = "CST-8"  # as app.kernel.clock.CALENDAR; written so that it needs no zone files


class Job(rq.job.Job):
    """A job that may have been queued by the release before, under its module's old name."""

    @property
    def func(self) -> Callable[..., Any]:
        module, _, function = (self.func_name or "").rpartition(".")
        found: Callable[..., Any] = import_attribute(f"{MOVED.get(module, module)}.{function}")
        return found


class Worker(rq.Worker):
    """RQ's worker, which comes back when Valkey does, and whose work horses die with it."""

    job_class = Job
    max_connection_wait_time = AWAY_SECONDS_MAX
    is_stopping = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.is_stopping = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def perform_job(self, *arguments: Any, **options: Any) -> Any:
        # Outside the command's application context: a job brings its own, and what it does there
        # (count failures, note that a sweep passed) it does not do for who calls it directly.
        return Context().run(super().perform_job, *arguments, **options)

    def setup_work_horse_signals(self) -> None:
        # The job is then found by its sweep; a stray horse could still write meanwhile.
        dying_with_parent(signal.SIGKILL)()
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]


class Scheduler(CronScheduler):
    """RQ's cron scheduler, handing jobs over as the application does: as JSON, with retries."""

    def enqueue_jobs(self) -> list[CronJob]:
        due = [each for each in self.get_jobs() if each.should_run()]
        for each in due:
            assert each.func is not None, "every job was registered below"
            jobs.enqueue(each.func)
            each.set_enqueue_time(now())  # RQ's own clock, by which it was due
        return due


@click.command()
@click.option("--burst", is_flag=True, help="Stop when the queue is empty.")
@click.option("--bank", is_flag=True, help="Run what is the bank's channel's, and nothing else.")
def worker(*, burst: bool, bank: bool) -> None:
    """Run the jobs of the queue until SIGTERM, then finish the one at hand."""
    queue, role = (jobs.BANK_QUEUE, "fen_bank") if bank else (jobs.QUEUE, "fen_worker")
    _refuse_another_role(role)
    _quiet()
    _outliving_valkey(lambda: _worked_off(queue, burst=burst))


@click.command()
def cron() -> None:
    """Put the sweeps into the queue, each by the county's clock, until SIGTERM."""
    os.environ["TZ"] = COUNTY_TZ  # RQ reads a cron line by the clock of the process
    time.tzset()
    _quiet()
    scheduler = Scheduler(_own_connection())
    for sweep in domains.found_sweeps():
        scheduler.register(sweep.function, jobs.QUEUE, cron=sweep.cron)

    def finished() -> bool:
        """Run until asked to stop; RQ then returns, while a fault of Valkey is raised."""
        scheduler.start()  # type: ignore[no-untyped-call]
        return True

    _outliving_valkey(finished)


def _refuse_another_role(role: str) -> None:
    """A worker that may not write what its jobs write would fail in each; say so at the start."""
    try:
        with db.engine.connect() as connection:
            asked = {"role": role}
            may = connection.scalar(text("SELECT pg_has_role(:role, 'USAGE')"), asked)
            name = connection.scalar(text("SELECT current_user"))
    except OperationalError:
        return  # the database is away: it is waited for, job by job
    finally:
        db.engine.dispose()  # each job is a fork, and no two may speak on one connection
    if not may:
        raise click.ClickException(
            f"DATABASE_URL names {name}, and this process works as {role} (docs/operations.md)."
        )


def _worked_off(name: str, *, burst: bool) -> bool:
    """Work until told to stop, or until Valkey went away in a way that RQ gives up on."""
    connection = _own_connection()
    queue = rq.Queue(name, connection=connection, serializer=JSONSerializer)
    worker = Worker(
        [queue],
        connection=connection,
        serializer=JSONSerializer,
        log_job_description=False,  # it would print the arguments
        worker_ttl=60,
        maintenance_interval=60,
    )
    try:
        worker.work(burst=burst, with_scheduler=True)
    except RedisError:
        if not worker.is_stopping:
            raise
    return burst or worker.is_stopping


def _outliving_valkey(finished: Callable[[], bool]) -> None:
    """Repeat the work until it is finished; while Valkey is away, ever less often."""
    pause = 0.5
    try:
        while True:
            began = time.monotonic()
            try:
                if finished():
                    return
            except RedisError as error:
                log.warning("Valkey does not answer (%s), trying again", type(error).__name__)
            if time.monotonic() - began > AWAY_SECONDS_MAX:
                pause = 0.5
            time.sleep(pause)
            pause = min(AWAY_SECONDS_MAX, 2 * pause)
    except StopRequested:  # raised by RQ's signal handler while we waited
        return


def _own_connection() -> Redis:
    """RQ waits long for the next job and so changes its connection's timeouts: not the shared."""
    url: str = current_app.config["SETTINGS"].redis_url
    return Redis.from_url(url, retry=Retry(NoBackoff(), 1))


def _quiet() -> None:
    """A job logs its own line; RQ's several lines about each are left out."""
    for library in ("rq.worker", "rq.cron", "rq.scheduler"):
        logging.getLogger(library).setLevel(logging.WARNING)
