"""A small application to serve: it tells what arrived, streams, waits, and answers at length."""

import time
from collections.abc import Iterator
from hashlib import sha256

from flask import Flask, Response, request

from app.web.api import register_error_handlers

LONG_BYTES = 8 << 20

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 12 << 20
register_error_handlers(app)


@app.get("/ready")
def ready() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/arrived")
def arrived() -> dict[str, str]:
    return {"sha256": sha256(request.get_data()).hexdigest()}


@app.get("/long")
def long() -> Response:
    return Response(bytes(LONG_BYTES))


@app.get("/stream")
def stream() -> Response:
    def lines() -> Iterator[bytes]:
        yield b"first\n"
        time.sleep(1)
        yield b"last\n"

    return Response(lines())


@app.get("/wait")
def wait() -> dict[str, str]:
    time.sleep(1)
    return {"status": "done"}
