"""Runs a stand-in: a threaded HTTP server that logs a line a request and stops when told to."""

import signal
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from flask import Flask, request
from markupsafe import escape
from werkzeug.serving import WSGIRequestHandler, make_server

from app.config import BadSettings, Settings, read_settings


class Refused(Exception):
    """A request to a stand-in's own controls that makes no sense; the message says why."""


def new_app(name: str, about: str) -> Flask:
    """A Flask application with what every stand-in has: ``/``, which says what it is ``about``,
    ``/healthz`` and readable errors."""
    app = Flask(name)
    # A fault may drop the connection: the exception must reach the server as it is.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.json.ensure_ascii = False  # type: ignore[attr-defined]

    @app.get("/")
    def index() -> str:
        """What this stand-in understands, for who opens the address that `make run` prints."""
        lines = "".join(
            f"<li><code>{' '.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} "
            f"{escape(rule.rule)}</code></li>"
            for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
            if rule.endpoint != "static"
        )
        return (
            f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{name}</title>'
            f"<h1>{name}</h1><p>{about}</p><ul>{lines}</ul></html>"
        )

    @app.get("/healthz")
    def healthz() -> Any:
        return {"status": "ok"}

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Any:
        return {"code": "refused", "message": str(error)}, 400

    return app


def control(name: str, kind: type = str, default: Any = None) -> Any:
    """One field of a control's JSON body, of the right type."""
    body = request.get_json(silent=True)
    value = body.get(name, default) if isinstance(body, dict) else default
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Refused(f'"{name}" must be given as {kind.__name__} in a JSON body')
    return value


class Server:
    """The stand-in on a thread of its own; ``with Server(app) as server: server.url``.

    Port 0 takes any free one.
    """

    def __init__(self, app: Flask, host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = make_server(host, port, app, threaded=True, request_handler=_Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.url = f"http://{host}:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        # The path without its query, which may hold secrets and codes.
        path = self.path.partition("?")[0]
        if path != "/healthz":
            print(f"{self.command} {path} {int(code)}", file=sys.stderr, flush=True)


def settings_of_stand_in() -> Settings:
    """The product's own settings, so that both sides know the same keys; never in production."""
    try:
        settings = read_settings()
    except BadSettings as error:
        raise SystemExit(str(error)) from None
    if settings.is_production:
        raise SystemExit("The sandbox does not run with FEN_ENV=production.")
    return settings


def serve(app: Flask, host: str, port: int, *, stop: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``stop`` wakes the requests that are being held."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    try:
        server = Server(app, host, port)
    except (OSError, SystemExit):
        raise SystemExit(f"Port {port} on {host} is taken: give another with --port.") from None
    with server:
        print(f"{app.name} listens on {server.url}", file=sys.stderr, flush=True)
        told.wait()
        stop()
    print(f"{app.name} stopped", file=sys.stderr, flush=True)
