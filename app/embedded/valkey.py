"""Valkey: how it is started. PostgreSQL is the truth, so it may lose the last second."""

import signal
import socket

from app.embedded import programs
from app.embedded.account import Account
from app.embedded.places import VALKEY_SOCKET, Places


class Valkey:
    """The Valkey of one home."""

    name = "valkey"
    stop_signals = (signal.SIGTERM,)

    def __init__(self, places: Places, account: Account | None, *, durable: bool) -> None:
        self._durable = durable
        self._program = programs.valkey(account)
        self._socket = places.sockets / VALKEY_SOCKET

    def prepare(self, data: str, descriptors: tuple[int, ...]) -> None:
        self._socket.unlink(missing_ok=True)

    def command(self, data: str, sockets: str) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": f"{sockets}/{VALKEY_SOCKET}",
            "unixsocketperm": "700",
            "dir": data,
            "appendonly": "yes" if self._durable else "no",
            "appendfsync": "everysec",
            "save": "",
            "daemonize": "no",
            "maxmemory-policy": "noeviction",  # a queue must not forget
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [str(self._program), *options]

    def answers(self) -> bool:
        """Whether it answers a PING, having loaded its data."""
        return self._told(b"PING\r\n").startswith(b"+PONG")

    def dismiss(self) -> None:
        self._told(b"SHUTDOWN\r\n")

    def _told(self, command: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            try:
                connection.connect(str(self._socket))
                connection.sendall(command)
                return connection.recv(64)
            except OSError:
                return b""
