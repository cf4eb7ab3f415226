"""Every job of every wing: one place in the queue, some tries, and a bell when it keeps failing."""

import pytest
from rq import SimpleWorker
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer
from structlog.testing import capture_logs

from app.kernel import jobs
from app.outside.bank import BankTakesNoFiles
from operations import domains

domains.found_sweeps()  # all modules of jobs are loaded
SWEEPS = [sweep.function for sweep in jobs.sweeps()]
JOBS = [one for one in jobs.every_job() if one not in SWEEPS and one.__module__ != __name__]
WEEK = 7 * 24 * 3_600
NOTHING = ("no county", "no id")  # what no job can work with


@pytest.fixture
def queued(app):
    """The queue, empty at first."""
    with app.app_context():
        queue = jobs.queue()
        for name in jobs.QUEUES:
            jobs.queue(name).empty()
        for key in jobs.redis().scan_iter("jobs:*"):
            jobs.redis().delete(key)
        yield queue
        for name in jobs.QUEUES:
            jobs.queue(name).empty()


def fail(function, args, times: int) -> None:
    for _ in range(times):
        with pytest.raises((ValueError, BankTakesNoFiles)):
            function(*args)


@pytest.mark.parametrize(
    "function", [*JOBS, *SWEEPS], ids=lambda one: one.__module__ + one.__name__
)
def test_however_often_it_is_asked_for_it_has_one_place(queued, function):
    args = NOTHING if function in JOBS else ()

    for _ in range(30):
        jobs.enqueue(function, *args)
        jobs.take_up(function, *args)

    (job,) = jobs.queue(function.queue).get_jobs()
    assert (job.retries_left, job.failure_ttl, job.result_ttl) == (3, WEEK, 0)
    assert job.timeout == getattr(function, "timeout_seconds", 120)


def test_there_are_jobs_in_every_wing_that_works_in_the_background():
    assert {one.__module__ for one in JOBS} == {
        "app.messages.delivery.jobs",
        "app.photos.jobs",
        "app.sorting.self_checks.jobs",
        "mall.orders.jobs",
        "mall.settlement.jobs",
    }


@pytest.mark.parametrize("function", JOBS, ids=lambda one: one.__module__ + one.__name__)
def test_what_keeps_failing_is_held_back_and_rings(app, queued, function):
    redis = jobs.redis()
    its_own = jobs.queue(function.queue)

    def taken_up() -> int:
        its_own.empty()
        jobs.take_up(function, *NOTHING)
        return len(its_own.get_jobs())

    outside_a_context(app, lambda: fail(function, NOTHING, jobs.TRIES_OF_A_PLACE - 1))
    assert (taken_up(), jobs.failing()) == (1, 0)
    outside_a_context(app, lambda: fail(function, NOTHING, 1))
    assert (taken_up(), jobs.failing()) == (0, 0)
    with capture_logs() as logs:
        outside_a_context(app, lambda: fail(function, NOTHING, jobs.TRIES_OF_A_PLACE))

    assert jobs.failing() == 1
    assert [one["log_level"] for one in logs if one["event"] == "job.keeps_failing"] == ["error"]
    (held,) = redis.scan_iter("jobs:held:*")
    assert 900 < redis.ttl(held) <= jobs.HELD_BACK_SECONDS_MAX
    jobs.enqueue(function, *NOTHING)  # a person, or what has just changed, asks: at once
    assert len(its_own.get_jobs()) == 1


def outside_a_context(app, work) -> None:
    """As in a worker, which has none of its own."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


_fails = {"now": True}


@jobs.job
def sometimes(county_id: str, one_id: str) -> None:
    if _fails["now"]:
        raise ValueError("invalid literal")


def test_what_passes_again_rings_no_more(app, queued):
    _fails["now"] = True
    outside_a_context(app, lambda: fail(sometimes, ("1", "2"), jobs.RINGS_AFTER))
    assert jobs.failing() == 1
    _fails["now"] = False

    outside_a_context(app, lambda: sometimes("1", "2"))

    assert jobs.failing() == 0
    assert list(jobs.redis().scan_iter("jobs:tries:*")) == []
    jobs.take_up(sometimes, "1", "2")
    assert len(queued.get_jobs()) == 1


def test_what_runs_may_be_asked_for_once_more(queued):
    jobs.enqueue(sometimes, "1", "2")
    (job,) = queued.get_jobs()
    job.set_status("started")
    jobs.redis().lrem(queued.key, 0, job.id)

    for _ in range(5):
        jobs.enqueue(sometimes, "1", "2")

    assert [one.id for one in queued.get_jobs()] == [f"{job.id}-again"]


def test_what_waits_for_its_next_try_has_its_place(app, queued):
    _fails["now"] = True
    jobs.enqueue(sometimes, "1", "2")
    worker = SimpleWorker([queued], connection=queued.connection, serializer=JSONSerializer)
    worker.work(burst=True)

    jobs.enqueue(sometimes, "1", "2")

    assert queued.get_jobs() == []
    assert len(queued.scheduled_job_registry) == 1
    assert len(FailedJobRegistry(queue=queued)) == 0

    # The worker was killed: who was to take up its next try is gone, and nobody else may yet.
    registry = queued.scheduled_job_registry
    (job_id,) = registry.get_job_ids()
    queued.connection.zadd(registry.key, {job_id: queued.connection.time()[0] - 16})
    jobs.take_up(sometimes, "1", "2")

    assert [one.id for one in queued.get_jobs()] == [job_id]
    assert len(registry) == 0


def look_at_shops():
    return next(sweep for sweep in jobs.sweeps() if sweep.name == "mall.risk.jobs.look_at_shops")


def test_a_sweep_that_does_not_run_rings_and_one_that_passes_does_not(app, queued):
    sweep = look_at_shops()
    long_ago = int(jobs.redis().time()[0]) - sweep.late_after_seconds - 60
    assert jobs.late_sweeps() == frozenset()  # nobody is late as soon as somebody watches
    jobs.redis().set(jobs.WATCHED_SINCE, long_ago)
    assert sweep.name in jobs.late_sweeps()

    outside_a_context(app, sweep.function)

    assert sweep.name not in jobs.late_sweeps()
    jobs.redis().hset(jobs.PASSED, sweep.name, long_ago)
    assert sweep.name in jobs.late_sweeps()
    figures = app.test_client().get("/metrics").text
    assert f'fen_sweep_late{{sweep="{sweep.name}"}} 1.0' in figures


@pytest.mark.parametrize(
    ("cron", "seconds"),
    [("* * * * *", 7_200), ("*/10 * * * *", 7_200), ("5 * * * *", 7_200), ("40 3 * * *", 172_800)],
)
def test_how_long_a_sweep_may_not_pass_goes_by_how_often_it_runs(cron, seconds):
    assert jobs.Sweep(lambda: None, cron).late_after_seconds == seconds
