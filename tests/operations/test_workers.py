"""``flask worker`` and ``flask cron`` as processes, on a Valkey of their own."""

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psutil
import pytest
from rq import Queue
from rq.cron import CronScheduler
from rq.serializers import JSONSerializer
from rq.utils import now

from app.config import ROOT, read_settings
from app.embedded import running
from app.kernel import jobs
from app.kernel.clock import CALENDAR
from app.photos.jobs import prepare
from app.points.ledger.jobs import open_coming_months
from operations.factory import create_app
from operations.workers import MOVED, Job, Scheduler
from tests.given.servers import eventually


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Servers without tables: the jobs of these tests only sleep, or wait to be run."""
    home = tmp_path_factory.mktemp("workers")
    with running(home, durable=False):
        yield read_settings({"FEN_ENV": "test", "FEN_HOME": str(home)})


@pytest.fixture
def queue(settings, monkeypatch) -> Iterator[Queue]:
    # Making an application gives it this process's jobs: other tests get theirs back.
    monkeypatch.setattr(jobs, "_application", jobs._application)
    with create_app(settings).app_context():
        redis = jobs.redis()
        redis.flushdb()
        yield Queue(jobs.QUEUE, connection=redis, serializer=JSONSerializer)
        redis.close()


@contextmanager
def command(settings, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env={**os.environ, "FEN_ENV": "test", "FEN_HOME": settings.home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_burst_ends_when_the_queue_is_empty(settings, queue):
    done = [queue.enqueue("time.sleep", 0, result_ttl=60) for _ in range(3)]

    with command(settings, "worker", "--burst") as worker:
        assert worker.wait(60) == 0

    assert [job.get_status() for job in done] == ["finished"] * 3


def test_a_worker_that_is_told_to_stop_finishes_the_job_at_hand(settings, queue):
    job = queue.enqueue("time.sleep", 2, result_ttl=60)
    with command(settings, "worker") as worker:
        eventually(lambda: job.get_status() == "started")
        waiting = queue.enqueue("time.sleep", 0, result_ttl=60)

        worker.send_signal(signal.SIGTERM)

        assert worker.wait(60) == 0
    assert job.get_status() == "finished"
    assert waiting.get_status() == "queued"


def test_a_job_does_not_run_on_after_its_worker_was_killed(settings, queue):
    job = queue.enqueue("time.sleep", 60)
    with command(settings, "worker") as worker:
        eventually(lambda: job.get_status() == "started")
        horses = [
            child
            for child in psutil.Process(worker.pid).children()
            if os.getpgid(child.pid) == child.pid
        ]
        assert len(horses) == 1

        worker.kill()

        eventually(lambda: not horses[0].is_running())


@pytest.mark.parametrize("old", MOVED)
def test_a_job_that_the_release_before_queued_is_found_where_it_is_now(queue, old):
    moved = importlib.import_module(MOVED[old])
    name, function = next(
        (name, value) for name, value in vars(moved).items() if hasattr(value, "__wrapped__")
    )

    assert Job.create(f"{old}.{name}", connection=queue.connection).func is function


def test_cron_hands_over_what_is_due_as_the_application_would(settings, queue):
    scheduler = Scheduler(queue.connection)
    due = scheduler.register(open_coming_months, jobs.QUEUE, cron="* * * * *")
    later = scheduler.register(open_coming_months, jobs.QUEUE, cron="* * * * *")
    due.next_enqueue_time = now() - timedelta(seconds=1)
    later.next_enqueue_time = now() + timedelta(minutes=5)

    assert scheduler.enqueue_jobs() == [due]
    assert scheduler.enqueue_jobs() == []

    [job] = queue.jobs
    assert job.func_name == "app.points.ledger.jobs.open_coming_months"
    assert job.retries_left == len(jobs.RETRY_AFTER_SECONDS)


def test_cron_keeps_the_countys_clock_and_ends_when_it_is_told_to(settings, queue):
    with command(settings, "cron") as cron:
        [scheduler] = eventually(lambda: CronScheduler.all(queue.connection))
        nightly = [
            job.next_enqueue_time.astimezone(CALENDAR).strftime("%H:%M")
            for job in scheduler.get_jobs()
            if job.func_name == "app.points.ledger.jobs.open_coming_months"
        ]
        assert nightly == ["03:17"]

        cron.send_signal(signal.SIGTERM)

        assert cron.wait(60) == 0


def test_a_failure_is_counted_although_the_command_has_a_context_of_its_own(settings, queue):
    jobs.enqueue(prepare, "no county", "no id")

    with command(settings, "worker", "--burst") as worker:
        assert worker.wait(60) == 0

    (tries,) = queue.connection.scan_iter("jobs:tries:*")
    assert queue.connection.get(tries) == b"1"
