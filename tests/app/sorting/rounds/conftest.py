"""A village with households, and inspectors whose week can be drawn."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.register.identity.roles import Role
from app.sorting.rounds import planning
from app.sorting.rounds.models import Visit
from app.sorting.rounds.settings import SETTINGS, read_settings
from tests.given.factories import COUNTY, Family, Village
from tests.given.rounds import SUNDAY_EVENING, WEEK
from tests.given.settings import agreed_to, chosen, office_phone
from tests.given.superuser import altered, superuser

__all__ = ["agreed_to", "chosen", "office_phone"]


@dataclass
class Inspecting:
    """An inspector and their phone."""

    user_id: UUID
    client: object

    def week(self, query: str = "") -> dict:
        answer = self.client.get(f"/api/v1/rounds/visits{query}")
        assert answer.status_code == 200, answer.json
        return answer.json


@pytest.fixture
def village(given) -> Village:
    """A village with 1,000 points to give."""
    made = given.village()
    given.budget(made, 1_000)
    return made


@pytest.fixture
def families(given, village) -> list[Family]:
    return [given.household(village=village) for _ in range(6)]


@pytest.fixture
def inspecting(given):
    """Make an inspector of a place; with ``family`` they live there."""

    def make(place_id, family=None) -> Inspecting:
        user_id = given.user()
        given.grant(user_id, Role.INSPECTOR, place_id)
        client = given.resident(family, user_id=user_id) if family else given.signed_in(user_id)
        return Inspecting(user_id, client)

    return make


@pytest.fixture
def configured(app, given, noon):
    """Put settings in force: ``configured(quotas={"random": 2, …})``."""

    def run(**table) -> None:
        given.county()
        with app.app_context(), transaction():
            chosen = read_settings(table)
            SETTINGS.set(county_id=COUNTY, settings=chosen, actor_id=None, at=noon())

    return run


@pytest.fixture
def quotas(configured):
    def run(recommended=0, random=0, bottom=0, **more) -> None:
        given = {"recommended": recommended, "random": random, "bottom": bottom}
        configured(quotas=given, **more)

    return run


@pytest.fixture
def draw(app, noon):
    """Draw the week from 8 June on the Sunday evening before it; then it is Monday noon."""

    def run(week_on: date = WEEK):
        if noon.at < SUNDAY_EVENING:
            noon.at = SUNDAY_EVENING
        with app.app_context(), transaction():
            made = planning.draw_week(county_id=COUNTY, week_on=week_on, at=noon())
        if noon.at == SUNDAY_EVENING:
            noon.move(hours=16)
        return made

    return run


@pytest.fixture
def visits(app):
    """All visits, by way and ordinal."""

    def run(**only) -> list[Visit]:
        with app.app_context():
            query = select(Visit).filter_by(**only).order_by(Visit.way, Visit.ordinal, Visit.id)
            return list(db.session.scalars(query))

    return run
