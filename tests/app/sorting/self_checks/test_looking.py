"""A verdict is about a photo that somebody looked at; of those whom nobody knows yet, more are
judged twice."""

import pytest

from app.kernel.db import db
from app.sorting.self_checks import sampling
from app.sorting.self_checks.models import Review, Stage
from app.sorting.self_checks.settings import SETTINGS
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post
from tests.given.self_checks import body_of, judge, leased, rule

SOONER = "还没来得及看照片，请看清楚再判断"


@pytest.fixture
def second(given, family):
    """Somebody of another household, so that both photos wait."""
    return given.household(village=family.village)


def give(client, review, reason=None):
    """A verdict at this moment."""
    return post(client, f"reviews/{review}/verdict", body_of(reason))


def test_a_verdict_before_anybody_can_have_looked_does_not_count(
    waiting, reviewer, given, family, state_of, noon
):
    self_check_id = waiting()
    (item,) = leased(reviewer)

    noon.move(seconds=1.9)
    assert_refused(give(reviewer, item["id"]), 409, "review.not_looked_at", SOONER)
    assert (state_of(self_check_id), given.spendable(family)) == ("waiting", 0)

    noon.move(seconds=0.1)
    assert give(reviewer, item["id"]).status_code == 200
    assert (state_of(self_check_id), given.spendable(family)) == ("approved", 5)


def test_a_photo_that_was_lent_ahead_is_looked_at_from_the_verdict_before(
    waiting, reviewer, second, state_of, noon
):
    waiting()
    noon.move(seconds=1)
    other = waiting(second)
    one, two = (item["id"] for item in leased(reviewer))
    noon.move(seconds=60)
    assert give(reviewer, one).status_code == 200

    assert_refused(give(reviewer, two), 409, "review.not_looked_at")
    noon.move(seconds=1)
    assert_refused(give(reviewer, two), 409, "review.not_looked_at")
    assert state_of(other) == "waiting"

    noon.move(seconds=1)
    assert give(reviewer, two).status_code == 200


def test_taking_a_photo_again_does_not_begin_anew(waiting, reviewer, noon):
    waiting()
    leased(reviewer)
    noon.move(seconds=2)
    (item,) = leased(reviewer)

    assert give(reviewer, item["id"]).status_code == 200


@pytest.fixture
def share(app):
    """How many in a hundred are judged twice, at the first verdict on this photo."""

    def read(self_check_id) -> int:
        with app.app_context():
            first = db.session.query(Review).filter_by(
                county_id=COUNTY, self_check_id=self_check_id, stage=Stage.FIRST
            )
            return sampling.percent_of(first.one())

    return read


def judged(waiting, reviewer, given, family, count):
    """So many photos, each of another household, judged one after another; their ids."""
    ids = []
    for _ in range(count):
        ids.append(waiting(given.household(village=family.village)))
        assert judge(reviewer, ids[-1], "wrong_kind").status_code == 200
    return ids


def test_more_are_judged_twice_of_a_reviewers_first_verdicts(
    waiting, reviewer, given, family, share, monkeypatch
):
    monkeypatch.setattr(sampling, "WATCHED_VERDICTS", 2)

    ids = judged(waiting, reviewer, given, family, 2)
    assert share(ids[-1]) == 20
    ids = judged(waiting, reviewer, given, family, 1)
    assert share(ids[-1]) == 5


def test_more_are_judged_twice_after_somebody_above_decided_otherwise(
    waiting, reviewer, senior, given, family, of_resident, share, monkeypatch
):
    monkeypatch.setattr(sampling, "WATCHED_VERDICTS", 2)
    ids = judged(waiting, reviewer, given, family, 3)
    assert share(ids[-1]) == 5
    appealed = waiting()
    judge(reviewer, appealed, "wrong_kind")
    asked = post(
        of_resident(family), f"self-checks/{appealed}/appeal", {"sentence": "我家分得很清楚"}
    )
    assert asked.status_code == 201, asked.json
    assert rule(senior, appealed, stage="appeal").status_code == 200

    ids = judged(waiting, reviewer, given, family, 2)
    assert share(ids[-1]) == 20
    ids = judged(waiting, reviewer, given, family, 1)
    assert share(ids[-1]) == 5


def test_a_county_may_have_more_judged_twice_than_that(waiting, reviewer, given, family, share):
    given.setting(SETTINGS, second_percent=30)

    (self_check_id,) = judged(waiting, reviewer, given, family, 1)

    assert share(self_check_id) == 30
