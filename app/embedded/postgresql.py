"""PostgreSQL: how its data are made, how it is started, and who may log in."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from app.embedded import programs
from app.embedded.account import Account, credentials
from app.embedded.errors import NO_ROOM_PHRASES, EmbeddedError, no_room
from app.embedded.places import POSTGRESQL_PORT, Places
from app.embedded.process import ENVIRONMENT

SUPERUSER = "postgres"
DATABASE = "fen"
ROLES = {
    "fen_owner": "LOGIN CREATEDB",  # owns the tables and migrates them; makes test databases
    "fen_app": "LOGIN",  # the web; gets its rights table by table in the migrations
    "fen_worker": "LOGIN IN ROLE fen_app",  # the jobs
    "fen_bank": "LOGIN IN ROLE fen_app",  # the jobs of the bank's channel
    "fen_keeper": "LOGIN",  # ends what is kept no longer (operations/retaining)
    "fen_auditor": "NOLOGIN",
    # Here alone, on one person's machine: the commands of the shell, and the demo's past.
    "fen_shell": "LOGIN IN ROLE fen_worker, fen_bank",
}

SETTINGS = {
    "listen_addresses": "",
    "port": str(POSTGRESQL_PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "random_page_cost": "1.1",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "checkpoint_completion_target": "0.9",
    "jit": "off",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # A failed statement and the row in its detail may hold personal data: neither is logged.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgresql:
    """The PostgreSQL of one home."""

    name = "postgresql"
    stop_signals = (signal.SIGINT, signal.SIGQUIT)  # fast shutdown, then immediate

    def __init__(self, places: Places, account: Account | None, *, durable: bool) -> None:
        self._places = places
        self._account = account
        self._durable = durable
        self._folder = places.servers / self.name
        self._bin = programs.postgresql(account)

    def prepare(self, data: str, descriptors: tuple[int, ...]) -> None:
        database = self._folder / "data"
        if not (database / "PG_VERSION").exists():
            self._make(data, descriptors)
        self._check_version(database / "PG_VERSION")
        # The lock says that no server lives, so these are left over from a killed one.
        (database / "postmaster.pid").unlink(missing_ok=True)
        for stale in self._places.sockets.glob(".s.PGSQL.*"):
            stale.unlink()

    def command(self, data: str, sockets: str) -> list[str]:
        settings = {**SETTINGS, "unix_socket_directories": sockets}
        if not self._durable:
            settings |= HASTY
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [str(self._bin / "postgres"), "-D", f"{data}/data", *options]

    def answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def dismiss(self) -> None:
        # It answers, so the pid that it keeps in this file is its own.
        if self.answers():
            told = (self._folder / "data" / "postmaster.pid").read_text()
            os.kill(int(told.splitlines()[0]), self.stop_signals[0])

    def complete(self) -> None:
        """Make the roles and the database that are missing."""
        with self._connect("postgres") as connection:
            there = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for name, attributes in ROLES.items():
                if name not in there:
                    create = sql.SQL("CREATE ROLE {} {}")
                    connection.execute(create.format(sql.Identifier(name), sql.SQL(attributes)))
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not found.fetchone():
                create = sql.SQL("CREATE DATABASE {} OWNER fen_owner")
                connection.execute(create.format(sql.Identifier(DATABASE)))

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._places.sockets),
            port=POSTGRESQL_PORT,
            user=SUPERUSER,
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def _make(self, data: str, descriptors: tuple[int, ...]) -> None:
        """Make an empty database cluster, which gets its name only when it is complete."""
        draft = self._folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        command = [
            *(str(self._bin / "initdb"), "-D", f"{data}/{draft.name}", "-U", SUPERUSER),
            *("--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions"),
            *("--auth-local=trust", "--auth-host=reject"),
            *([] if self._durable else ["--no-sync"]),
        ]
        made = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env=ENVIRONMENT,
            pass_fds=descriptors,
            **credentials(self._account),
        )
        if made.returncode == 0:
            draft.rename(self._folder / "data")
            return
        told = made.stdout[-2000:]
        if made.returncode == -signal.SIGXFSZ or any(why in told for why in NO_ROOM_PHRASES):
            raise no_room(self._folder)
        raise EmbeddedError(
            f"initdb could not make a database in {self._folder}:\n{told}",
            f"无法在 {self._folder} 创建数据库，请把上面的信息发给管理员。",
        )

    def _check_version(self, path: Path) -> None:
        found, ours = path.read_text().strip(), str(programs.major(self._bin))
        if found != ours:
            raise EmbeddedError(
                f"{path.parent} was made by PostgreSQL {found}, and this is PostgreSQL {ours}: "
                f"move the data over with pg_upgrade or a dump made by version {found}, "
                "or set FEN_HOME to another folder.",
                f"{path.parent} 由 PostgreSQL {found} 创建，现在的版本是 {ours}："
                f"请用版本 {found} 导出后再导入，或把 FEN_HOME 设为其他文件夹。",
            )
