"""The web processes: gunicorn starts, watches and replaces them, waitress speaks HTTP in them.

A thread works for a request only once all of it has arrived, and is free as soon as the answer is
written down; one loop a process reads and writes slowly, for as many slow phones as there are.
Who is slower than ``BYTES_A_SECOND`` after ``GRACE_SECONDS``, or stands still so long, is dropped,
reading or writing. Large requests and answers wait on disk. Why, and what else was measured:
docs/adr/0036.
"""

import json
import os
import resource
import time
from typing import Any
from uuid import uuid4

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer, UnixWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import RequestEntityTooLarge

from app.web.api import SENTENCES

GRACE_SECONDS = 30
BYTES_A_SECOND = 500
IDLE_SECONDS = 75  # between two requests of a connection
LOOK_SECONDS = 5  # how often the slow are looked for
CONNECTIONS_MAX = 2000  # of a process; more wait to be accepted
OPEN_FILES = 8192  # a slow answer that is large has one too

MEGABYTE = 1 << 20
# Far above what the application takes: who sends more than that shall hear so from it.
REQUEST_BYTES_MAX = 32 * MEGABYTE
HEADER_BYTES_MAX = 64 << 10
IN_MEMORY_BYTES = MEGABYTE // 2  # of a request or an answer; the rest is on disk
ANSWER_BYTES_AHEAD = 256 * MEGABYTE  # what a thread may write down before it waits for the reader
POLL_SECONDS = 1.0


class Request(HTTPRequestParser):
    """A request as it arrives. One that is too large goes to the application without its body,
    whose refusal people understand."""

    error: Any = None

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.error, self.body_rcv = None, None
            self.headers["CONTENT_LENGTH"] = str(max(self.content_length, REQUEST_BYTES_MAX))
            self.headers["CONNECTION"] = "close"
        return consumed


class Refusal(ErrorTask):
    """The answer to what is no HTTP, in the envelope of all others."""

    def execute(self) -> None:
        error = self.request.error
        told = {
            "code": f"http_{error.code}",
            "message": SENTENCES.get(error.code, SENTENCES[400]),
            "details": {},
            "request_id": uuid4().hex,
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/json"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Pace:
    """How long something has been going on, how many bytes of it came through, and when the last.

    What came through at once buys no time to stand still: an answer's first megabytes go into the
    kernel, whoever reads them or not.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._since: float | None = None
        self._moved_at, self._moved_bytes = 0.0, 0

    def is_slow(self, *, goes_on: bool, now: float) -> bool:
        """To be asked from time to time, with whether it still goes on."""
        if not goes_on:
            self._since = None
            return False
        if self._since is None:
            self._since, self.bytes = now, 0
            self._moved_at, self._moved_bytes = now, 0
        if self.bytes != self._moved_bytes:
            self._moved_at, self._moved_bytes = now, self.bytes
        stands_still = now - self._moved_at > GRACE_SECONDS
        return stands_still or now - self._since > GRACE_SECONDS + self.bytes / BYTES_A_SECOND


class Connection(HTTPChannel):
    """One client: what it sends is collected, what it gets is kept until it has it."""

    parser_class = Request
    error_task_class = Refusal

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._asking, self._reading = Pace(), Pace()
        super().__init__(*arguments, **options)

    @property
    def is_busy(self) -> bool:
        """Whether it waits for an answer, or has not read all of one."""
        return bool(self.requests or self.total_outbufs_len)

    def is_slow(self, now: float) -> bool:
        is_asking_slowly = self._asking.is_slow(goes_on=self.request is not None, now=now)
        is_reading_slowly = self._reading.is_slow(goes_on=self.total_outbufs_len > 0, now=now)
        return is_asking_slowly or is_reading_slowly

    def received(self, data: bytes) -> bool:
        self._asking.bytes += len(data)
        done: bool = super().received(data)
        return done

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent: int = super().send(data, do_close=do_close)
        self._reading.bytes += sent
        return sent


class _Listener:
    """What both kinds of listening sockets do with their connections."""

    channel_class = Connection

    def maintenance(self: Any, now: float) -> None:
        for connection in list(self.active_channels.values()):
            is_idle = not connection.is_busy and connection.last_activity < now - IDLE_SECONDS
            if is_idle or connection.is_slow(now):
                connection.handle_close()

    def stop(self: Any) -> None:
        """Accept nobody any more, and let go those who wait for nothing."""
        self.accepting = False
        self.del_channel()
        for connection in list(self.active_channels.values()):
            if not connection.is_busy:
                connection.handle_close()

    @property
    def is_busy(self: Any) -> bool:
        return any(connection.is_busy for connection in list(self.active_channels.values()))


class _TcpListener(_Listener, TcpWSGIServer):
    pass


class _UnixListener(_Listener, UnixWSGIServer):
    pass


class _Bell(wasyncore.file_dispatcher):
    """Wakes the loop when gunicorn rings: a signal came."""

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        self.recv(4096)


class BufferingWorker(Worker):
    """One web process of gunicorn's."""

    def run(self) -> None:
        _raise_open_files()
        self._map: dict[int, Any] = {}
        self._threads = ThreadedTaskDispatcher()
        self._threads.set_thread_count(self.cfg.threads)
        self._threads.queue_logger.disabled = True  # it would tell each request that waits
        listeners = [self._listener(socket.sock) for socket in self.sockets]
        _Bell(self.PIPE[0], self._map)
        while self.alive and self.ppid == os.getppid():
            self._turn()
        for listener in listeners:
            listener.stop()
        # Gunicorn kills who stays longer than its grace.
        until = time.monotonic() + max(0.5, self.cfg.graceful_timeout - 0.5)
        while time.monotonic() < until and any(each.is_busy for each in listeners):
            self._turn()
        self._threads.shutdown(timeout=0.2)

    def _turn(self) -> None:
        self.notify()
        wasyncore.poll2(POLL_SECONDS if self.alive else 0.05, self._map)

    def _listener(self, socket: Any) -> Any:
        address = socket.getsockname()
        kind = _UnixListener if isinstance(address, str | bytes) else _TcpListener
        return kind(
            self.wsgi,
            self._map,
            True,
            socket,
            dispatcher=self._threads,
            adj=_adjustments(),
            sockinfo=(socket.family, socket.type, socket.proto, address),
            bind_socket=False,
        )


def _adjustments() -> Adjustments:
    return Adjustments(
        connection_limit=CONNECTIONS_MAX,
        cleanup_interval=LOOK_SECONDS,
        max_request_header_size=HEADER_BYTES_MAX,
        max_request_body_size=REQUEST_BYTES_MAX,
        inbuf_overflow=IN_MEMORY_BYTES,
        outbuf_overflow=IN_MEMORY_BYTES,
        outbuf_high_watermark=ANSWER_BYTES_AHEAD,
        recv_bytes=64 << 10,
        ident="",
        clear_untrusted_proxy_headers=False,  # the application believes none of them
        log_socket_errors=False,  # of phones that go away
    )


def _raise_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
