"""Fixtures every test may use.

Tests run on a real PostgreSQL and a real Valkey, started for the session without durability, on
data that were migrated once (``tests/given/template.py``). Tests work inside one transaction, and
what each did is rolled back (``tests/given/beginnings.py``); a test that needs real commits (races,
several processes) asks for ``committed``, and everything is emptied after it.
"""

import gc
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from app.config import Settings
from app.embedded import running
from app.kernel import clock, jobs
from app.kernel.db import db
from app.points import ledger
from operations.factory import create_app
from tests.given import rights, traced, writers
from tests.given.beginnings import beginnings
from tests.given.database import empty_tables
from tests.given.decoded import decoded_once
from tests.given.factories import Given
from tests.given.lies import lies, told
from tests.given.pins import hashed_as_shipped, hashed_quickly
from tests.given.promises import keep_watch
from tests.given.superuser import by_hand, superuser
from tests.given.template import put_migrated_data, settings_for
from tests.given.times import Clock

# Fixtures of tests that prove the whole county: there no role is held behind the trace's back.
PROVES = {"altered", "story"}
# Fixtures of tests that meet the database from outside the transaction that others share.
APART = {"another_app", "empty_tables", "superuser"}


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Garbage is looked for again, but never in what is imported (ADR 0033)."""
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def settings(tmp_path_factory) -> Iterator[Settings]:
    """The settings of this test session, with servers behind them."""
    home = tmp_path_factory.mktemp("home")
    put_migrated_data(home)
    with running(home, durable=False) as addresses:
        yield settings_for(home, addresses)


@pytest.fixture(scope="session")
def app(settings):
    app = create_app(settings, TESTING=True)
    keep_watch(app)
    rights.keep_watch()
    traced.keep_watch()
    writers.keep_apart()
    gc.freeze()
    with decoded_once(), hashed_quickly():
        yield app
    beginnings.end()


@pytest.fixture
def committed(app, empty_tables):
    """The test commits for real; afterwards the ledger is proved and every table emptied."""
    yield
    with app.app_context():
        _ledger_is_true(db.session.connection())
    empty_tables()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Whoever commits, or alters tables, would wait for those who have not."""
    if "app" not in item.fixturenames or _is_apart(item):
        beginnings.end()


@pytest.fixture(autouse=True)
def database(request):
    """Everything the test commits is a savepoint, undone at its end.

    Afterwards the ledger must prove itself, whatever the test did.
    """
    if not _uses(request, "app"):
        yield None
        return
    app = request.getfixturevalue("app")
    app.extensions["redis"].flushdb()
    if _uses(request, "committed"):
        yield db
        return
    with app.app_context():
        engine = db.engine
    with beginnings.go_on(engine, app.extensions["redis"]) as beginning:
        db.session.session_factory.configure(
            bind=beginning.connection, join_transaction_mode="create_savepoint"
        )
        yield db
        db.session.session_factory.configure(bind=None)
        if beginning.is_new:
            _ledger_is_true(beginning.connection)
    if _is_apart(request):
        beginnings.end()  # its application is not the next one's


def _uses(request, fixture: str) -> bool:
    return fixture in request.fixturenames


def _is_apart(item_or_request) -> bool:
    return not APART.isdisjoint(item_or_request.fixturenames)


def _ledger_is_true(connection) -> None:
    if connection.scalar(text("SELECT EXISTS (SELECT FROM ledger.balances)")):
        assert ledger.verify(connection).findings == []


@pytest.fixture(autouse=True)
def noon(monkeypatch) -> Clock:
    """Tests run at noon of 1 June 2026; ``noon.move(minutes=2)`` lets time pass."""
    moment = Clock()
    monkeypatch.setattr(clock, "now", moment)
    return moment


@pytest.fixture
def given(app, noon, request) -> Given:
    """Make people, places and points: ``given.household(points=100)``."""
    return Given(app, noon, is_traced=bool(PROVES & set(request.fixturenames)))


@pytest.fixture
def queries(app):
    """Count the SQL statements of a block: ``with queries() as seen: …; assert len(seen) == 2``."""
    from contextlib import contextmanager

    from sqlalchemy import event

    @contextmanager
    def counted():
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_):
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counted


@pytest.fixture
def another_app(app, settings):
    """Make an application of its own, for a test that alters it: ``another_app(settings)``."""
    made = []

    def make(changed: Settings = settings, **overrides):
        made.append(create_app(changed, TESTING=True, **overrides))
        keep_watch(made[-1])
        return made[-1]

    yield make
    for other in made:
        with other.app_context():
            db.session.remove()
            db.engine.dispose()
    jobs.init_app(app, app.extensions["redis"])
