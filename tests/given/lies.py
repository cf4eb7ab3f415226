"""Lies in the books, told by who may do anything there, and what the proof says of them."""

from collections.abc import Iterable

import pytest
from sqlalchemy import create_engine

from app.kernel.db import db
from tests.given.superuser import superuser_url

Lie = tuple[str, set[str]]


@pytest.fixture
def lies(app):
    """The questions that are answered with a lie now: ``lies(QUESTIONS)``."""

    def run(questions: dict[str, str]) -> set[str]:
        with app.app_context():
            return _found(db.session.connection(), questions)

    return run


@pytest.fixture
def told(app, committed):
    """Tell each lie about one committed story, ask, and undo it before the next.

    Yields a function that returns the lies as they were found: ``told(QUESTIONS, LIES) == LIES``.
    The superuser lies past every trigger and foreign key, ``as_owner`` the owner of the tables past
    none, and each of the owner's statements must change something.
    """

    def run(questions: dict[str, str], lies: Iterable[Lie], *, as_owner: bool = False) -> list[Lie]:
        settings = app.config["SETTINGS"]
        engine = create_engine(settings.database_owner_url if as_owner else superuser_url(settings))
        with engine.connect() as connection:
            found = [_told(connection, questions, lie, as_owner) for lie, _ in lies]
        engine.dispose()
        return found

    return run


def _told(connection, questions: dict[str, str], lie: str, as_owner: bool) -> Lie:
    with connection.begin() as undone:
        if not as_owner:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in lie.split(";"):
            changed = connection.exec_driver_sql(statement).rowcount
            assert changed > 0 or not as_owner, f"nothing was changed: {statement}"
        found = _found(connection, questions)
        undone.rollback()
    return lie, found


def _found(connection, questions: dict[str, str]) -> set[str]:
    return {
        name for name, question in questions.items() if connection.exec_driver_sql(question).all()
    }
