"""One server process, and a lock that the kernel ties to its life.

The server inherits an open file with an exclusive ``flock``, and so do its own children. The
lock is free exactly when none of them is left, whoever killed them and however: no pid file has
to be believed, and a pid that now belongs to another program deceives nobody.
"""

import fcntl
import logging
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Protocol

from app.embedded.account import Account, credentials, passage
from app.embedded.errors import NO_ROOM_PHRASES, EmbeddedError, explained, no_room
from app.embedded.places import Places
from app.embedded.tether import dying_with_parent

log = logging.getLogger(__name__)

START_SECONDS = 90  # PostgreSQL may first have to replay what a crash left
STOP_SECONDS = 8  # before the next, harder signal
LOG_BYTES_MAX = 10_000_000
LOG_LINES_SHOWN = 8
# The servers get none of our secrets, and none of the PG* variables that would change them.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}


class Program(Protocol):
    """What differs between PostgreSQL and Valkey."""

    @property
    def name(self) -> str: ...

    @property
    def stop_signals(self) -> tuple[signal.Signals, ...]:
        """What stops it, ever harder; SIGKILL comes after the last."""

    def prepare(self, data: str, descriptors: tuple[int, ...]) -> None:
        """Make the data if there are none, and clear away what a crash left."""

    def command(self, data: str, sockets: str) -> list[str]: ...

    def answers(self) -> bool: ...

    def dismiss(self) -> None:
        """Ask a server that outlived its guardian to stop."""


class Process:
    """A server of one home. Only the guardian makes them, one for each program."""

    def __init__(self, program: Program, places: Places, account: Account | None) -> None:
        self.program = program
        self._places = places
        self._account = account
        self._child: subprocess.Popen[bytes] | None = None
        self._log_began = 0

    def start(self) -> None:
        """Start the server and return when it answers.

        Raises:
            EmbeddedError: it did not come up; the message ends with its last log lines.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self.launched():
            self.program.dismiss()  # only we hold the guardian's lock, so it has no guardian
            self._wait_or_fail(deadline, 0.2)
        while not self.program.answers():
            self._wait_or_fail(deadline, 0.02)

    def launched(self) -> bool:
        """Start the server unless a child of an earlier one still lives; say whether it runs."""
        with explained(self._places.servers):
            lock = os.open(self._places.lock(self.program.name), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._spawn(lock)
            except BlockingIOError:
                return False
            finally:
                os.close(lock)
        return True

    def exited(self) -> bool:
        """Whether the server that we started has gone."""
        return self._child is not None and self._child.poll() is not None

    def stop(self) -> None:
        """Stop the server, ever harder until it has gone."""
        if self._child is None:
            return
        for stop_signal in (*self.program.stop_signals, signal.SIGKILL):
            self._child.send_signal(stop_signal)
            try:
                self._child.wait(STOP_SECONDS)
                return
            except subprocess.TimeoutExpired:
                log.warning("%s ignores %s", self.program.name, stop_signal.name)

    def _spawn(self, lock: int) -> None:
        folder = self._places.servers / self.program.name
        with (
            passage(folder, self._account) as (data, way_to_data),
            passage(self._places.sockets, self._account) as (sockets, way_to_sockets),
        ):
            self._log_began = _shortened(self._places.log(self.program.name))
            self.program.prepare(data, way_to_data)
            tether = dying_with_parent(self.program.stop_signals[0])
            with self._places.log(self.program.name).open("ab") as output:
                self._child = subprocess.Popen(
                    self.program.command(data, sockets),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd="/",
                    env=ENVIRONMENT,
                    pass_fds=(lock, *way_to_data, *way_to_sockets),
                    preexec_fn=tether,  # noqa: PLW1509 - one thread
                    **credentials(self._account),
                )
        log.info("%s started (pid %d)", self.program.name, self._child.pid)

    def _wait_or_fail(self, deadline: float, seconds: float) -> None:
        if not self.exited() and time.monotonic() < deadline:
            time.sleep(seconds)
            return
        lines = self._last_lines()
        self.stop()
        if any(phrase in lines for phrase in NO_ROOM_PHRASES):
            raise no_room(self._places.servers)
        path = self._places.log(self.program.name)
        raise EmbeddedError(
            f"{self.program.name} did not start; {path} ends with:\n{lines}",
            f"{self.program.name} 没有启动成功，请把上面的日志（{path}）发给管理员。",
        )

    def _last_lines(self) -> str:
        path = self._places.log(self.program.name)
        if not path.exists():
            return ""
        with path.open("rb") as told:
            told.seek(self._log_began)
            lines = told.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES_SHOWN:])


def _shortened(path: Path) -> int:
    """Put a log that has grown long aside; returns where this start's lines begin."""
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.rename(path.with_suffix(".log.1"))
    return path.stat().st_size if path.exists() else 0
