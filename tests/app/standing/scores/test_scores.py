"""A household begins a period with a base; findings take of it, and the rest becomes points."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, func, select, text

from app.kernel import clock
from app.kernel.db import db, transaction
from app.points import awards
from app.points.awards import jobs as award_jobs
from app.points.awards.models import Award
from app.points.awards.rules import Rules
from app.register.identity.roles import Role
from app.standing.scores import jobs, service
from app.standing.scores.models import Score
from app.standing.scores.proof import QUESTIONS
from app.standing.scores.reckoning import Period, period_of
from tests.given.factories import COUNTY
from tests.given.inspections import check


@pytest.fixture
def bases(app, given, noon):
    """Let the county keep bases from today on; the grades themselves earn nothing."""

    def keep(**more) -> None:
        given.county()
        approver = given.user()
        quiet = {
            "checked_grade_a": 0,
            "checked_grade_b": 0,
            "inspection_points": 0,
            "score_months": 1,
        }
        with app.app_context(), transaction():
            awards.add_policy(
                county_id=COUNTY,
                table=awards.Table(replace(Rules(), **quiet | more)),
                in_force_from=clock.day_of(noon()),
                made_by=None,
                approved_by=approver,
                at=noon(),
            )

    return keep


@pytest.fixture
def found(liaison, family, noon):
    """Check the household on another day each time; each names what was in the wrong bin."""

    def run(*findings: str) -> None:
        for wrong in findings:
            fields = {"grade": "b", "wrong_kinds": wrong} if wrong else {}
            assert check(liaison, family, **fields).status_code == 201
            noon.move(days=1)

    return run


def night(noon, month: int, year: int = 2026) -> None:
    noon.at = datetime(year, month, 1, 0, 40, tzinfo=clock.CALENDAR).astimezone(UTC)
    jobs.close_periods()


def test_what_is_left_of_the_base_becomes_points_once_the_month_is_over(
    app, given, bases, found, family, noon
):
    bases()
    found(*["kitchen"] * 6, "residual", "")
    phone = given.resident(family)

    standing = phone.get("/api/v1/scores/current").json["standing"]
    jobs.close_periods()
    assert given.spendable(family) == 0
    night(noon, 7)
    night(noon, 7)
    award_jobs.pay_waiting()

    assert standing == {
        "first_day": "2026-06-01",
        "last_day": "2026-06-30",
        "checks": 8,
        "items": {
            "kitchen": {"points": 25, "findings": 6, "left": 0},
            "recyclable": {"points": 25, "findings": 0, "left": 25},
            "hazardous": {"points": 25, "findings": 0, "left": 25},
            "residual": {"points": 25, "findings": 1, "left": 20},
        },
        "score": 70,
        "points": 70,
    }
    assert given.spendable(family) == 70
    (closed,) = phone.get("/api/v1/scores").json["items"]
    assert (closed["score"], closed["items"], closed["checks"]) == (70, standing["items"], 8)
    told = [row for row in phone.get("/api/v1/awards").json["items"] if row["source"] == "score"]
    assert [(row["message"], row["day"]) for row in told] == [
        ("这一期剩下的底分折算积分，得 70 分", "2026-06-30")
    ]


def test_an_item_at_zero_loses_nothing_more_and_takes_nothing_from_points(
    given, bases, found, family, noon
):
    given.points(family, 30, expires_on=None)
    bases(score_kitchen=5, score_recyclable=0, score_hazardous=0, score_residual=0)
    found("kitchen", "kitchen", "kitchen")

    night(noon, 7)

    assert given.spendable(family) == 30
    (closed,) = given.resident(family).get("/api/v1/scores").json["items"]
    assert closed["score"] == 0


def test_a_household_that_was_checked_too_rarely_is_not_closed(
    app, given, bases, found, family, noon
):
    bases(score_checks_min=2)
    found("kitchen")

    night(noon, 7)

    assert given.resident(family).get("/api/v1/scores").json["items"] == []
    assert given.spendable(family) == 0


def test_a_quarter_is_closed_when_it_is_over_and_a_missed_night_is_made_up(
    given, bases, found, family, noon
):
    noon.at = datetime(2026, 7, 2, 4, tzinfo=UTC)
    bases(score_months=3, score_rate=2)
    found("kitchen")

    night(noon, 9)
    assert given.spendable(family) == 0
    night(noon, 12)  # two months late

    assert given.spendable(family) == 190


def test_a_county_without_bases_closes_nothing(app, given, found, family, noon):
    found("kitchen")

    night(noon, 7)

    assert given.resident(family).get("/api/v1/scores/current").json == {"standing": None}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Score)) == 0


def test_scores_are_for_residents(app, given):
    given.county()

    assert app.test_client().get("/api/v1/scores").status_code == 401
    assert given.visitor().get("/api/v1/scores/current").status_code == 403


def test_two_closings_at_once_give_the_points_once(
    app, committed, given, bases, found, family, noon
):
    bases()
    found("kitchen")
    noon.at = datetime(2026, 7, 1, 1, tzinfo=UTC)

    def close(_):
        with app.app_context(), transaction():
            service.close(county_id=COUNTY, last_day=date(2026, 6, 30), limit=200, at=noon())

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(close, range(6)))

    assert given.spendable(family) == 95


@pytest.mark.parametrize(
    ("lie", "question"),
    [
        ("UPDATE scores SET score = score + 1", "a_score_is_what_its_items_have_left"),
        (
            """UPDATE scores SET items = jsonb_set(items, '{kitchen,findings}', '0')""",
            "a_score_is_what_its_items_have_left",
        ),
        ("UPDATE scores SET last_day = last_day + 1", "a_score_has_its_award"),
        ("DELETE FROM scores", "a_score_has_its_award"),
    ],
)
def test_the_proof_finds_an_altered_score(
    app, committed, given, bases, found, family, noon, lie, question
):
    bases()
    found("kitchen")
    night(noon, 7)
    engine = create_engine(app.config["SETTINGS"].database_owner_url)
    with engine.connect() as owner:
        for asked in QUESTIONS.values():
            assert owner.execute(text(asked)).all() == []

        owner.execute(text(lie))

        assert len(owner.execute(text(QUESTIONS[question])).all()) == 1
        owner.rollback()
    engine.dispose()


def test_periods_are_whole_months_counted_from_january():
    assert period_of(date(2026, 6, 15), 1) == Period(date(2026, 6, 1), date(2026, 6, 30))
    assert period_of(date(2026, 12, 31), 3) == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert period_of(date(2028, 2, 29), 2) == Period(date(2028, 1, 1), date(2028, 2, 29))
    assert clock.month_ends(date(2026, 1, 1), 2) == [date(2025, 11, 30), date(2025, 12, 31)]


def test_the_award_names_the_policy_and_no_person(app, given, bases, found, family, noon):
    bases()
    found("kitchen")
    night(noon, 7)
    with app.app_context():
        award = db.session.scalars(select(Award).where(Award.source == "score")).one()

    told = given.resident(family).get(f"/api/v1/awards/{award.id}").json

    assert (award.quantity, award.decided_as) == (95, Role.COUNTY_ADMIN)
    assert told["rule_text"] == "期末剩下的底分，每 1 分折算：1 分"
    assert told["decided_by_text"] == "县级管理员批准的积分规则"
