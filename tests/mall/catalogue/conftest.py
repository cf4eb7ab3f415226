"""A county with categories, shops, goods on their shelves, and households that want them."""

import pytest

from app.register.identity.roles import Role
from tests.given.races import together
from tests.given.shelves import shelves
from tests.given.shops import mall


@pytest.fixture
def admin(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())
