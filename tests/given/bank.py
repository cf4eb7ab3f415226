"""The bank's stand-in behind a real socket, and its statements."""

from dataclasses import replace

import pytest

from app import outside
from app.register.identity.roles import Role
from sandbox.bank import create_app as create_bank
from sandbox.bank import statement_csv
from sandbox.bank_books import Books
from sandbox.faults import Faults
from sandbox.serving import Server

API_KEY = "k3y-of-the-bank"


@pytest.fixture
def finance(given):
    """The client of a finance officer of the county."""
    return given.staff(Role.FINANCE, given.county())


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def books(tmp_path, noon):
    """The bank's books, by the clock of the test; payments settle at once."""
    books = Books(tmp_path / "bank.sqlite3", settle_seconds=0, now=lambda: noon().timestamp())
    yield books
    books.close()


@pytest.fixture
def bank(app, books, faults, monkeypatch):
    """The stand-in bank behind a real socket, with money in the custody account."""
    with Server(create_bank(books, faults, api_key=API_KEY)) as server:
        settings = replace(app.config["SETTINGS"], bank_api_base=server.url, bank_api_key=API_KEY)
        monkeypatch.setitem(app.extensions, "clients", None)
        outside.init_app(app, settings, app.extensions["redis"])
        gateway = app.extensions["clients"].bank()
        books.deposit(1_000_000, name="财政局", account="9901010100000026", purpose="补助")
        yield gateway
        faults.stop()


@pytest.fixture
def impatient(bank, monkeypatch):
    """Wait a second for the bank's answer, in tests where it does not come."""
    monkeypatch.setattr(bank, "_timeout_seconds", (5.0, 1.0))


@pytest.fixture
def statement(books):
    """The bank's file for a day."""

    def of(on) -> bytes:
        return statement_csv(on, *books.day(on)).encode("gb18030")

    return of
