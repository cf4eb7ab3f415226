"""The web processes under slow phones, large files, and those who speak no HTTP."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from hashlib import sha256

import pytest

from app.config import ROOT
from operations.serving import BYTES_A_SECOND, GRACE_SECONDS, Pace
from tests.given.served import LONG_BYTES
from tests.given.servers import eventually

SLOW_CLIENTS = 200
HURRIED = """
exec(open("gunicorn.conf.py").read())
from operations import serving
serving.GRACE_SECONDS, serving.IDLE_SECONDS, serving.LOOK_SECONDS = 1, 2, 0.2
"""


class Served:
    """The application under gunicorn, started as the web processes are."""

    def __init__(self, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "tests.given.served:app", *options]
        self.process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{self.port}"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually(self._answers)

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/ready")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def connected(self, said: bytes = b"", *, buffer: int | None = None) -> socket.socket:
        client = socket.socket()
        if buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.settimeout(10)
        client.connect(("127.0.0.1", self.port))
        client.sendall(said)
        return client

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    running = Served()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def hurried(tmp_path_factory) -> Iterator[Served]:
    """The same, with little patience, so that the tests need none."""
    settings = tmp_path_factory.mktemp("hurried") / "settings.py"
    settings.write_text(HURRIED)
    running = Served("--config", str(settings))
    yield running
    running.stop()


def head(method: str, path: str, *more: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: fen", *more]).encode()


SLOW = (
    head("GET", "/ready", "X-Slow: "),  # never ends its head
    head("POST", "/arrived", "Content-Length: 1000") + b"\r\n\r\nx",  # nor its body
    head("GET", "/long") + b"\r\n\r\n",  # nor reads its answer
)


def answer_of(client: socket.socket) -> http.client.HTTPResponse:
    answer = http.client.HTTPResponse(client)
    answer.begin()
    return answer


def is_closed(client: socket.socket) -> bool:
    client.settimeout(0.01)
    try:
        while client.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def test_two_hundred_slow_clients_keep_nobody_else_waiting(served):
    with ExitStack() as clients:
        slow = [
            clients.enter_context(closing(served.connected(SLOW[n % 3], buffer=4096)))
            for n in range(SLOW_CLIENTS)
        ]
        for _ in range(5):
            for n, client in enumerate(slow):
                client.recv(1) if n % 3 == 2 else client.send(b"x")

            began = time.monotonic()
            status, told = served.ask("GET", "/ready")

            assert (status, json.loads(told)) == (200, {"status": "ok"})
            assert time.monotonic() - began < 1


@pytest.mark.parametrize("said", [*SLOW[:2], b""], ids=["head", "body", "nothing"])
def test_who_says_too_little_is_let_go(hurried, said):
    with closing(hurried.connected(said)) as client:
        assert not is_closed(client)

        eventually(lambda: is_closed(client), 10)


def test_who_does_not_read_the_answer_is_let_go(hurried):
    with closing(hurried.connected(SLOW[2], buffer=4096)) as client:
        time.sleep(3)  # without reading: what was sent before is all that there is

        read = 0
        with suppress(ConnectionError):
            while piece := client.recv(65536):
                read += len(piece)

        assert read < LONG_BYTES


def test_who_sends_slowly_but_steadily_is_heard(hurried):
    content = os.urandom(9000)
    with closing(
        hurried.connected(head("POST", "/arrived", "Content-Length: 9000") + b"\r\n\r\n")
    ) as client:
        for start in range(0, 9000, 300):
            client.sendall(content[start : start + 300])
            time.sleep(0.1)

        assert sha256(content).hexdigest().encode() in client.recv(65536)


@pytest.mark.parametrize(
    ("seconds", "through", "is_slow"),
    [
        (GRACE_SECONDS, 0, False),
        (GRACE_SECONDS + 1, 0, True),
        (GRACE_SECONDS + 10, 10 * BYTES_A_SECOND, False),
        (GRACE_SECONDS + 11, 10 * BYTES_A_SECOND, True),
        (GRACE_SECONDS + 60, GRACE_SECONDS + 60, True),  # a byte a second
    ],
)
def test_slow_is_who_moves_less_than_so_many_bytes_a_second(seconds, through, is_slow):
    pace = Pace()
    pace.is_slow(goes_on=True, now=100.0)
    pace.bytes += through

    assert pace.is_slow(goes_on=True, now=100.0 + seconds) is is_slow


def test_who_stands_still_is_slow_however_much_came_through_before():
    pace = Pace()
    pace.is_slow(goes_on=True, now=100.0)
    pace.bytes += 3_000_000  # what the kernel takes of an answer that nobody reads

    assert not pace.is_slow(goes_on=True, now=101.0)
    assert not pace.is_slow(goes_on=True, now=101.0 + GRACE_SECONDS)
    assert pace.is_slow(goes_on=True, now=101.5 + GRACE_SECONDS)


def test_a_new_request_gets_time_of_its_own():
    pace = Pace()
    pace.is_slow(goes_on=True, now=100.0)
    pace.is_slow(goes_on=False, now=150.0)

    assert not pace.is_slow(goes_on=True, now=200.0)
    assert not pace.is_slow(goes_on=True, now=200.0 + GRACE_SECONDS)


def test_a_large_file_arrives_whole(served):
    content = os.urandom(10 << 20)

    _, told = served.ask("POST", "/arrived", content)

    assert json.loads(told) == {"sha256": sha256(content).hexdigest()}


@pytest.mark.parametrize("megabytes", [13, 33])
def test_who_sends_too_much_is_told_so_in_words(served, megabytes):
    said = head("POST", "/arrived", f"Content-Length: {megabytes << 20}") + b"\r\n\r\n"
    with closing(served.connected(said)) as client:
        if megabytes == 13:
            client.sendall(bytes(megabytes << 20))
        answer = answer_of(client)

        assert answer.status == 413
        told = json.load(answer)
        assert (told["code"], told["message"]) == ("http_413", "文件太大，请压缩后再上传")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"\x16\x03\x01\x02\r\n\r\n", 400),
        (head("POST", "/arrived", "Content-Length: many") + b"\r\n\r\n", 400),
        (head("POST", "/arrived", "Transfer-Encoding: chunked") + b"\r\n\r\nzz\r\n", 400),
        (head("POST", "/arrived", "Transfer-Encoding: rot13") + b"\r\n\r\n", 501),
        (head("GET", "/ready", "X: " + 70_000 * "x") + b"\r\n\r\n", 431),
    ],
    ids=["tls", "length", "chunk", "coding", "long head"],
)
def test_what_is_no_http_is_refused_in_the_envelope_of_all(served, said, status):
    with closing(served.connected(said)) as client:
        answer = answer_of(client)

        told = json.load(answer)
    assert (answer.status, told["code"]) == (status, f"http_{status}")
    assert told["message"] == "请求有误，请检查后重试"
    assert told["details"] == {}
    assert len(told["request_id"]) == 32


def test_an_answer_that_is_made_bit_by_bit_leaves_bit_by_bit(served):
    with closing(served.connected(head("GET", "/stream") + b"\r\n\r\n")) as client:
        answer = answer_of(client)

        began = time.monotonic()
        first = answer.readline()

        assert (first, time.monotonic() - began < 0.8) == (b"first\n", True)
        assert answer.read() == b"last\n"


def test_a_long_answer_is_read_whole_and_the_connection_goes_on(served):
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)) as connection:
        connection.request("GET", "/long")
        assert len(connection.getresponse().read()) == LONG_BYTES
        kept = connection.sock

        connection.request("GET", "/ready")

        assert json.load(connection.getresponse()) == {"status": "ok"}
        assert connection.sock is kept


def test_who_is_being_served_when_it_stops_is_served_to_the_end():
    running = Served()
    with closing(running.connected(head("GET", "/wait") + b"\r\n\r\n")) as client:
        time.sleep(0.3)
        running.process.send_signal(signal.SIGTERM)

        assert json.load(answer_of(client)) == {"status": "done"}
    assert running.process.wait(10) == 0
