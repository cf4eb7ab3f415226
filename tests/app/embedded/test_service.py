"""``make run`` as a person uses it: a real start, killed processes, Ctrl-C."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from app.config import ROOT
from app.embedded import addresses
from app.points.ledger.jobs import open_coming_months
from tests.given.servers import eventually, main_process, nothing_runs

GIVEN_UP = ("WX_API_BASE", "BANK_API_BASE", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


def environment(home: Path, port: int) -> dict[str, str]:
    """The demo county has its own tests; here the processes matter."""
    kept = {name: value for name, value in os.environ.items() if name not in GIVEN_UP}
    return {
        **kept,
        "FEN_DEMO_COUNTY": "no",
        "FEN_ENV": "development",
        "FEN_HOME": str(home),
        "PORT": str(port),
    }


def free_ports() -> int:
    """The first of three ports in a row that nobody uses."""
    for first in range(20000 + os.getpid() % 10000, 60000, 3):
        with socket.socket() as a, socket.socket() as b, socket.socket() as c:
            try:
                for offset, probe in enumerate((a, b, c)):
                    probe.bind(("127.0.0.1", first + offset))
            except OSError:
                continue
            return first
    raise AssertionError("no three free ports in a row")


class Run:
    """A `make run` in the background, and what it has printed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_ports()
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.embedded"],
            cwd=ROOT,
            env=environment(home, self.port),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def said(self, words: str) -> bool:
        return any(words in line for line in list(self.lines))

    def wait_for(self, words: str, seconds: float = 60) -> None:
        eventually(lambda: self.said(words) or self.process.poll() is not None, seconds)
        assert self.said(words), "\n".join(self.lines)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as told:
                return json.load(told)["status"] == "ok"
        except (OSError, urllib.error.HTTPError):
            return False

    def children(self, words: str) -> list[psutil.Process]:
        """The direct children of the supervisor whose command line has these words (a pattern)."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):  # it has just ended
                if re.search(words, " ".join(child.cmdline())):
                    found.append(child)
        return found

    def finish(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Iterator[Run]:
    run = Run(tmp_path_factory.mktemp("county") / "home")
    try:
        run.wait_for("分已就绪")
        yield run
    finally:
        if run.process.poll() is None:
            run.finish()


def test_it_says_where_everything_is(county):
    assert county.is_ready()
    assert county.said(f"http://127.0.0.1:{county.port}/docs")
    assert county.said(f"http://127.0.0.1:{county.port + 1}/")
    assert county.said(f"http://127.0.0.1:{county.port + 2}/")


@pytest.mark.parametrize(
    "name", ["gunicorn", "wsgi worker$", "wsgi worker --bank$", "sandbox.bank"]
)
def test_a_killed_process_is_started_again(county, name):
    [killed] = county.children(name)
    left_behind = killed.children(recursive=True)

    killed.kill()

    [again] = eventually(lambda: [c for c in county.children(name) if c.pid != killed.pid])
    assert again.pid != killed.pid
    eventually(lambda: not any(stray.is_running() for stray in left_behind))
    eventually(county.is_ready)
    assert county.said("ended by signal SIGKILL; starting it again in 0.5 s")


def test_a_killed_web_worker_is_replaced(county):
    [web] = county.children("gunicorn")
    eventually(lambda: len(web.children()) == 2)
    killed = web.children()[0]

    killed.kill()

    eventually(lambda: len(web.children()) == 2 and killed not in web.children())
    assert county.children("gunicorn") == [web]
    assert county.is_ready()


@pytest.mark.parametrize("name", ["postgresql", "valkey"])
def test_the_service_recovers_from_a_killed_server(county, name):
    killed = main_process(county.home, name)

    killed.kill()

    eventually(lambda: main_process(county.home, name).pid != killed.pid)
    eventually(county.is_ready)


def test_the_service_recovers_from_a_killed_guardian(county):
    killed = main_process(county.home, "guardian")

    killed.kill()

    county.wait_for("PostgreSQL and Valkey went away; starting them again")
    eventually(lambda: main_process(county.home, "guardian").pid != killed.pid)
    eventually(county.is_ready)


def test_the_worker_and_the_cron_outlive_valkey(county):
    before = county.children("wsgi (worker|cron)")
    assert len(before) == 3  # the bank's channel has a worker of its own
    main_process(county.home, "valkey").kill()
    eventually(county.is_ready)

    with Redis.from_url(addresses(county.home).redis_url) as redis:
        queue = Queue("fen", connection=redis, serializer=JSONSerializer)
        job = queue.enqueue(open_coming_months, result_ttl=60)
        done = eventually(
            lambda: Job.fetch(job.id, connection=redis, serializer=JSONSerializer).is_finished
        )

    assert done
    assert county.children("wsgi (worker|cron)") == before


def test_ctrl_c_stops_everything_and_leaves_nothing_running(home):
    run = Run(home)
    try:
        run.wait_for("分已就绪")
        [worker] = run.children("wsgi worker$")
        eventually(lambda: len(worker.children()) == 1)  # RQ's scheduler
        everybody = psutil.Process(run.process.pid).children(recursive=True)
        assert len(everybody) >= 9  # six, two web workers, the worker's scheduler
    finally:
        code = run.finish()

    assert code == 0
    assert [process for process in everybody if is_alive(process)] == []
    assert nothing_runs(home)


def is_alive(process: psutil.Process) -> bool:
    """Whether it still does anything: one that ended may wait for its parent to take notice."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_a_taken_port_is_named_before_anything_starts(tmp_path, taken):
    port = free_ports()
    home = tmp_path / "home"
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + taken))
        other.listen()

        refused = subprocess.run(
            [sys.executable, "-m", "app.embedded"],
            check=False,
            cwd=ROOT,
            env=environment(home, port),
            capture_output=True,
            text=True,
        )

    assert refused.returncode == 1
    assert f"Port {port + taken} of 127.0.0.1 is not free" in refused.stderr
    assert "`PORT=9000 make run`" in refused.stderr
    assert f"端口 {port + taken} 已被占用" in refused.stderr
    assert not (home / "servers").exists()


