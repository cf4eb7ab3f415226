"""``make run``: the whole service with a demo county, in the foreground.

PostgreSQL and Valkey (when no address is given), the migrations, the demo county (when the
database is empty), then web, worker, banker, cron and the sandbox's WeChat and bank under one
supervisor.
There is no Procfile: the ports of the processes depend on one another.
"""

import fcntl
import http.client
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path
from types import FrameType

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from app.config import ROOT, Settings, read_settings
from app.embedded.errors import EmbeddedError, explained
from app.embedded.lease import Lease
from app.embedded.places import (
    BANK_AFTER,
    WECHAT_AFTER,
    Places,
    addresses,
    stand_in,
    with_addresses,
)
from app.embedded.ports import refuse_taken
from app.embedded.supervisor import Supervisor

PYTHON = sys.executable
READY_PAUSE_SECONDS = 0.2
PORT_MAX = 65535
LOCAL = "127.0.0.1"
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared with, not bound
COUNTY = ROOT / "sandbox" / "county.py"
HEAD = ROOT / "migrations" / ".head"


class Service:
    """One run of the service, from its settings to Ctrl-C."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._port = int(settings.port)
        self._wechat = settings.wechat_api_base or stand_in(settings, after=WECHAT_AFTER)
        self._bank = settings.bank_api_base or stand_in(settings, after=BANK_AFTER)
        self._env = {
            **environ,
            "FEN_HOME": str(settings.home_path),
            "PORT": settings.port,
            "WX_API_BASE": self._wechat,
            "BANK_API_BASE": self._bank,
            "PUBLIC_BASE_URL": settings.public_base_url or self._url(),
            "PYTHONUNBUFFERED": "1",
        }
        self._supervisor = Supervisor()
        self._lease: Lease | None = None
        self._is_ready = False
        self._next_look = 0.0

    def run(self) -> None:
        """Run until KeyboardInterrupt.

        Raises:
            EmbeddedError: a port is taken, a server or a preparation failed.
        """
        if self._settings.is_production:
            raise EmbeddedError(
                "`make run` is for development and demonstrations, and FEN_ENV is production: "
                "docs/operations.md says how the processes are run there.",
                "make run 只用于开发和演示；正式环境的启动方法见 docs/operations.md。",
            )
        self._refuse_ports_beyond()
        for port in self._ports():
            refuse_taken(self._settings.bind if port == self._port else LOCAL, port)
        with ExitStack() as stack:
            stack.enter_context(_alone(self._settings.home_path, self._port))
            if not (self._settings.database_url and self._settings.redis_url):
                self._supervisor.say("starting PostgreSQL and Valkey 正在启动数据库")
                self._lease = Lease(Places(self._settings.home_path))
                stack.callback(self._let_go)
            self._prepare_database()
            self._add_processes()
            self._supervisor.run(self._look)

    def _ports(self) -> list[int]:
        ours = [self._port]
        if not self._settings.wechat_api_base:
            ours.append(self._port + 1)
        if not self._settings.bank_api_base:
            ours.append(self._port + 2)
        return ours

    def _refuse_ports_beyond(self) -> None:
        """The stand-ins take the ports after ours, which may be beyond the last there is."""
        if max(self._ports()) > PORT_MAX:
            raise EmbeddedError(
                f"PORT={self._port} leaves no room for the stand-ins of WeChat and the bank, which "
                f"take the next two ports: choose one up to {PORT_MAX - 2}.",
                f"PORT={self._port} 太大：微信和银行的模拟程序要用后面两个端口，"
                f"请选 {PORT_MAX - 2} 以内的端口。",
            )

    def _prepare_database(self) -> None:
        """Migrate it and enter the demo county, unless a quick question shows that it is done."""
        if self._asked("SELECT version_num FROM alembic_version") != HEAD.read_text().strip():
            self._supervisor.say("migrating the database 正在升级数据库结构")
            self._prepare("-m", "flask", "--app", "wsgi", "db", "upgrade")
        # An installation for production may leave the sandbox out.
        if COUNTY.exists() and not self._asked("SELECT name FROM counties LIMIT 1"):
            self._supervisor.say("entering the demo county 正在录入演示县")
            self._prepare("-m", "sandbox.county", shown=True)

    def _asked(self, question: str) -> str | None:
        """What the database answers; None when it has nothing to say, as before a first start."""
        engine = create_engine(with_addresses(self._settings).database_owner_url)
        try:
            with engine.connect() as connection:
                answer: str | None = connection.scalar(text(question))
                return answer
        except DBAPIError:
            return None
        finally:
            engine.dispose()

    def _prepare(self, *arguments: str, shown: bool = False) -> None:
        """Run a preparation to its end; what it says is shown, or told only if it fails."""
        done = subprocess.run(
            [PYTHON, *arguments],
            check=False,
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=None if shown else subprocess.PIPE,
            stderr=None if shown else subprocess.STDOUT,
        )
        if done.returncode != 0:
            told = (done.stdout or b"").decode(errors="replace")[-3000:]
            command = " ".join(arguments)
            raise EmbeddedError(
                f"`python {command}` failed with code {done.returncode}.\n{told}",
                "准备工作没有完成，请把上面的信息发给管理员。",
            )

    def _add_processes(self) -> None:
        web = [PYTHON, "-m", "gunicorn", "--bind", f"{self._settings.bind}:{self._port}"]
        flask = [PYTHON, "-m", "flask", "--app", "wsgi"]
        self._supervisor.add("web", web, self._as_role("fen_app"))
        self._supervisor.add("worker", [*flask, "worker"], self._as_role("fen_worker"))
        self._supervisor.add("banker", [*flask, "worker", "--bank"], self._as_role("fen_bank"))
        self._supervisor.add("cron", [*flask, "cron"], self._as_role("fen_app"))
        for name, port, is_ours in (
            ("wechat", self._port + 1, not self._settings.wechat_api_base),
            ("bank", self._port + 2, not self._settings.bank_api_base),
        ):
            if is_ours:
                command = [PYTHON, "-m", f"sandbox.{name}", "--port", str(port)]
                self._supervisor.add(name, command, self._env)

    def _as_role(self, role: str) -> Mapping[str, str]:
        """The environment of a process that works as one of the database's roles."""
        if self._settings.database_url:  # one given role then does for all
            return self._env
        ours = addresses(self._settings.home_path)
        owner = with_addresses(self._settings).database_owner_url
        urls = {"DATABASE_URL": ours.as_role(role), "DATABASE_OWNER_URL": owner}
        return {**self._env, **urls}

    def _look(self) -> None:
        """Announce the service once it is ready; get the servers back if their guardian died."""
        if self._lease and select.select([self._lease], [], [], 0)[0]:
            self._supervisor.say("PostgreSQL and Valkey went away; starting them again")
            try:
                self._lease.give_back()
                self._lease = Lease(Places(self._settings.home_path))
            except EmbeddedError as error:
                self._supervisor.say(str(error))
        if not self._is_ready and time.monotonic() >= self._next_look:
            self._is_ready = self._answers()
            self._next_look = time.monotonic() + READY_PAUSE_SECONDS
            if self._is_ready:
                self._announce()

    def _answers(self) -> bool:
        web = http.client.HTTPConnection(self._host(), self._port, timeout=2)
        try:
            web.request("GET", "/readyz")
            return web.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            web.close()

    def _announce(self) -> None:
        lines = [
            "Fen is ready. Ctrl-C stops it. 分已就绪，按 Ctrl-C 停止。",
            f"  Try it 试一试   {self._url()}/m/",
            f"  API 接口        {self._url()}/api/v1",
            f"  Docs 接口文档   {self._url()}/docs",
            f"  WeChat 微信     {self._wechat}",
            f"  Bank 银行       {self._bank}",
        ]
        self._supervisor.say("\n".join(lines))
        if COUNTY.exists():
            people = subprocess.run(
                [PYTHON, "-m", "sandbox.county", "--people"],
                check=False,
                capture_output=True,
                text=True,
                cwd=ROOT,
                env=self._env,
            )
            told = people.stdout or people.stderr
            self._supervisor.say("\n".join(["Demo people 演示人员", told]))

    def _host(self) -> str:
        """The address by which this machine reaches the web server."""
        return LOCAL if self._settings.bind in EVERYWHERE else self._settings.bind

    def _url(self) -> str:
        return f"http://{self._host()}:{self._port}"

    def _let_go(self) -> None:
        if self._lease:
            self._lease.give_back()


