"""The world in which everybody meets everything."""

import pytest

from tests.access.world import World
from tests.given.factories import Given
from tests.given.times import NOON


@pytest.fixture(scope="package")
def world(app, empty_tables):
    """Committed once for all tests here; each of them undoes its own changes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("app.kernel.clock.now", lambda: NOON)
        yield World(app, Given(app, lambda: NOON), lambda: NOON)
    empty_tables()
