"""What a request costs: processor time of the application and of its PostgreSQL backend.

One process, one connection, no socket: each operation is called through WSGI, so that what is
compared with a bare Flask response under the same server is the work and not the waiting.
"""

import io
import json
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import cycle
from typing import Any
from uuid import uuid4

import psutil
from flask import Flask
from sqlalchemy import text

from app.kernel.db import db
from bench import ordering, shop
from bench.ground import Ground
from bench.ordering import Mall

ROUNDS = 20  # interleaved, so that a machine that gets slower is slow for all
WARM = 100

Call = Callable[[], None]


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time of one request."""

    web_ms: float
    database_ms: float

    @property
    def all_ms(self) -> float:
        return self.web_ms + self.database_ms


def measure(here: Ground, county_id: int, place: shop.Counter, mall: Mall) -> dict[str, Cost]:
    """The cost of each operation, and of a bare Flask response as ``bare``."""
    each = 25
    with here.app.app_context():
        codes = shop.issue_codes(county_id, place, ROUNDS * each + WARM)
    operations = _operations(here, place, mall, iter(codes))
    backend = _backend(here)
    for work in operations.values():
        for _ in range(WARM):
            work()
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in operations}
    for _ in range(ROUNDS):
        for name, work in operations.items():
            began = time.process_time(), sum(backend.cpu_times()[:2])
            for _ in range(each):
                work()
            ended = time.process_time(), sum(backend.cpu_times()[:2])
            taken[name].append(
                ((ended[0] - began[0]) / each, (ended[1] - began[1]) / each),
            )
    # A backend's time is counted in hundredths of a second: only its mean says something.
    return {
        name: Cost(
            1000 * statistics.median(web for web, _ in each_round),
            1000 * statistics.fmean(database for _, database in each_round),
        )
        for name, each_round in taken.items()
    }


def _operations(
    here: Ground, place: shop.Counter, mall: Mall, codes: Iterator[str]
) -> dict[str, Call]:
    clerk, residents = place.clerk_tokens[0], cycle(mall.tokens)
    shown = f"/api/v1/catalogue/offers?shop_id={mall.shop_id}"
    return {
        "bare": _caller(_bare(), "GET", "/bare", lambda: "", lambda: None),
        "redemption": _caller(
            here.app,
            "POST",
            "/api/v1/redemptions",
            lambda: clerk,
            lambda: {"code": next(codes), "points": 3},
            HTTPStatus.CREATED,
        ),
        "order of two lines": _caller(
            here.app,
            "POST",
            "/api/v1/orders",
            lambda: next(residents),
            lambda: ordering.basket(mall),
            HTTPStatus.CREATED,
        ),
        "GET /me": _caller(here.app, "GET", "/api/v1/me", lambda: next(residents), lambda: None),
        "GET /points": _caller(
            here.app, "GET", "/api/v1/points", lambda: next(residents), lambda: None
        ),
        "catalogue page": _caller(here.app, "GET", shown, lambda: next(residents), lambda: None),
        "a path that is not there (404)": _caller(
            here.app,
            "GET",
            "/api/v1/nowhere",
            lambda: next(residents),
            lambda: None,
            HTTPStatus.NOT_FOUND,
        ),
        "nobody (401)": _caller(
            here.app, "GET", "/api/v1/me", lambda: "", lambda: None, HTTPStatus.UNAUTHORIZED
        ),
        "somebody else (403)": _caller(
            here.app,
            "GET",
            "/api/v1/role-grants",
            lambda: next(residents),
            lambda: None,
            HTTPStatus.FORBIDDEN,
        ),
    }


def _caller(
    app: Flask,
    method: str,
    target: str,
    token: Callable[[], str],
    body: Callable[[], object],
    expected: int = HTTPStatus.OK,
) -> Call:
    path, _, query = target.partition("?")

    def call() -> None:
        said, bearer = body(), token()
        sent = b"" if said is None else json.dumps(said).encode()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(sent)),
            "HTTP_IDEMPOTENCY_KEY": uuid4().hex,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(sent),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if bearer:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {bearer}"
        status: list[str] = []

        def start(line: str, _headers: object, _error: object = None) -> Callable[[bytes], object]:
            status.append(line)
            return lambda _: None

        answer: Iterable[bytes] = app.wsgi_app(environ, start)
        text_ = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if not status[0].startswith(str(int(expected))):
            raise AssertionError(f"{method} {target}: {status[0]} {text_.decode()}")

    return call


def _bare() -> Flask:
    app = Flask(__name__)

    @app.get("/bare")
    def answer() -> dict[str, str]:
        return {"state": "placed"}

    return app


def _backend(here: Ground) -> psutil.Process:
    """The server's process behind the one connection that all operations use."""
    with here.app.app_context():
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        db.session.remove()
    assert isinstance(pid, int)
    return psutil.Process(pid)
