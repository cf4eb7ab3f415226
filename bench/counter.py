"""Redemption over HTTP: how long clerks wait when sixteen scan at once in one busy shop."""

import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

from app.config import ROOT
from app.embedded import dying_with_parent

POINTS = 3
READY_SECONDS_MAX = 60


@dataclass(frozen=True)
class Waited:
    """What clients saw: answers a second, and how long an answer took."""

    per_second: float
    median_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Served:
    """A server that answers."""

    port: int
    pid: int


@contextmanager
def server(what: str = "bench.naive:served()") -> Iterator[int]:
    """The port of ``served``."""
    with served(what) as running:
        yield running.port


@contextmanager
def served(what: str = "bench.naive:served()") -> Iterator[Served]:
    """The application with the naive view, or another, under gunicorn as `make run` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", what, "--bind", f"127.0.0.1:{port}"),
    ]
    process = subprocess.Popen(  # noqa: S603 - our own program
        command,
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=dying_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
    )
    try:
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not _answers(port):
            assert process.poll() is None, "gunicorn did not start"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield Served(port, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def redeem(
    port: int, path: str, tokens: list[str], codes: list[str], *, every_seconds: float = 0
) -> Waited:
    """Redeem all codes, a client for each token, every client one after another.

    With ``every_seconds`` a client has a customer so often, the clients taking turns, and a wait
    counts from when the customer came. Without it the next one comes as soon as one is served.
    """
    shares = [codes[n :: len(tokens)] for n in range(len(tokens))]
    taken: list[float] = []
    begins = time.perf_counter() + 0.1
    threads = [
        threading.Thread(
            target=_serve,
            args=(port, path, token, share, taken),
            kwargs={
                "first_at": begins + every_seconds * n / len(tokens),
                "every_seconds": every_seconds,
            },
        )
        for n, (token, share) in enumerate(zip(tokens, shares, strict=True))
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    assert len(taken) == len(codes), "every code was redeemed"
    hundredths = statistics.quantiles(taken, n=100)
    return Waited(len(taken) / elapsed, 1000 * hundredths[49], 1000 * hundredths[98])


def _serve(
    port: int,
    path: str,
    token: str,
    codes: list[str],
    taken: list[float],
    *,
    first_at: float,
    every_seconds: float,
) -> None:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for n, code in enumerate(codes):
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": uuid4().hex,
            "Content-Type": "application/json",
        }
        came_at = first_at + n * every_seconds
        time.sleep(max(0, came_at - time.perf_counter()))
        began = came_at if every_seconds else time.perf_counter()
        web.request("POST", path, json.dumps({"code": code, "points": POINTS}), headers)
        answer = web.getresponse()
        body = answer.read()
        took = time.perf_counter() - began
        if answer.status != HTTPStatus.CREATED:
            raise AssertionError(f"{path}: {answer.status} {body.decode()}")
        taken.append(took)
    web.close()


def _answers(port: int) -> bool:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        web.request("GET", "/readyz")
        return web.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        web.close()
