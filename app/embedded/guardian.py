"""The process that starts both servers of a home, keeps them alive and stops them.

Whoever uses the servers holds a connection to the guardian, a *lease*. The kernel closes the
lease when its holder ends or is killed; when the last one is closed the guardian stops the
servers and leaves. A holder may come and go in any order without taking the servers from the
others. A server that dies meanwhile is started again.
"""

import fcntl
import json
import logging
import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path

from app.embedded.account import server_account
from app.embedded.errors import EmbeddedError, explained
from app.embedded.places import GUARDIAN_SOCKET, Places
from app.embedded.postgresql import Postgresql
from app.embedded.process import Process
from app.embedded.valkey import Valkey

log = logging.getLogger(__name__)

FIRST_LEASE_SECONDS = 10
TICK_SECONDS = 0.1
REVIVAL_SECONDS_MAX = 10.0
STEADY_SECONDS = 60  # a server that lived this long failed anew, not again


class Revival:
    """Starts a server again after it died, each time a little later."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._pause = 0.0
        self._next_try = 0.0
        self._began = time.monotonic()

    def look(self) -> None:
        if not self._process.exited() or time.monotonic() < self._next_try:
            return
        if time.monotonic() - self._began > STEADY_SECONDS:
            self._pause = 0.0
        log.warning("%s died, starting it again", self._process.program.name)
        try:
            if self._process.launched():
                self._began = time.monotonic()
        except EmbeddedError as error:
            log.error("%s", error.english)  # the disk may be full; there may be room later
        self._pause = min(REVIVAL_SECONDS_MAX, max(0.2, 2 * self._pause))
        self._next_try = time.monotonic() + self._pause


class Guardian:
    """The life of the servers of one home, from the first lease to the last."""

    def __init__(self, places: Places, *, durable: bool) -> None:
        self._places = places
        self._durable = durable
        self._selector = selectors.DefaultSelector()
        self._processes: list[Process] = []
        self._leases: set[socket.socket] = set()
        self._last: socket.socket | None = None  # the lease that was closed last
        self._asked_to_stop = False
        self._has_failed = False
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)

    def run(self) -> None:
        """Take leases, start the servers, and return when the last lease is closed."""
        path = self._places.sockets / GUARDIAN_SOCKET
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen(128)
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ)
        try:
            answer = self._start()
            self._serve(listener, answer)
        finally:
            # First the way in, so that a newcomer starts afresh; then the servers; then what is
            # left of the leases, so that whoever let go last knows when everything has gone.
            path.unlink(missing_ok=True)
            listener.close()
            for process in reversed(self._processes):
                process.stop()
            for lease in (*self._leases, *([self._last] if self._last else [])):
                lease.close()

    def _start(self) -> dict[str, object]:
        """Start the servers; returns what each lease is told."""
        try:
            account = server_account(self._places.home)
            postgresql = Postgresql(self._places, account, durable=self._durable)
            valkey = Valkey(self._places, account, durable=self._durable)
            self._processes = [
                Process(program, self._places, account) for program in (valkey, postgresql)
            ]
            for process in self._processes:
                process.start()
            postgresql.complete()
        except EmbeddedError as error:
            log.error("%s", error.english)
            self._has_failed = True
            return {"english": error.english, "chinese": error.chinese}
        return {"durable": self._durable}

    def _serve(self, listener: socket.socket, answer: dict[str, object]) -> None:
        revivals = [Revival(process) for process in self._processes]
        patience = time.monotonic() + FIRST_LEASE_SECONDS
        greeted = False
        while self._leases or (not greeted and time.monotonic() < patience):
            if self._asked_to_stop or (self._has_failed and greeted):
                return
            for key, _ in self._selector.select(TICK_SECONDS):
                if key.fileobj is listener:
                    greeted = self._greet(listener, answer) or greeted
                else:
                    assert isinstance(key.fileobj, socket.socket)
                    self._hear(key.fileobj)
            for revival in revivals:
                revival.look()

    def _greet(self, listener: socket.socket, answer: dict[str, object]) -> bool:
        try:
            lease, _ = listener.accept()
            lease.setblocking(False)
            lease.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:  # it left before it was greeted
            return False
        self._selector.register(lease, selectors.EVENT_READ)
        self._leases.add(lease)
        return True

    def _hear(self, lease: socket.socket) -> None:
        """A holder says nothing; that it can be read means that it has closed the lease."""
        self._selector.unregister(lease)
        self._leases.remove(lease)
        if self._last:
            self._last.close()
        self._last = lease
        if self._leases:
            lease.close()

    def _ask_to_stop(self, *_: object) -> None:
        self._asked_to_stop = True


def main(home: str, mode: str) -> None:
    """Guard the servers of the home. Run as a process of its own by ``app.embedded.lease``."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    places = Places(Path(home))
    with explained(places.servers):
        lock = os.open(places.lock("guardian"), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)  # a guardian that is about to leave holds it a moment
    Guardian(places, durable=mode == "durable").run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
