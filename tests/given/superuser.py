"""The role that may do anything: what an attacker in the database would be."""

import pytest
from sqlalchemy import create_engine, text

from app.config import Settings
from app.kernel.signing import signer
from operations.proving import prove


def superuser_url(settings: Settings) -> str:
    """The address of the test database for its superuser."""
    return settings.database_owner_url.replace("//fen_owner@", "//postgres@", 1)


@pytest.fixture
def superuser(app):
    """An engine for statements past every trigger and right."""
    engine = create_engine(superuser_url(app.config["SETTINGS"]))
    yield engine
    engine.dispose()


@pytest.fixture
def by_hand(superuser):
    """Change rows past every right and trigger: ``by_hand("UPDATE …")``.

    For a test whose own rows are ``committed``: others would not be seen.
    """

    def run(statement: str, **values: object) -> None:
        with superuser.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            assert connection.execute(text(statement), values).rowcount > 0, "nothing was changed"

    return run


@pytest.fixture
def altered(app, superuser):
    """Alter the database past every trigger, prove, and undo: the checks that found it.

    Yields a function of one that is given the connection.
    """

    def run(alteration, **options) -> set[str]:
        with app.app_context(), superuser.connect() as connection, connection.begin() as undone:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            alteration(connection)
            findings = prove(connection, public_keys=signer().known, **options).findings
            undone.rollback()
        return {finding.check for finding in findings}

    return run
