"""The processes of embedded servers, looked at from outside."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from app.embedded import Addresses
from app.embedded.places import Places

SITE = Path(psycopg.__file__).parents[1]


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


def eventually(condition: Callable[[], object], seconds: float = 60) -> object:
    """What the condition says once it is true; fails when it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    pytest.fail(f"it did not come true within {seconds} s")
