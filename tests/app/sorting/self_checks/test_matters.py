"""Which households have an open matter, so that their pictures stay."""

from sqlalchemy import select

from app.kernel.db import db
from app.photos import matters
from app.register.households.models import Household
from operations import domains
from tests.given.http import post
from tests.given.self_checks import judge, leased, review_id, rule, verdict


def open_households(app) -> set:
    with app.app_context():
        is_open = matters.is_open(Household.county_id, Household.id)
        return set(db.session.scalars(select(Household.id).where(is_open)))


def test_the_matters_of_all_domains_are_known():
    domains.load()

    assert set(matters._OPEN) == {
        "check_conflicts",
        "disputed_reviews",
        "reversals",
        "voucher_claims",
    }


def test_an_appeal_is_open_until_it_is_decided(
    app, waiting, reviewer, senior, of_resident, family, given
):
    given.household(village=family.village)
    self_check_id = waiting()
    judge(reviewer, self_check_id, "wrong_kind")
    assert open_households(app) == set()
    appeal = {"sentence": "我家分得很清楚"}
    post(of_resident(family), f"self-checks/{self_check_id}/appeal", appeal)
    assert open_households(app) == {family.id}

    rule(senior, self_check_id, stage="appeal")

    assert open_households(app) == set()


def test_what_a_third_must_decide_is_open_until_then(app, waiting, reviewer, senior, family):
    self_check_id = waiting()
    leased(reviewer)
    unsure = {"verdict": "escalate", "note": "看不清"}
    verdict(reviewer, review_id(reviewer, self_check_id), unsure)
    assert open_households(app) == {family.id}

    rule(senior, self_check_id)

    assert open_households(app) == set()
