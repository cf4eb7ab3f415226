"""The world in which everybody meets everything."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from tests.access.world import World
from tests.given.factories import Given
from tests.given.superuser import superuser_url
from tests.given.times import NOON

# The caller is put in the place of who made a thing, which the application itself may not do.
MAKERS = (
    ("merchant_applications", "applied_by"),
    ("pending_payments", "user_id"),
    ("policy_drafts", "made_by"),
    ("sales", "weighed_by"),
    ("visits", "drawn_for"),
)


@pytest.fixture(scope="package")
def world(app, empty_tables):
    """Committed once for all tests here; each of them undoes its own changes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("app.kernel.clock.now", lambda: NOON)
        # Nothing is judged twice: which photo that is would be left to chance.
        patched.setattr("app.sorting.self_checks.judging.is_sampled", lambda *_: False)
        # The clock stands still, so nobody can look at a photo for a while.
        patched.setattr("app.sorting.self_checks.judging.LOOK_AT_LEAST", timedelta(0))
        for table, maker in MAKERS:
            as_superuser(app, f"GRANT UPDATE ({maker}) ON {table} TO fen_app")
        yield World(app, Given(app, lambda: NOON), lambda: NOON)
        for table, maker in MAKERS:
            as_superuser(app, f"REVOKE UPDATE ({maker}) ON {table} FROM fen_app")
    empty_tables()


def as_superuser(app, statement: str) -> None:
    engine = create_engine(superuser_url(app.config["SETTINGS"]))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
