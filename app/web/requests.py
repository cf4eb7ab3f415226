"""What happens around every request: its id, its caller, its log line, its figures."""

import re
import time
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from app.kernel import audit
from app.kernel.logs import scrubbed

log = structlog.get_logger(__name__)

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
REQUESTS = Counter("fen_requests_total", "Requests answered", ["endpoint", "method", "status"])
SECONDS = Histogram("fen_request_seconds", "Time to answer", ["endpoint"])
QUIET = {"health.healthz", "health.readyz", "health.metrics"}


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_leave)


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    is_good = _GIVEN_ID.fullmatch(given) and scrubbed(given) == given
    g.request_id = given if is_good else uuid4().hex
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    audit.enter(audit.Channel.REQUEST, g.request_id)


def _finish(response: Response) -> Response:
    endpoint = request.endpoint or "unknown"
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    REQUESTS.labels(endpoint, request.method, response.status_code).inc()
    SECONDS.labels(endpoint).observe(seconds)
    if endpoint not in QUIET:
        _log(endpoint, response.status_code, seconds)
    return response


def _leave(_: BaseException | None) -> None:
    audit.leave()


def _log(endpoint: str, status: int, seconds: float) -> None:
    # The path template, not the path or the query: those may carry ids and codes.
    fields: dict[str, Any] = {"status": status, "milliseconds": round(seconds * 1000, 1)}
    rule = request.url_rule.rule if request.url_rule else "unknown"
    log.info("request", method=request.method, route=rule, endpoint=endpoint, **fields)
