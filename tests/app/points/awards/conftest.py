"""Events that may earn points."""

import pytest

from tests.given.awards import decide


@pytest.fixture
def family(given):
    """A household in a village with 1,000 points to give."""
    village = given.village()
    given.budget(village, 1_000)
    return given.household(village=village)
