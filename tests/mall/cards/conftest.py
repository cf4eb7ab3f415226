"""A household that lives by its card, a worker at the office, and a shop."""

import pytest
from sqlalchemy import text

from app.kernel.db import db, transaction
from app.register.cards import proof as register_proof
from app.register.households.models import Household
from app.register.identity.roles import Role
from mall.cards import proof
from mall.redemption import proof as redemption_proof
from tests.given.cards import PIN, office
from tests.given.http import post
from tests.given.races import together
from tests.given.shelves import shelves
from tests.given.shops import counter, mall


@pytest.fixture(autouse=True)
def what_happened_holds(app, database):
    """Whatever the test did, cards, their uses and the redemptions agree in the end."""
    yield
    with app.app_context():
        assert lies() == []


def lies() -> list[tuple]:
    return [
        (name, *row)
        for name, question in (
            register_proof.QUESTIONS | proof.QUESTIONS | redemption_proof.QUESTIONS
        ).items()
        for row in db.session.connection().execute(text(question))
    ]


@pytest.fixture
def family(given):
    return given.household(points=10_000)


@pytest.fixture
def paper(office, family):
    """The household's card, handed over with ``PIN``."""
    return office.active(family)


@pytest.fixture
def pay(counter):
    """The clerk scans the card, the customer types the PIN."""

    def run(paper, points=100, pin=PIN, *, at=None, key=None, **changes):
        body = {"card": paper.qr, "pin": pin, "points": points, "proxy_id": None}
        return post((at or counter).clerk, "cards/redemptions", body | changes, key)

    return run


@pytest.fixture
def county_admin(given, family):
    return given.staff(Role.COUNTY_ADMIN, family.village.county_region_id)


@pytest.fixture
def liaison(app, given, family):
    """The client of the household's liaison, who lives elsewhere in the village."""
    home = given.household(village=family.village)
    client = given.resident(home)
    with app.app_context(), transaction():
        db.session.get_one(Household, family.id).liaison_id = home.head_id
    return client
