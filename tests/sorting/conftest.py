"""Residents who send photos, and reviewers who judge them."""

from itertools import count
from uuid import UUID, uuid4

import pytest

from app.identity.roles import Role
from app.sorting import jobs
from tests import pictures
from tests.factories import COUNTY
from tests.uploads import upload

_pictures = count(1)


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


def judge(client, self_check_id, reason: str | None = None, *, key: str | None = None):
    body = {"verdict": "reject", "reason": reason} if reason else {"verdict": "approve"}
    return client.post(
        f"/api/v1/self-checks/{self_check_id}/review",
        json=body,
        headers={"Idempotency-Key": key or uuid4().hex},
    )


def screen(self_check_id: str | UUID) -> None:
    jobs.screen(str(COUNTY), str(self_check_id))


@pytest.fixture
def waiting(given, family):
    """Send and screen a photo; returns the id of the self-check that waits for a verdict."""
    clients = {}

    def run(of=None) -> str:
        of = of or family
        client = clients.setdefault(of.id, given.resident(of))
        sent = send(client)
        assert sent.status_code == 201, sent.json
        screen(sent.json["id"])
        return sent.json["id"]

    return run


@pytest.fixture
def all_logs(capsys):
    """Everything the process logs."""
    return lambda: capsys.readouterr().err
