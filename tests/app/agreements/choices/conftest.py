"""A county of two administrators, one who watches its money, and one who sees all."""

import pytest

from app.register.identity.roles import Role
from tests.given.settings import agreed_to, chosen, office_phone
from tests.given.superuser import altered, superuser

__all__ = ["agreed_to", "altered", "chosen", "office_phone", "superuser"]


@pytest.fixture
def root(given):
    return given.county()


@pytest.fixture
def admin(given, root):
    return given.staff(Role.COUNTY_ADMIN, root, name="王建国")


@pytest.fixture
def another(given, root):
    return given.staff(Role.COUNTY_ADMIN, root, name="李秀英")


@pytest.fixture
def auditor(given, root):
    return given.staff(Role.AUDITOR, root)
