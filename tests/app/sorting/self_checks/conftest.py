"""Residents who send photos, and reviewers who judge them."""

import pytest
from sqlalchemy import text

from app.kernel.db import db
from app.points.awards import proof as awards_proof
from app.register.identity.roles import Role
from app.sorting.self_checks import judging
from app.sorting.self_checks import proof as sorting_proof
from app.sorting.self_checks.models import SelfCheck
from mall.reversals import proof as reversals_proof
from tests.given.factories import COUNTY
from tests.given.opinions import model
from tests.given.self_checks import screen, send


@pytest.fixture(autouse=True)
def sampled(monkeypatch):
    """Nothing is judged twice, unless the test says so: ``sampled(True)``."""

    def choose(is_sampled: bool) -> None:
        monkeypatch.setattr(judging, "is_sampled", lambda *_: is_sampled)

    choose(False)
    return choose


@pytest.fixture(autouse=True)
def what_happened_holds(app, database):
    """Whatever the test did, reviews, appeals, awards and reversals agree in the end."""
    yield
    questions = sorting_proof.QUESTIONS | awards_proof.QUESTIONS | reversals_proof.QUESTIONS
    with app.app_context():
        lies = [
            (name, *row)
            for name, question in questions.items()
            for row in db.session.connection().execute(text(question))
        ]
    assert lies == []


@pytest.fixture
def family(given):
    """A household in a village with 1,000 points to give."""
    village = given.village()
    given.budget(village, 1_000)
    return given.household(village=village)


@pytest.fixture
def reviewer(given, family):
    """The client of a reviewer of the whole county."""
    return given.staff(Role.REVIEWER, family.village.county_region_id)


@pytest.fixture
def senior(given, family):
    """The client of a county administrator, who decides what is disputed."""
    return given.staff(Role.COUNTY_ADMIN, family.village.county_region_id)


@pytest.fixture
def of_resident(given):
    """The client of a household's head, made once: ``of_resident(family)``."""
    clients = {}

    def client(family):
        if family.id not in clients:
            clients[family.id] = given.resident(family)
        return clients[family.id]

    return client


@pytest.fixture
def state_of(app):
    def read(self_check_id) -> str:
        with app.app_context():
            return db.session.get(SelfCheck, (COUNTY, self_check_id)).state.value

    return read


@pytest.fixture
def waiting(family, of_resident):
    """Send and screen a photo; returns the id of the self-check that waits for a verdict."""

    def run(of=None) -> str:
        sent = send(of_resident(of or family))
        assert sent.status_code == 201, sent.json
        screen(sent.json["id"])
        return sent.json["id"]

    return run


@pytest.fixture
def all_logs(capsys):
    """Everything the process logs."""
    return lambda: capsys.readouterr().err
