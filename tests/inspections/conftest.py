"""A liaison and the household assigned to them."""

from itertools import count

import pytest

from tests import pictures
from tests.uploads import upload

_pictures = count(1_000)


@pytest.fixture
def liaison_family(given):
    """The household of a party member, in a village with 1,000 points to give."""
    village = given.village()
    given.budget(village, 1_000)
    return given.household(village=village, is_party=True, head="李党员")


@pytest.fixture
def family(given, liaison_family):
    """A household whose liaison that party member is."""
    return given.household(village=liaison_family.village, liaison=liaison_family)


@pytest.fixture
def liaison(given, liaison_family, family):
    return given.resident(liaison_family)


def check(client, family, content: bytes | None = None, *, key: str | None = None, **fields):
    """Send a check of the household, by default of grade A with a photo nobody sent before."""
    content = pictures.photo(next(_pictures)) if content is None else content
    form = {"household_id": str(family.id), "grade": "a"} | fields
    given = {name: value for name, value in form.items() if value is not None}
    return upload(client, "/api/v1/checks", content, key=key, **given)
