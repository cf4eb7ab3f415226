"""Households whose days are counted from raw rows, put there as other domains write them."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.kernel.db import db, transaction
from app.sorting.rates import service
from app.sorting.rates.jobs import count_stale_days
from app.sorting.rates.models import COUNTERS, HouseholdDay, StaleDay
from tests.given.days import happened
from tests.given.factories import COUNTY, Family
from tests.given.settings import agreed_to, office_phone

__all__ = ["agreed_to", "happened", "office_phone"]


@pytest.fixture
def family(given) -> Family:
    return given.household()


@pytest.fixture
def count_all(app):
    def run() -> None:
        with app.app_context():
            count_stale_days()

    return run


@pytest.fixture
def marks(app):
    def run() -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(StaleDay))

    return run


@pytest.fixture
def counters(app):
    """The counters of a household's day that are not zero, by name."""

    def run(family: Family, day: date) -> dict[str, int]:
        with app.app_context():
            row = db.session.get(HouseholdDay, (COUNTY, family.id, day))
            found = {name: getattr(row, name) for name in COUNTERS} if row else {}
            return {name: value for name, value in found.items() if value}

    return run


@pytest.fixture
def differences(app):
    def run() -> list:
        with app.app_context(), transaction():
            return service.differences(county_id=COUNTY)

    return run
