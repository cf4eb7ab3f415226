"""Photos that residents send, and the verdicts of reviewers."""

from itertools import count
from uuid import UUID, uuid4

from sqlalchemy import select

from app.kernel import clock
from app.kernel.db import db
from app.sorting.self_checks import jobs
from app.sorting.self_checks.models import Review
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.uploads import upload

_pictures = count(1)


def send(client, content: bytes | None = None, *, key: str | None = None, name: str = "p.jpg"):
    """Upload a photo, by default one that nobody sent before."""
    content = pictures.photo(next(_pictures)) if content is None else content
    return upload(client, "/api/v1/self-checks", content, key=key, name=name)


def leased(client, desk: str = "reviews") -> list[dict]:
    """What the person is lent now, filled up."""
    answer = client.post(f"/api/v1/{desk}/next")
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def review_id(client, self_check_id, stage: str = "first") -> UUID:
    """The review of a self-check in a round, which no answer connects."""
    with client.application.app_context():
        return db.session.scalars(
            select(Review.id).where(Review.self_check_id == self_check_id, Review.stage == stage)
        ).one()


def body_of(reason: str | None = None, note: str | None = None) -> dict[str, str]:
    verdict = {"verdict": "reject", "reason": reason} if reason else {"verdict": "approve"}
    return verdict | ({"note": note} if note else {})


def look() -> None:
    """The person looks at the photo for as long as anybody must: the clock moves."""
    clock.now.move(seconds=2)  # type: ignore[attr-defined] # the clock of the test


def verdict(client, review_id, body, *, desk: str = "reviews", key: str | None = None):
    look()
    return client.post(
        f"/api/v1/{desk}/{review_id}/verdict",
        json=body,
        headers={"Idempotency-Key": key or uuid4().hex},
    )


def judge(client, self_check_id, reason: str | None = None, *, key: str | None = None):
    """Take what waits, and give the first verdict on one of them."""
    leased(client)
    return verdict(client, review_id(client, self_check_id), body_of(reason), key=key)


def rule(client, self_check_id, reason=None, *, stage="third", note=None):
    """Take what is disputed, and decide on one of them."""
    leased(client, "rulings")
    found = review_id(client, self_check_id, stage)
    return verdict(client, found, body_of(reason, note), desk="rulings")


def screen(self_check_id: str | UUID) -> None:
    jobs.screen(str(COUNTY), str(self_check_id))
