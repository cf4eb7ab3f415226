"""The same Idempotency-Key answers as the first time, and does nothing again."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import request
from sqlalchemy import text

from app.kernel import audit, clock
from app.kernel.db import db
from app.kernel.errors import Conflict
from app.register.identity.roles import Role
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from tests.given.factories import COUNTY


class Refused(Conflict):
    code = "test.refused"
    message = "不行"


@pytest.fixture
def app(another_app):
    """An application with a command that leaves a trace each time it is done."""
    commanded = another_app()

    @commanded.post("/deeds")
    @requires(Role.VISITOR)
    @idempotent
    def deed():
        audit.record(
            "test.deed",
            county_id=COUNTY,
            actor_id=caller().user_id,
            subject=("deed", "1"),
            at=clock.now(),
        )
        if "refuse" in request.get_data(as_text=True):
            raise Refused()
        return {"number": deeds()}, 201

    return commanded


def deeds():
    return db.session.scalar(text("SELECT count(*) FROM audit_events WHERE action = 'test.deed'"))


@pytest.fixture
def done(app):
    def count():
        with app.app_context():
            return deeds()

    return count


def send(client, key="key-00000001", **body):
    return client.post("/deeds", headers={"Idempotency-Key": key}, **(body or {"json": {"a": 1}}))


def test_a_repeat_answers_as_the_first_time_and_does_nothing(given, done):
    client = given.visitor()

    first, again = send(client), send(client)

    assert (first.status_code, first.json) == (201, {"number": 1})
    assert (again.status_code, again.json) == (201, {"number": 1})
    assert done() == 1


def test_another_key_is_another_command(given, done):
    client = given.visitor()

    assert send(client).json == {"number": 1}
    assert send(client, "key-00000002").json == {"number": 2}


def test_the_same_key_with_another_body_is_refused(given, done):
    client = given.visitor()
    send(client)

    response = send(client, json={"a": 2})

    assert (response.status_code, response.json["code"]) == (409, "idempotency.key_reused")
    assert done() == 1


def test_two_people_may_use_the_same_key(given, done):
    assert send(given.visitor()).json == {"number": 1}
    assert send(given.visitor()).json == {"number": 2}


@pytest.mark.parametrize("key", ["", "short", "with space", "é" * 8, "x" * 101])
def test_a_command_without_a_proper_key_is_refused(given, done, key):
    response = given.visitor().post(
        "/deeds", headers={"Idempotency-Key": key} if key else {}, json={}
    )

    assert (response.status_code, response.json["code"]) == (400, "idempotency.key_missing")
    assert done() == 0


def test_a_refusal_leaves_no_trace_and_the_key_free(given, done):
    client = given.visitor()

    refused = send(client, json={"refuse": True})
    allowed = send(client, json={"a": 1})

    assert (refused.status_code, refused.json["code"]) == (409, "test.refused")
    assert (allowed.status_code, allowed.json) == (201, {"number": 1})


def test_an_upload_sent_again_with_another_boundary_is_the_same(given, done):
    client = given.visitor()
    headers = {"Idempotency-Key": "key-00000001"}

    answers = [
        client.post(
            "/deeds",
            headers=headers,
            content_type="multipart/form-data",
            data={"place": "home", "photo": (io.BytesIO(photo), name)},
        )
        for photo, name in ((b"same", "a.jpg"), (b"same", "tmp_b.jpg"), (b"other", "a.jpg"))
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert done() == 1


def test_one_key_sent_by_sixteen_at_once_is_done_once(app, given, committed, done):
    client = given.visitor()
    headers = {
        "Authorization": client.environ_base["HTTP_AUTHORIZATION"],
        "Idempotency-Key": "key-00000001",
    }
    together = threading.Barrier(16)

    def attempt(_):
        together.wait()
        return app.test_client().post("/deeds", headers=headers, json={"a": 1}).json

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(attempt, range(16)))

    assert answers == [{"number": 1}] * 16
    assert done() == 1
