"""An award and a redemption that somebody may want to take back, and those who may do it."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from app.register.identity.roles import Role
from tests.app.points.awards.conftest import decide
from tests.mall.conftest import counter, mall, post, together

__all__ = ["counter", "decide", "mall", "together"]

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


@pytest.fixture
def family(given):
    """A household in a village with 1,000 points to give."""
    village = given.village()
    given.budget(village, 1_000)
    return given.household(village=village)


@pytest.fixture
def pay(given):
    """The household pays at a counter; returns the redemption's id."""

    def run(family, counter, points, phone=None):
        phone = phone or given.resident(family)
        code = phone.post("/api/v1/pay-codes").json["code"]
        answer = post(counter.clerk, "redemptions", {"code": code, "points": points})
        assert answer.status_code == 201, answer.json
        return answer.json["id"]

    return run


def assert_refused(answer, status, code, message=None):
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    if message is not None:
        assert answer.json["message"] == message
