"""A platform with kinds and codes, its county's two administrators, and households that buy."""

import pytest
from flask.testing import FlaskClient

from tests.given.factories import Family
from tests.given.races import together
from tests.given.shops import mall
from tests.given.vouchers import desk


@pytest.fixture
def family(desk) -> Family:
    return desk.family()


@pytest.fixture
def phone(given, family) -> FlaskClient:
    return given.resident(family)
