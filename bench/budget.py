"""What a request costs: processor time of the web processes and of their PostgreSQL backends.

Each operation is asked of the real server, one request after another, in turns with a bare Flask
response under the same server, so that a machine that gets slower is slow for all of them. What
the client costs is not counted.
"""

import http.client
import json
import statistics
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from itertools import cycle
from uuid import uuid4

import psutil
from sqlalchemy import text

from app.kernel.db import db
from bench import ordering, shop
from bench.counter import Served, served
from bench.ground import Ground
from bench.ordering import Mall

ROUNDS = 20
EACH = 25  # requests of a round
WARM = 100
FEN = "wsgi:application"
BARE = "bench.ordering:bare()"

Processes = list[psutil.Process]


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time of one request."""

    web_ms: float
    database_ms: float

    @property
    def all_ms(self) -> float:
        return self.web_ms + self.database_ms


@dataclass(frozen=True)
class Operation:
    """A request as people send it; what differs from one to the next is made anew."""

    method: str
    path: str
    token: Callable[[], str] | None = None
    body: Callable[[], dict[str, object]] | None = None
    answer: int = HTTPStatus.OK

    def send(self, web: http.client.HTTPConnection) -> None:
        """Raises AssertionError for another answer than the expected one."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token()}"
        body = None if self.body is None else json.dumps(self.body())
        web.request(self.method, self.path, body, headers)
        answer = web.getresponse()
        said = answer.read().decode()
        if answer.status != self.answer:
            raise AssertionError(f"{self.method} {self.path}: {answer.status} {said}")


def measure(here: Ground, county_id: int, place: shop.Counter, mall: Mall) -> dict[str, Cost]:
    """The cost of each operation; that of a bare Flask response is ``bare``."""
    with here.app.app_context():
        codes = iter(shop.issue_codes(county_id, place, ROUNDS * EACH + WARM))
        postmaster = _postmaster()
    operations = _operations(place, mall, lambda: next(codes))
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in operations}
    with ExitStack() as stack:
        fen, bare = stack.enter_context(served(FEN)), stack.enter_context(served(BARE))
        for turn in range(-1, ROUNDS):
            for name, operation in operations.items():
                web = bare if name == "bare" else fen
                times = WARM if turn < 0 else EACH
                spent = _spent(operation, times, web, postmaster)
                if turn >= 0:
                    taken[name].append(spent)
    # Times are counted in hundredths of a second: only their mean says something.
    return {
        name: Cost(
            1000 * statistics.fmean(web for web, _ in each),
            1000 * statistics.fmean(database for _, database in each),
        )
        for name, each in taken.items()
    }


def _spent(
    operation: Operation, times: int, web: Served, postmaster: psutil.Process
) -> tuple[float, float]:
    """Seconds of the web processes and of PostgreSQL for one request, of so many."""
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
    workers = psutil.Process(web.pid)
    before = _used(workers), _used(postmaster)
    for _ in range(times):
        operation.send(connection)
    after = _used(workers), _used(postmaster)
    connection.close()
    return (after[0] - before[0]) / times, (after[1] - before[1]) / times


def _used(process: psutil.Process) -> float:
    """Seconds of a process and of those that it started, also of those that have ended."""
    own = process.cpu_times()
    used: float = own.user + own.system + own.children_user + own.children_system
    for child in process.children(recursive=True):
        try:
            theirs = child.cpu_times()
        except psutil.NoSuchProcess:  # ended meanwhile: its parent has counted it
            continue
        used += theirs.user + theirs.system
    return used


def _postmaster() -> psutil.Process:
    pid = db.session.scalar(text("SELECT pg_backend_pid()"))
    db.session.remove()
    assert isinstance(pid, int)
    parent = psutil.Process(pid).parent()
    assert parent is not None
    return parent


def _operations(place: shop.Counter, mall: Mall, code: Callable[[], str]) -> dict[str, Operation]:
    clerk, residents = place.clerk_tokens[0], cycle(mall.tokens)

    def resident() -> str:
        return next(residents)

    return {
        "bare": Operation("POST", "/bare", answer=HTTPStatus.CREATED),
        "redemption": Operation(
            "POST",
            "/api/v1/redemptions",
            lambda: clerk,
            lambda: {"code": code(), "points": 3},
            HTTPStatus.CREATED,
        ),
        "order of two lines": Operation(
            "POST",
            "/api/v1/orders",
            resident,
            lambda: ordering.basket(mall),
            HTTPStatus.CREATED,
        ),
        "GET /me": Operation("GET", "/api/v1/me", resident),
        "GET /points": Operation("GET", "/api/v1/points", resident),
        "catalogue page": Operation(
            "GET", f"/api/v1/catalogue/offers?shop_id={mall.shop_id}", resident
        ),
        "nothing there (404)": Operation(
            "GET", "/api/v1/nowhere", resident, answer=HTTPStatus.NOT_FOUND
        ),
        "nobody (401)": Operation("GET", "/api/v1/me", answer=HTTPStatus.UNAUTHORIZED),
        "not theirs (403)": Operation(
            "GET", "/api/v1/role-grants", resident, answer=HTTPStatus.FORBIDDEN
        ),
    }
