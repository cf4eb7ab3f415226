"""A connection that the server has closed is replaced before anybody uses it."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from app.kernel.db import db


def backend(app):
    """The server's process behind the session's connection."""
    with app.app_context():
        return db.session.scalar(text("SELECT pg_backend_pid()"))


def test_a_connection_closed_by_the_server_is_replaced_unseen(another_app, settings, committed):
    app = another_app()  # whose pool has one connection
    before = backend(app)
    assert backend(app) == before, "the pool gives the same connection again"

    other = create_engine(settings.database_url)
    with other.connect() as connection:
        ended = connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": before})
    other.dispose()

    assert ended
    assert backend(app) != before


ASKED = text("SELECT value FROM plans WHERE value = :value")
PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM plans%'")


@pytest.fixture
def plans(settings):
    """A table that nobody else knows."""
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as owner:
        owner.execute(text("CREATE TABLE plans (value integer); INSERT INTO plans VALUES (1)"))
        owner.execute(text("GRANT SELECT ON plans TO fen_app"))
    yield engine
    with engine.begin() as owner:
        owner.execute(text("DROP TABLE plans"))
    engine.dispose()


def ask(app, times=1):
    """Ask as requests that only read: each rolls back."""
    for _ in range(times):
        with app.app_context():
            value = db.session.scalar(ASKED, {"value": 1})
    return value


def test_what_is_asked_often_stays_prepared_until_its_plan_is_outdated(
    another_app, committed, plans
):
    app = another_app()
    ask(app, times=7)
    with app.app_context():
        assert db.session.scalar(PREPARED) == 1

    with plans.begin() as owner:
        owner.execute(text("ALTER TABLE plans ALTER value TYPE bigint"))

    with pytest.raises(DBAPIError, match="cached plan must not change result type"):
        ask(app)
    assert ask(app) == 1
