"""Where the embedded servers keep things below the home folder, and where they listen.

- ``home/servers/postgresql/data``: the database
- ``home/servers/valkey``: the queue's append-only file
- ``home/servers/*.lock``: locks; the kernel frees them when their holder dies
- ``home/logs``: what the servers say
- ``home/run``: the sockets; a link to a short folder when the path is too long
"""

import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from app.config import Settings
from app.embedded.account import Account
from app.embedded.errors import EmbeddedError, explained

WECHAT_AFTER, BANK_AFTER = 1, 2  # the stand-ins' ports, counted from that of the service
SHELL = "fen_shell"
POSTGRESQL_PORT = 5432  # only names the socket; nothing listens on the network
GUARDIAN_SOCKET = "guardian"
VALKEY_SOCKET = "valkey"
# The kernel takes 107 bytes for a socket's path on Linux and 103 on macOS.
_FOLDER_BYTES_MAX = 103 - len(f"/.s.PGSQL.{POSTGRESQL_PORT}")
# libpq splits a host at commas and PostgreSQL a folder at quotes: such homes get a short folder.
_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")


@dataclass(frozen=True)
class Addresses:
    """Where the servers of one home listen. A process that works names its role: ``as_role``."""

    database_url: str  # for the shell, which does what any of the processes may
    database_owner_url: str
    database_keeper_url: str
    redis_url: str

    def as_role(self, role: str) -> str:
        """The database's address for one of its roles."""
        return self.database_url.replace(f"//{SHELL}@", f"//{role}@", 1)


@dataclass(frozen=True)
class Places:
    """The folders of one home. Build it with a resolved path."""

    home: Path

    @property
    def servers(self) -> Path:
        return self.home / "servers"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def sockets(self) -> Path:
        """The folder of the sockets, short and plain enough for each server and client."""
        direct = self.home / "run"
        if len(os.fsencode(direct)) <= _FOLDER_BYTES_MAX and _PLAIN.fullmatch(str(direct)):
            return direct
        if direct.is_symlink():  # made at an earlier start, perhaps under another TMPDIR
            return direct.readlink()
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"fen-{name}"

    def lock(self, name: str) -> Path:
        return self.servers / f"{name}.lock"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def prepare(self, account: Account | None) -> None:
        """Make the folders that are missing.

        Raises:
            EmbeddedError: a folder cannot be made, or somebody else's stands in its place.
        """
        with explained(self.home):
            for folder in (self.home, self.logs):
                folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            self.servers.mkdir(mode=0o711, exist_ok=True)
            for name in ("postgresql", "valkey"):
                private_folder(self.servers / name, account)
            private_folder(self.sockets, account)
            link = self.home / "run"
            if self.sockets != link and not link.is_symlink():
                link.symlink_to(self.sockets)


def addresses(home: Path) -> Addresses:
    """The addresses of the servers of ``home``, running or not: they never change."""
    sockets = Places(home.resolve()).sockets
    at = f"@/fen?host={quote(str(sockets))}&port={POSTGRESQL_PORT}"
    return Addresses(
        database_url=f"postgresql+psycopg://{SHELL}{at}",
        database_owner_url=f"postgresql+psycopg://fen_owner{at}",
        database_keeper_url=f"postgresql+psycopg://fen_keeper{at}",
        redis_url=f"unix://{quote(str(sockets / VALKEY_SOCKET))}",
    )


def stand_in(settings: Settings, *, after: int) -> str:
    """Where ``make run`` starts a stand-in: so many ports after its own, on this machine alone."""
    return f"http://127.0.0.1:{int(settings.port) + after}/"


def with_addresses(settings: Settings) -> Settings:
    """The settings with the addresses of the embedded servers where none are given.

    In development the bank is the stand-in of ``make run``, so that a command typed beside it
    reaches the same one.
    """
    if settings.environment == "development" and not settings.bank_api_base:
        settings = replace(settings, bank_api_base=stand_in(settings, after=BANK_AFTER))
    ours = addresses(settings.home_path)
    owner = settings.database_url or ours.database_owner_url  # one given role then does for all
    keeper = "" if settings.is_production else ours.database_keeper_url
    return replace(
        settings,
        database_url=settings.database_url or ours.database_url,
        database_owner_url=settings.database_owner_url or owner,
        database_keeper_url=settings.database_keeper_url or keeper,
        redis_url=settings.redis_url or ours.redis_url,
    )


def private_folder(folder: Path, account: Account | None) -> None:
    """Make the folder, open to its owner alone, for the account that runs the servers."""
    owner = os.geteuid() if account is None else account.uid
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if account is not None and status.st_uid == 0:  # ours, and new
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
        status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or status.st_mode & 0o077:
        raise EmbeddedError(
            f"{folder} belongs to another user or is open to others: start Fen as the user who "
            "started it first, or remove the folder if you know it to be stale.",
            f"{folder} 属于其他用户，或对其他用户开放：请用最初启动的用户来启动；"
            "确认不再需要时也可以删除该文件夹。",
        )
