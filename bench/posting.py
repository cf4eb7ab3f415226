"""Posts a second, one transfer a transaction, over several connections at once."""

import multiprocessing
import random
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from sqlalchemy import create_engine, insert, text

from app.config import read_settings
from app.embedded import programs
from app.kernel.db import db, transaction
from app.points import ledger
from bench import naive
from bench.ground import COUNTY, HOUSEHOLDS, LAST_DAY, VILLAGES, Ground, household, village
from operations.factory import create_app

POINTS = 5
# The function that the front door calls, with what it would be given, and nothing around it.
_CHOICE = f"\\set v random(0, {VILLAGES - 1})\n\\set h random(0, {HOUSEHOLDS - 1})\n"
_CALL = f"""
SELECT * FROM ledger.post({COUNTY}, uuidv7(), 'award', 'award:' || gen_random_uuid(),
    'village_budget', md5('village:' || :v)::uuid, NULL,
    'household', md5('household:' || :h)::uuid, '{LAST_DAY}', {POINTS});
"""  # noqa: S608 - numbers of ours
BARE = _CHOICE + _CALL
IN_A_TRANSACTION = _CHOICE + "BEGIN;" + _CALL + "COMMIT;\n"


@dataclass(frozen=True)
class Rate:
    per_second: float
    python_ms: float  # processor time of the client for one post


def front_door(connections: int, seconds: float) -> Rate:
    """Posts through ``app.points.ledger``, a process for each connection."""
    return _together(post, connections, seconds)


def naively(connections: int, seconds: float) -> Rate:
    """The same with the ORM version."""
    return _together(_post_naively, connections, seconds)


def pgbench(ground: Ground, script_text: str, connections: int, seconds: int) -> float:
    """Runs of the script a second, by PostgreSQL's own tool."""
    script = ground.home / "post.sql"
    script.write_text(script_text)
    place = urlsplit(ground.addresses.database_url)
    where = parse_qs(place.query)
    command = [
        *(str(programs.postgresql(None) / "pgbench"), "--no-vacuum", "--protocol=prepared"),
        *(f"--client={connections}", f"--jobs={min(connections, 2)}", f"--time={seconds}"),
        *(f"--file={script}", f"--host={where['host'][0]}", f"--port={where['port'][0]}"),
        *(f"--username={place.username}", place.path.strip("/")),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    told = re.search(r"tps = ([\d.]+)", done.stdout)
    assert told, done.stdout + done.stderr
    return float(told.group(1))


def make_naive_accounts(ground: Ground, more: dict[object, int]) -> None:
    """Tables and accounts of the ORM version, those of ``more`` with their balances."""
    engine = create_engine(ground.addresses.database_owner_url)
    balances = {village(n): 10**12 for n in range(VILLAGES)}
    balances |= {household(n): 0 for n in range(HOUSEHOLDS)}
    balances |= more  # type: ignore[arg-type]
    naive.NaiveModel.metadata.create_all(engine)
    with engine.begin() as connection:
        for table in naive.NaiveModel.metadata.tables:
            connection.execute(text(f"GRANT ALL ON {table} TO fen_app"))
        rows = [{"id": id_, "balance": balance} for id_, balance in balances.items()]
        connection.execute(insert(naive.Account), rows)
    engine.dispose()


def post() -> None:
    """Award once through the front door."""
    at = datetime.now(UTC)
    with transaction():
        ledger.post(
            county_id=COUNTY,
            reference=f"award:{uuid4()}",
            decided_at=at,
            kind=ledger.TransferKind.AWARD,
            debit=ledger.village_budget(village(random.randrange(VILLAGES))),
            credit=ledger.household(household(random.randrange(HOUSEHOLDS)), LAST_DAY),
            amount=POINTS,
        )


def _post_naively() -> None:
    with transaction():
        naive.post(
            reference=f"award:{uuid4()}",
            debit_id=village(random.randrange(VILLAGES)),
            credit_id=household(random.randrange(HOUSEHOLDS)),
            amount=POINTS,
            at=datetime.now(UTC),
        )
    db.session.expunge_all()  # as at the end of a request


def _together(work: Callable[[], None], processes: int, seconds: float) -> Rate:
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(processes), context.SimpleQueue()
    workers = [
        context.Process(target=_repeat, args=(work, seconds, start, told), daemon=True)
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    rates: list[Rate] = [told.get() for _ in workers]
    for worker in workers:
        worker.join()
    return Rate(
        sum(rate.per_second for rate in rates),
        sum(rate.python_ms for rate in rates) / len(rates),
    )


def _repeat(
    work: Callable[[], None],
    seconds: float,
    start: Barrier,
    told: "multiprocessing.SimpleQueue[Rate]",
) -> None:
    app = create_app(read_settings())
    with app.app_context():
        for _ in range(50):
            work()
        start.wait()
        began, busy, done = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() - began < seconds:
            work()
            done += 1
        busy = time.process_time() - busy
        told.put(Rate(done / (time.perf_counter() - began), 1000 * busy / done))