def run(environ: Mapping[str, str] | None = None) -> None:
    """Run the service of the environment until Ctrl-C or SIGTERM.

    Raises:
        BadSettings: the environment cannot start a service.
        EmbeddedError: a port is taken, a server or a preparation failed.
    """
    # Also SIGINT: a shell that starts us in the background has it ignored.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    try:
        Service(read_settings(environ), os.environ if environ is None else environ).run()
    except KeyboardInterrupt:
        return


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _alone(home: Path, port: int) -> Iterator[None]:
    """Run once in this home while the block does: of two clocks each sweep would run twice.

    Raises:
        EmbeddedError: another does; the message says where.
    """
    with explained(home):
        home.mkdir(parents=True, exist_ok=True)
        lock = os.open(home / "service.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            first = os.read(lock, 100).decode(errors="replace").strip()
            raise EmbeddedError(
                f"Another `make run` already serves {home} ({first}): stop it, or give this one a "
                "home and a port of its own, for example `FEN_HOME=instance2 PORT=9000 make run`.",
                f"{home} 已经有一个 make run 在运行（{first}）：请先停掉它，"
                "或另设文件夹和端口，例如 FEN_HOME=instance2 PORT=9000 make run。",
            ) from None
        os.ftruncate(lock, 0)
        os.write(lock, f"process {os.getpid()}, port {port}\n".encode())
        yield
    finally:
        os.close(lock)