def refused(home: Path, port: int, **more: str) -> str:
    """What a `make run` says that does not start."""
    ended = subprocess.run(
        [sys.executable, "-m", "app.embedded"],
        check=False,
        cwd=ROOT,
        env={**environment(home, port), **more},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1, ended
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_a_port_without_two_behind_it_is_refused(tmp_path):
    said = refused(tmp_path / "home", 65535)

    assert "take the next two ports: choose one up to 65533" in said
    assert "请选 65533 以内的端口" in said


def test_a_second_run_in_one_home_is_refused_and_names_the_first(county):
    said = refused(county.home, free_ports())

    assert (
        f"already serves {county.home} (process {county.process.pid}, port {county.port})" in said
    )
    assert "已经有一个 make run 在运行" in said
    assert county.is_ready()


def test_a_home_that_is_a_file_is_named(tmp_path):
    home = tmp_path / "home"
    home.write_text("a file")

    said = refused(home, free_ports())

    assert f"{home} cannot be the home of this service (File exists)" in said
    assert f"{home} 不能用来存放数据" in said
    assert home.read_text() == "a file"


def test_damaged_secrets_are_named_and_kept(tmp_path):
    (tmp_path / "secrets.json").write_text("{")

    said = refused(tmp_path, free_ports())

    assert f"{tmp_path / 'secrets.json'} is damaged: put back the file of your backup" in said
    assert (tmp_path / "secrets.json").read_text() == "{"


@pytest.mark.parametrize("program", ["gunicorn", "flask"])
def test_production_without_secrets_says_so_and_nothing_else(program):
    arguments = {
        "gunicorn": ["gunicorn", "--bind", "127.0.0.1:0"],
        "flask": ["flask", "--app", "wsgi", "worker"],
    }[program]
    kept = {name: value for name, value in os.environ.items() if name not in GIVEN_UP}

    ended = subprocess.run(
        [sys.executable, "-m", *arguments],
        check=False,
        cwd=ROOT,
        env={**kept, "FEN_ENV": "production"},
        capture_output=True,
        text=True,
    )

    assert ended.returncode != 0
    assert ended.stderr.strip().startswith("FEN_ENV=production needs DATABASE_URL")
    assert len(ended.stderr.strip().splitlines()) == 1


def test_production_is_refused(tmp_path):
    refused = subprocess.run(
        [sys.executable, "-m", "app.embedded"],
        check=False,
        cwd=ROOT,
        env={**environment(tmp_path / "home", free_ports()), "FEN_ENV": "production"},
        capture_output=True,
        text=True,
    )

    assert refused.returncode == 1
    assert "FEN_ENV=production needs DATABASE_URL" in refused.stderr
    assert not (tmp_path / "home").exists()


def test_a_command_typed_beside_it_reaches_the_same_bank(county):
    def flask(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT,
            env=environment(county.home, county.port),
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    flask("county", "create", "990101", "示范县")

    assert "新增 0 笔，已有 0 笔，内容有变 0 笔。" in flask("bank", "fetch-statement")
