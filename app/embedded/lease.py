"""How a process comes to use the servers of a home, and lets go of them."""

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.config import ROOT
from app.embedded.account import server_account
from app.embedded.errors import EmbeddedError, explained
from app.embedded.places import GUARDIAN_SOCKET, Addresses, Places, addresses

ANSWER_SECONDS = 120
LEAVE_SECONDS = 60


class Lease:
    """Keeps the servers of a home running until it is given back."""

    def __init__(self, places: Places, *, durable: bool = True) -> None:
        if os.environ.get("FEN_ENV") == "production":
            raise EmbeddedError(
                "The embedded servers are not for production: "
                "set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL.",
                "正式环境不使用内置数据库：请设置 DATABASE_URL、DATABASE_OWNER_URL 和 REDIS_URL。",
            )
        self._places = places
        self._guardian: subprocess.Popen[bytes] | None = None
        with _starting_alone(places):
            places.prepare(server_account(places.home))
            try:
                self._connection = self._held(durable=durable)
            except BaseException:
                self._dismiss()
                raise

    def fileno(self) -> int:
        """Readable when the guardian has gone, and the servers with it."""
        return self._connection.fileno()

    def give_back(self) -> None:
        """Let go; if nobody else holds a lease, return when the servers have stopped."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            self._connection.settimeout(LEAVE_SECONDS)
            self._connection.recv(1)
        self._connection.close()
        if self._guardian is None:
            return
        try:
            self._guardian.wait(0.5)
        except subprocess.TimeoutExpired:
            self._guardian.returncode = 0  # it stays for the others, and is no longer ours

    def _held(self, *, durable: bool) -> socket.socket:
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            connection = self._connected() or self._connected_anew(durable=durable)
            connection.settimeout(max(1, deadline - time.monotonic()))
            with suppress(OSError):
                if answer := connection.makefile("rb").readline():
                    return self._accepted(connection, json.loads(answer), durable=durable)
            connection.close()
            if self._guardian is not None:
                break  # ours failed; another's was only about to leave, and we start our own
        raise self._silent()

    def _connected(self) -> socket.socket | None:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(self._places.sockets / GUARDIAN_SOCKET))
        except OSError:
            connection.close()
            return None
        return connection

    def _connected_anew(self, *, durable: bool) -> socket.socket:
        """Start a guardian and connect to it."""
        mode = "durable" if durable else "hasty"
        with self._places.log("guardian").open("ab") as output:
            self._guardian = subprocess.Popen(
                [sys.executable, "-m", "app.embedded.guardian", str(self._places.home), mode],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                start_new_session=True,  # Ctrl-C is for us; it then stops when we let go
            )
        deadline = time.monotonic() + ANSWER_SECONDS
        while self._guardian.poll() is None and time.monotonic() < deadline:
            if connection := self._connected():
                return connection
            time.sleep(0.01)
        raise self._silent()

    def _accepted(
        self, connection: socket.socket, answer: dict[str, str | bool], *, durable: bool
    ) -> socket.socket:
        if "english" in answer:
            connection.close()
            raise EmbeddedError(str(answer["english"]), str(answer["chinese"]))
        if durable and not answer["durable"]:
            connection.close()
            raise EmbeddedError(
                f"The servers of {self._places.home} were started for tests and may lose data in "
                "a crash: wait until those have ended, or set FEN_HOME to another folder.",
                f"{self._places.home} 的数据库正以测试方式运行，断电会丢数据："
                "请等测试结束，或把 FEN_HOME 设为其他文件夹。",
            )
        connection.settimeout(None)
        return connection

    def _dismiss(self) -> None:
        """Have the guardian that we started leave, should we not come to use it."""
        if self._guardian is not None:
            self._guardian.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._guardian.wait(LEAVE_SECONDS)

    def _silent(self) -> EmbeddedError:
        path = self._places.log("guardian")
        lines = path.read_text(errors="replace").splitlines()[-8:] if path.exists() else []
        told = "\n".join(lines)
        return EmbeddedError(
            f"The guardian of the servers does not answer; {path} ends with:\n{told}",
            f"数据库守护进程没有响应，请把上面的日志（{path}）发给管理员。",
        )


@contextmanager
def running(home: Path, *, durable: bool = True) -> Iterator[Addresses]:
    """Make sure that PostgreSQL and Valkey of ``home`` run while the block does.

    Servers that already run are joined; they stop when the last block that uses them is left,
    or its process killed. ``durable=False`` is for tests: faster, and a crash may lose data.

    Raises:
        EmbeddedError: they cannot run; the message says what to do.
    """
    lease = Lease(Places(home.resolve()), durable=durable)
    try:
        yield addresses(home)
    finally:
        lease.give_back()


@contextmanager
def _starting_alone(places: Places) -> Iterator[None]:
    """Let one process at a time start the servers of a home."""
    with explained(places.home):
        places.servers.mkdir(mode=0o755, parents=True, exist_ok=True)
        lock = os.open(places.lock("start"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
