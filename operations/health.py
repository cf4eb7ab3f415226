"""Whether the service lives, whether it can work, and its figures."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app
from markupsafe import escape
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import OutOfMemoryError, ReadOnlyError, RedisError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.kernel import jobs
from app.kernel.db import db
from app.web.auth import public
from operations.exposition import GAUGES

bp = Blueprint("health", __name__)

WRITTEN_KEY = "fen:readyz"
WRITTEN_SECONDS = 60


PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>分</title>
<h1>分 · Fen</h1>
<p>这里是服务程序，居民请从微信小程序进入。 This is the service; people use its mini-program.</p>
<ul>
<li><a href="/m/">/m/</a> 小程序（网页版） the mini-program in a browser</li>
<li><a href="/docs/">/docs/</a> 接口文档 documentation of the API</li>
<li><a href="/openapi.json">/openapi.json</a> 同上，供程序读取 the same for programs</li>
<li><a href="/healthz">/healthz</a> 程序是否在运行 whether it runs</li>
<li><a href="/readyz">/readyz</a> 能否正常工作 whether it can work</li>
</ul>
{people}</html>
"""
# Who can sign in to the demo county; `make run` leaves it there, an installation has none.
PEOPLE = Path("sandbox") / "people.txt"


@bp.get("/")
@public
def index() -> Response:
    """What there is here, for who opens the address that `make run` prints."""
    settings: Settings = current_app.config["SETTINGS"]
    told = settings.home_path / PEOPLE
    people = ""
    if told.exists() and not settings.is_production:
        people = f"<h2>演示人员 Demo people</h2>\n<pre>{escape(told.read_text())}</pre>\n"
    return Response(PAGE.format(people=people), content_type="text/html; charset=utf-8")


@bp.get("/healthz")
@public
def healthz() -> Any:
    """The process answers; nothing else is asked."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def readyz() -> Any:
    """Whether each dependency answers; 503 names the one that does not."""
    checks = {"postgresql": _postgresql(), "valkey": _valkey()}
    ready = all(state == "ok" for state in checks.values())
    return {"status": "ok" if ready else "not ready", "checks": checks}, 200 if ready else 503


@bp.get("/metrics")
@public
def metrics() -> Response:
    """What this process counted, and what the domains measure now, for Prometheus."""
    shown = generate_latest() + generate_latest(GAUGES)
    return Response(shown, content_type=CONTENT_TYPE_LATEST)


def _postgresql() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except DBAPIError:
        db.session.rollback()
        return "PostgreSQL does not answer: check DATABASE_URL and that the server runs"
    return "ok"


def _valkey() -> str:
    """Valkey may answer and yet refuse to write: full, a replica, or its disk fails."""
    try:
        jobs.redis().ping()
    except RedisError:
        return "Valkey does not answer: check REDIS_URL and that the server runs"
    try:
        jobs.redis().set(WRITTEN_KEY, "", ex=WRITTEN_SECONDS)
    except OutOfMemoryError:
        return "Valkey takes no writes: its memory is full, see its maxmemory"
    except ReadOnlyError:
        return "Valkey takes no writes: it is a replica, check REDIS_URL"
    except RedisError:
        return "Valkey takes no writes: its log says why; is its disk full?"
    return "ok"
