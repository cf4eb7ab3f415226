"""Requests as the mini-program sends them, and the refusals that it gets."""

from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import select

from app.kernel.db import db
from app.kernel.secrets import token_digest
from app.register.identity.models import Session


def post(client: FlaskClient, path: str, body: object = None, key: str | None = None):
    """POST with an Idempotency-Key, a new one unless given."""
    headers = {"Idempotency-Key": key or uuid4().hex}
    return client.post(f"/api/v1/{path}", json=body, headers=headers)


def user_of(app, client: FlaskClient) -> UUID:
    token = client.environ_base["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    with app.app_context():
        return db.session.scalars(
            select(Session.user_id).where(Session.digest == token_digest(token))
        ).one()


def assert_refused(answer, status, code, message=None):
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    assert message is None or answer.json["message"] == message
