"""An award and a redemption that somebody may want to take back, and those who may do it."""

import pytest

from tests.given.awards import decide
from tests.given.http import post
from tests.given.races import together
from tests.given.reversals import desk
from tests.given.shops import counter, mall


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
