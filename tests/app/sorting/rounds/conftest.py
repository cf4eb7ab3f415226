"""A village with households, and inspectors whose week can be drawn."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import count
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import stream_encode_multipart

from app.kernel.db import db, transaction
from app.register.identity.roles import Role
from app.sorting.rounds import planning
from app.sorting.rounds.models import Visit
from app.sorting.rounds.settings import SETTINGS, read_settings
from tests.given import pictures
from tests.given.factories import COUNTY, Family, Village

SUNDAY_EVENING = datetime(2026, 6, 7, 12, tzinfo=UTC)  # eight o'clock in China
WEEK = date(2026, 6, 8)
_pictures = count(5_000)


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


def record(client, visit_id, *, photos: int = 0, key: str | None = None, contents=None, **fields):
    """Send a result, by default of a visit at which all was well."""
    contents = contents or [pictures.photo(next(_pictures)) for _ in range(photos)]
    parts = MultiDict({"outcome": "seen"} | fields)
    for number, content in enumerate(contents):
        parts.add("photos", FileStorage(BytesIO(content), filename=f"{number}.jpg"))
    stream, length, boundary = stream_encode_multipart(parts, use_tempfile=False)
    return client.post(
        f"/api/v1/rounds/visits/{visit_id}/result",
        data=stream.read(length),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"Idempotency-Key": key or uuid4().hex},
    )


def reassign(client, visit_id, inspector_id, reason="原督查员请假"):
    return client.post(
        f"/api/v1/rounds/visits/{visit_id}/reassignment",
        json={"inspector_id": str(inspector_id), "reason": reason},
        headers={"Idempotency-Key": uuid4().hex},
    )
