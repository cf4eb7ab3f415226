"""Until when points can be spent is policy: that of the day on which they were earned."""

from datetime import date

import pytest
from sqlalchemy import text

from app.kernel.db import db, transaction
from app.points import awards, ledger
from app.points.awards import service
from app.points.awards.proof import QUESTIONS
from tests.given.factories import COUNTY

MARCH, JUNE = date(2027, 3, 31), date(2027, 6, 30)
QUESTION = QUESTIONS["points_of_an_award_end_when_its_policy_says"]


@pytest.fixture
def june(app, given, noon):
    """From today on, points end on the last day of June."""

    def run(**more) -> None:
        with app.app_context(), transaction():
            awards.add_policy(
                county_id=COUNTY,
                table=awards.Table(awards.Rules(expiry_month=6, expiry_day=30)),
                in_force_from=noon().date(),
                made_by=None,
                approved_by=None,
                at=noon(),
            )

    return run


def lies(app) -> list[str]:
    with app.app_context():
        return [row[1] for row in db.session.execute(text(QUESTION))]


def test_the_policy_of_the_day_decides_and_what_was_earned_before_keeps_its_day(
    app, given, family, decide, june, noon
):
    decide(family)
    noon.move(days=1)
    june()

    decide(family)

    assert given.balance(ledger.household(family.id, MARCH)) == 5
    assert given.balance(ledger.household(family.id, JUNE)) == 5
    assert lies(app) == []


def test_an_award_paid_after_its_day_lasts_by_its_own_policy(
    app, given, family, decide, june, noon
):
    june()
    late = given.household(village=given.village())
    award = decide(late)
    noon.at = noon.at.replace(year=2027, month=7)
    given.budget(late.village, 5)

    with app.app_context(), transaction():
        assert service.pay(county_id=COUNTY, award_id=award.id, at=noon())

    assert given.balance(ledger.household(late.id, date(2028, 6, 30))) == 5
    assert lies(app) == []


def test_points_that_come_back_too_late_last_a_week(app, given, family, june):
    june()
    spent = [ledger.Piece(MARCH, 3), ledger.Piece(JUNE, 2), ledger.Piece(None, 1)]

    with app.app_context():
        back = awards.usable_again(COUNTY, spent, date(2027, 4, 1))
        in_time = awards.usable_again(COUNTY, spent, MARCH)

    assert back == [ledger.Piece(date(2027, 4, 8), 3), *spent[1:]]
    assert in_time == spent


def test_the_proof_finds_points_that_end_on_another_day(
    app, committed, given, family, decide, by_hand
):
    award = decide(family)
    assert lies(app) == []

    by_hand("UPDATE awards SET day = '2027-01-01', paid_at = '2027-01-01'")

    assert lies(app) == [f"award {award.id}"]
