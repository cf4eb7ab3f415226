"""A village, its administrator who proposes, and those of town and county who agree."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from app.kernel.db import db
from app.register.identity.caller import Caller
from app.register.identity.roles import Grant, Role
from tests.given.factories import COUNTY
from tests.given.http import user_of
from tests.given.proposals import house, proposed
from tests.given.races import together

__all__ = ["proposed", "together"]


@dataclass(frozen=True)
class Office:
    client: FlaskClient
    caller: Caller


@pytest.fixture
def village(given):
    return given.household(village=given.village(), door="旧村").village


@pytest.fixture
def holder(app, given):
    def make(role: Role, place_id) -> Office:
        client = given.staff(role, place_id)
        caller = Caller(user_of(app, client), COUNTY, grants=(Grant(role, place_id),))
        return Office(client, caller)

    return make


@pytest.fixture
def maker(holder, village):
    return holder(Role.VILLAGE_ADMIN, village.id)


@pytest.fixture
def town(holder, village):
    return holder(Role.TOWN_ADMIN, village.town_id)


@pytest.fixture
def county(holder, village):
    return holder(Role.COUNTY_ADMIN, village.county_region_id)


@pytest.fixture
def name(app, village):
    """What its first house is called now."""

    def ask() -> str:
        with app.app_context():
            return house(village.id).door_number

    return ask
