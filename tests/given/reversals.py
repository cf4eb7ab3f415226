"""Those who ask for a reversal, and those who decide on it."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from app.register.identity.roles import Role
from tests.given.http import post

REASON = "照片里是别人家的垃圾桶"


@dataclass
class Desk:
    """Ask for a reversal with one hand, decide with the other."""

    asker: FlaskClient
    decider: FlaskClient

    def ask(self, subject: str, subject_id: object, reason: str = REASON, client=None):
        body = {"subject": subject, "subject_id": str(subject_id), "reason": reason}
        return post(client or self.asker, "reversals", body)

    def confirm(self, reversal_id: str, client=None, key: str | None = None):
        return post(client or self.decider, f"reversals/{reversal_id}/confirmation", key=key)

    def reverse(self, subject: str, subject_id: object):
        """Ask and confirm; the answer of the confirmation."""
        asked = self.ask(subject, subject_id)
        assert asked.status_code == 201, asked.json
        return self.confirm(asked.json["id"])


@pytest.fixture
def desk(given):
    county = given.county()
    return Desk(
        given.staff(Role.COUNTY_ADMIN, county),
        given.staff(Role.COUNTY_ADMIN, county),
    )
