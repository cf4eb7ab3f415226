"""What is measured on: durable servers of its own, and a county with money in its budgets."""

import hashlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import flask_migrate
from flask import Flask

from app.config import read_settings
from app.embedded import Addresses, running
from app.kernel.db import transaction
from app.points import ledger
from operations.factory import create_app

COUNTY = 990101
VILLAGES = 100
HOUSEHOLDS = 5_000
LAST_DAY = date(2099, 3, 31)
BUDGET_FEN = 10**12
_PAGE_BYTES = 8192
_FSYNCS = 200


@dataclass(frozen=True)
class Ground:
    home: Path
    addresses: Addresses
    app: Flask


@contextmanager
def ground() -> Iterator[Ground]:
    """Durable servers in a temporary home, migrated, with funded village budgets.

    FEN_HOME names the home meanwhile, so that processes which are started find the servers.
    """
    home = Path(tempfile.mkdtemp(prefix="fen-bench-"))
    kept = dict(os.environ)
    os.environ.update(FEN_HOME=str(home), FEN_ENV="test", FEN_LOG_LEVEL="WARNING")
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    try:
        with running(home) as addresses:
            app = create_app(read_settings())
            with app.app_context():
                flask_migrate.upgrade()
                fund(COUNTY, [village(n) for n in range(VILLAGES)])
            yield Ground(home, addresses, app)
    finally:
        os.environ.clear()
        os.environ.update(kept)
        shutil.rmtree(home, ignore_errors=True)


def fund(county_id: int, villages: list[UUID]) -> None:
    """Put money into the reserve and allot it to the villages."""
    at = datetime.now(UTC)
    with transaction():
        ledger.post(
            county_id=county_id,
            reference="bench:funding",
            decided_at=at,
            kind=ledger.TransferKind.FUNDING,
            debit=ledger.custody(),
            credit=ledger.reserve(),
            amount=BUDGET_FEN * len(villages),
        )
        for village_id in villages:
            ledger.post(
                county_id=county_id,
                reference=f"bench:allotment:{village_id}",
                decided_at=at,
                kind=ledger.TransferKind.ALLOTMENT,
                debit=ledger.reserve(),
                credit=ledger.village_budget(village_id),
                amount=BUDGET_FEN,
            )


def village(n: int) -> UUID:
    """The n-th village; in SQL ``md5('village:' || n)::uuid``."""
    return _named(f"village:{n}")


def household(n: int) -> UUID:
    """The n-th household; in SQL ``md5('household:' || n)::uuid``."""
    return _named(f"household:{n}")


def _named(name: str) -> UUID:
    return UUID(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest())


def fsync_milliseconds(folder: Path) -> float:
    """The median time in which this disk makes one page of a log durable."""
    taken = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(_FSYNCS):
            file.write(bytes(_PAGE_BYTES))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    return 1000 * statistics.median(taken)
