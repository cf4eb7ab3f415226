"""The stand-ins on free loopback ports, the session's Valkey, and everything that is logged."""

import logging

import pytest
import structlog
from redis import Redis

from app.kernel import logs
from sandbox.bank import create_app as create_bank
from sandbox.bank_books import Books
from sandbox.faults import Faults
from sandbox.serving import Server
from sandbox.wechat import WeChatStandIn
from sandbox.wechat import create_app as create_wechat
from tests.given.bank import API_KEY
from tests.given.opinions import model
from tests.given.wechat_wire import APPID, SECRET


@pytest.fixture
def redis(settings):
    with Redis.from_url(settings.redis_url) as client:
        client.flushdb()
        yield client


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
    path = tmp_path / "sandbox" / "bank.sqlite3"
    books = Books(path, settle_seconds=0, now=lambda: 1_780_286_400)  # noon of 2026-06-01 in China
    yield books
    books.close()


@pytest.fixture
def bank_server(books, faults):
    with Server(create_bank(books, faults, api_key=API_KEY)) as server:
        yield server
        faults.stop()


@pytest.fixture
def all_logs(capsys):
    """Everything the process logs, down to the libraries' debugging."""
    handlers, level = logging.root.handlers[:], logging.root.level
    configured = structlog.get_config()
    logs.configure("DEBUG", readable=False)
    yield lambda: capsys.readouterr().err
    structlog.configure(**configured)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
