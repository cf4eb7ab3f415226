"""Between a client and PostgreSQL: forwards everything, and loses the answers to some commits.

A connection that breaks after COMMIT was sent leaves the client in doubt. Here the commit has
always happened: its answer is read from the server, thrown away, and the connection closed.
"""

import contextlib
import random
import select
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import make_url

_COMMIT = b"COMMIT\0"
_PIECE_BYTES = 1 << 16
_LISTEN = 32
_TICK_SECONDS = 0.2
_COMMIT_SECONDS_MAX = 30


class CuttingProxy:
    """A socket like PostgreSQL's, as a context; ``chance`` of losing the answer to a COMMIT."""

    def __init__(self, database_url: str, *, chance: float, seed: int = 0) -> None:
        url = make_url(database_url)
        host, port = _only(url.query["host"]), _only(url.query["port"])
        self._server = f"{host}/.s.PGSQL.{port}"
        self._folder = Path(tempfile.mkdtemp(prefix="fen-cut-"))
        self._folder.chmod(0o700)
        self._socket = self._folder / f".s.PGSQL.{port}"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._socket))
        self._listener.listen(_LISTEN)
        self.chance = chance
        self._random = random.Random(seed)
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self.cuts = 0
        there = url.update_query_dict({"host": str(self._folder)})
        self.database_url = there.render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()
        self._socket.unlink()
        self._folder.rmdir()

    def _start(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            if select.select([self._listener], [], [], _TICK_SECONDS)[0]:
                self._start(self._serve, self._listener.accept()[0])

    def _serve(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        with client, server, contextlib.suppress(OSError):
            server.connect(self._server)
            while not self._closing.is_set():
                ready = select.select([client, server], [], [], _TICK_SECONDS)[0]
                if client in ready and not self._forward(client, server):
                    return
                if server in ready:
                    answer = server.recv(_PIECE_BYTES)
                    if not answer:
                        return
                    client.sendall(answer)

    def _forward(self, client: socket.socket, server: socket.socket) -> bool:
        """Pass on what the client says; False to close the connection."""
        said = client.recv(_PIECE_BYTES)
        if not said:
            return False
        server.sendall(said)
        if _COMMIT not in said or self._random.random() >= self.chance:
            return True
        server.settimeout(_COMMIT_SECONDS_MAX)
        # It answers something else, or nothing, when the server is killed just now.
        if _COMMIT in server.recv(_PIECE_BYTES):
            self.cuts += 1
        return False


def _only(value: str | tuple[str, ...]) -> str:
    assert isinstance(value, str)
    return value
