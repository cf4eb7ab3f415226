"""A connection that the server has closed is replaced before anybody uses it."""

from sqlalchemy import create_engine, text

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
