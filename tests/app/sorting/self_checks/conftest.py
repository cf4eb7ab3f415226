"""Residents who send photos, and reviewers who judge them."""

from itertools import count
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from app.kernel.db import db
from app.points.awards import proof as awards_proof
from app.register.identity.roles import Role
from app.sorting.self_checks import jobs, judging
from app.sorting.self_checks import proof as sorting_proof
from app.sorting.self_checks.models import Review, SelfCheck
from mall.reversals import proof as reversals_proof
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.uploads import upload

_pictures = count(1)


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


def send(client, content: bytes | None = None, *, key: str | None = None, name: str = "p.jpg"):
    """Upload a photo, by default one that nobody sent before."""
    content = pictures.photo(next(_pictures)) if content is None else content
    return upload(client, "/api/v1/self-checks", content, key=key, name=name)


def leased(client, desk: str = "reviews") -> list[dict]:
    """What the person is lent now, filled up."""
    answer = client.post(f"/api/v1/{desk}/next")
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def review_id(client, self_check_id, round_: str = "first") -> UUID:
    """The review of a self-check in a round, which no answer connects."""
    with client.application.app_context():
        return db.session.scalars(
            select(Review.id).where(Review.self_check_id == self_check_id, Review.round == round_)
        ).one()


def body_of(reason: str | None = None, note: str | None = None) -> dict[str, str]:
    verdict = {"verdict": "reject", "reason": reason} if reason else {"verdict": "approve"}
    return verdict | ({"note": note} if note else {})


def verdict(client, review_id, body, *, desk: str = "reviews", key: str | None = None):
    return client.post(
        f"/api/v1/{desk}/{review_id}/verdict",
        json=body,
        headers={"Idempotency-Key": key or uuid4().hex},
    )


def judge(client, self_check_id, reason: str | None = None, *, key: str | None = None):
    """Take what waits, and give the first verdict on one of them."""
    leased(client)
    return verdict(client, review_id(client, self_check_id), body_of(reason), key=key)


def recheck(client, self_check_id, reason=None, *, round_="third", note=None):
    """Take what is disputed, and decide on one of them."""
    leased(client, "rechecks")
    found = review_id(client, self_check_id, round_)
    return verdict(client, found, body_of(reason, note), desk="rechecks")


def screen(self_check_id: str | UUID) -> None:
    jobs.screen(str(COUNTY), str(self_check_id))


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
